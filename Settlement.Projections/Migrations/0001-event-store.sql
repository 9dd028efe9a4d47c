-- The event log. mt_streams and mt_events have exactly the columns of Marten 9 (conjoined tenancy, string
-- keys, metadata); whatever we need beyond them has a table of its own. tenant_id is in every key.

create table mt_streams (
  tenant_id varchar not null default '*DEFAULT*',
  id varchar not null,
  type varchar,
  version bigint,
  timestamp timestamptz not null default now(),
  created timestamptz not null default now(),
  is_archived boolean default false,
  constraint pkey_mt_streams_tenant_id_id primary key (tenant_id, id)
);

create table mt_events (
  seq_id bigint not null,
  id uuid not null,
  stream_id varchar,
  version bigint not null,
  data jsonb not null,
  bdata bytea,
  type varchar(500) not null,
  timestamp timestamptz not null,
  tenant_id varchar not null default '*DEFAULT*',
  mt_dotnet_type varchar,
  correlation_id varchar,
  causation_id varchar,
  headers jsonb,
  is_archived boolean default false,
  -- numbers count per tenant, so the tenant is part of the key
  constraint pkey_mt_events_tenant_id_seq_id primary key (tenant_id, seq_id)
);

create unique index pk_mt_events_stream_and_version on mt_events (tenant_id, stream_id, version);

-- Where the next append of a tenant goes on. Locked first by every append: numbers have no gaps and follow
-- the order of commits. Short rows, much updated: room on the page keeps the updates off the index.
create table tenant_heads (
  tenant_id varchar not null,
  last_number bigint not null,
  last_seal bytea not null,
  last_time timestamptz not null,
  constraint pkey_tenant_heads primary key (tenant_id)
) with (fillfactor = 20);

-- What was already asked, and the answer it got.
create table commands (
  tenant_id varchar not null,
  command_id varchar not null,
  input_hash bytea not null,
  first_number bigint not null,
  count integer not null,
  constraint pkey_commands primary key (tenant_id, command_id)
);

-- One row per append transaction: sha256 over the one before, the numbers, the time and each event's digest.
create table seals (
  tenant_id varchar not null,
  first_number bigint not null,
  count integer not null,
  time timestamptz not null,
  seal bytea not null,
  digests bytea not null,
  constraint pkey_seals primary key (tenant_id, first_number)
);

-- digests do not compress
alter table seals alter column digests set storage external;

-- Keys of drivers' sealed data, wrapped by a master key that is kept elsewhere. Erasure deletes the row.
create table driver_keys (
  tenant_id varchar not null,
  pseudonym varchar not null,
  wrapped_key bytea not null,
  created timestamptz not null,
  constraint pkey_driver_keys primary key (tenant_id, pseudonym)
);

do $$
begin
  alter table mt_events alter column data set compression lz4;
exception when feature_not_supported then
  null; -- a server built without lz4 keeps its own default
end
$$;
