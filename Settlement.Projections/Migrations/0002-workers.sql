-- How far each projection has read each tenant's log. The row is locked by the transaction that writes the
-- projection's rows, so that rows and checkpoint agree, however many processes compete.
create table projection_progress (
  tenant_id varchar not null,
  projection varchar not null,
  generation bigint not null,
  version integer not null,
  number bigint not null,
  live boolean not null,
  updated timestamptz not null,
  constraint pkey_projection_progress primary key (tenant_id, projection, generation)
) with (fillfactor = 50);

-- The generation that readers see. Switched by one update of projection_progress.
create view projection_live as
  select tenant_id, projection, generation, version, number
  from projection_progress
  where live;

-- An event a projection could not take: it waits there, nothing is skipped, other tenants go on.
create table parked (
  tenant_id varchar not null,
  projection varchar not null,
  generation bigint not null,
  number bigint not null,
  event_id uuid not null,
  event_type varchar not null,
  code varchar not null,
  reason varchar not null,
  schema_number integer not null,
  version integer not null,
  parked_at timestamptz not null,
  constraint pkey_parked primary key (tenant_id, projection, generation)
);
