-- What partners report beside CDRs. Rows of the projection "settlement", rebuilt from the log like all others.

create table reported_sessions (
  tenant_id varchar not null,
  generation bigint not null,
  stream varchar not null,
  cpo varchar not null,
  emsp varchar not null,
  session_id varchar not null,         -- as written
  session_key varchar not null,        -- folded: OCPI compares without case
  status varchar not null,
  start_at timestamptz not null,
  end_at timestamptz,
  energy_kwh numeric not null,
  currency varchar not null,
  location_id varchar,
  total_cost numeric,                  -- as the CPO foresees it
  received_at timestamptz not null,
  source varchar not null,
  seq_id bigint not null,
  primary key (tenant_id, generation, stream)
);

create table invoice_records (
  tenant_id varchar not null,
  generation bigint not null,
  stream varchar not null,
  owner varchar not null,
  record_id varchar not null,
  invoice_id varchar not null,
  cdrs jsonb not null,
  last_updated timestamptz not null,
  received_at timestamptz not null,
  source varchar not null,
  seq_id bigint not null,
  primary key (tenant_id, generation, stream)
);

-- How far the pulls from each partner are. One pull at a time: a lease, because a pull takes longer than a
-- transaction should stay open.
create table partner_pulls (
  tenant_id varchar not null,          -- always @admin
  partner varchar not null,
  module varchar not null,             -- cdrs, tariffs, locations
  pulled_to timestamptz,               -- everything last updated before was fetched
  leased_until timestamptz not null,
  due timestamptz not null,
  attempt integer not null,
  objects bigint not null,             -- fetched so far, repeats included
  refused bigint not null,
  last_error varchar,
  finished timestamptz,
  primary key (tenant_id, partner, module)
);
