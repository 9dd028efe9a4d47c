-- What stands beside Marten's log (schema log), all of it written in the transaction that appends. tenant_id is in
-- every key. Marten numbers all tenants' events in one sequence; one tenant's are found by this index.
create index mt_events_by_tenant on log.mt_events (tenant_id, seq_id);

-- Where a tenant's log ends, and which of its rows readers see, written by which version of the ledger's code. Locked
-- first by every append: a tenant's numbers follow its commits. Short rows, much updated: room on the page keeps the
-- updates off the index.
create table tenant_heads (
  tenant_id varchar not null,
  last_number bigint not null,
  events bigint not null,
  last_seal bytea not null,
  last_time timestamptz not null,
  generation bigint not null,
  ledger_version integer not null,
  constraint pkey_tenant_heads primary key (tenant_id)
) with (fillfactor = 20);

-- What was already asked, and the answer it got; also names that only one command may hold.
create table commands (
  tenant_id varchar not null,
  command_id varchar not null,
  input_hash bytea not null,
  first_number bigint not null,
  last_number bigint not null,
  constraint pkey_commands primary key (tenant_id, command_id)
);

-- One row per transaction: SHA-256 over the one before, the numbers and each event's digest.
create table seals (
  tenant_id varchar not null,
  first_number bigint not null,
  last_number bigint not null,
  count bigint not null,
  seal bytea not null,
  digests bytea not null,
  constraint pkey_seals primary key (tenant_id, first_number)
);

-- digests do not compress
alter table seals alter column digests set storage external;

-- A text with its length in bytes before it; -1 = absent.
create function settlement_part(part text) returns bytea
language sql immutable parallel safe as $$
  select case when part is null then int4send(-1)
    else int4send(octet_length(convert_to(part, 'UTF8'))) || convert_to(part, 'UTF8') end
$$;

-- Depends on nothing but the row: no time zone, no style of dates. The program has the same in its own words.
create function settlement_event_digest(e log.mt_events) returns bytea
language sql stable parallel safe as $$
  select sha256(
    int8send(e.seq_id) || uuid_send(e.id) || int8send(e.version)
    || int8send((extract(epoch from e.timestamp) * 1000000)::bigint)
    || settlement_part(e.stream_id) || settlement_part(e.type) || settlement_part(e.correlation_id)
    || settlement_part(e.causation_id) || settlement_part(e.headers::text) || settlement_part(e.data::text))
$$;

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
  alter table log.mt_events alter column data set compression lz4;
exception when feature_not_supported then
  null; -- a server built without lz4 keeps its own default
end
$$;
