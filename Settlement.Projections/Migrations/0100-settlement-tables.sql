-- Read tables of the projection "settlement". Every row can be dropped and rebuilt from the log.
-- Amounts are whole minor units of the row's currency; quantities are signed (a credit counts negative).

create table cdrs (
  tenant_id varchar not null,
  generation bigint not null,
  stream varchar not null,
  cpo varchar not null,
  emsp varchar not null,
  cdr_id varchar not null,
  state varchar not null,              -- posted, held, conflict, credited, credit, awaited
  charge_period varchar not null,      -- yyyy-mm in the agreement's zone
  currency varchar not null,
  place varchar,                       -- ISO 3166-2, once settled
  start_at timestamptz not null,
  end_at timestamptz not null,
  received_at timestamptz,             -- null while only its credit arrived
  energy_kwh numeric not null,
  claimed numeric not null,
  expected numeric,                    -- re-rated price of a held CDR, where it can be told
  due bigint not null,                 -- as posted; 0 while nothing is
  reason varchar,                      -- first code of why it is held
  reasons jsonb,                       -- all of them
  linked_id varchar,                   -- credit of, or credited by
  driver varchar,                      -- pseudonym in this relationship
  session_id varchar,
  location_id varchar,
  evse_id varchar,
  city varchar,
  source varchar,
  seq_id bigint not null,              -- last event that changed the row
  primary key (tenant_id, generation, stream)
);
create index cdrs_open on cdrs (tenant_id, generation, charge_period, state, stream)
  where state in ('held', 'conflict', 'awaited');

create table ledger_entries (
  tenant_id varchar not null,
  generation bigint not null,
  seq_id bigint not null,              -- number of the event that made the entry
  kind varchar not null,               -- cdr, credit, conflict
  stream varchar not null,
  cpo varchar not null,
  emsp varchar not null,
  cdr_id varchar not null,
  period varchar not null,             -- the month it is settled in
  charge_period varchar not null,
  tax_date date not null,
  recorded_at timestamptz not null,    -- when the event was; decides what a tax filing contained
  currency varchar not null,
  place varchar not null,
  start_at timestamptz not null,
  end_at timestamptz not null,
  sessions int not null,
  energy_kwh numeric not null,
  charging_seconds bigint not null,
  parking_seconds bigint not null,
  energy bigint not null,
  time bigint not null,
  parking bigint not null,
  flat bigint not null,
  reservation bigint not null,
  net bigint not null,
  tax bigint not null,
  due bigint not null,
  claimed numeric not null,
  rerated numeric not null,
  surcharge_provable boolean not null,
  taxes jsonb not null,
  primary key (tenant_id, generation, seq_id)
);
create index ledger_entries_statement
  on ledger_entries (tenant_id, generation, period, cpo, currency, place, seq_id);
create index ledger_entries_stream on ledger_entries (tenant_id, generation, stream);

create table ledger_postings (
  tenant_id varchar not null,
  generation bigint not null,
  seq_id bigint not null,
  line int not null,
  account varchar not null,
  debit bigint not null,
  credit bigint not null,
  primary key (tenant_id, generation, seq_id, line)
);

create table balances (
  tenant_id varchar not null,
  generation bigint not null,
  period varchar not null,
  currency varchar not null,
  account varchar not null,
  debit numeric not null,
  credit numeric not null,
  primary key (tenant_id, generation, period, currency, account)
);

create table period_totals (
  tenant_id varchar not null,
  generation bigint not null,
  period varchar not null,
  cpo varchar not null,
  emsp varchar not null,
  currency varchar not null,
  place varchar not null,
  entries bigint not null,
  sessions bigint not null,
  credits bigint not null,
  not_provable bigint not null,        -- entries without a reference for zero surcharge
  energy_kwh numeric not null,
  charging_seconds numeric not null,
  parking_seconds numeric not null,
  energy numeric not null,
  time numeric not null,
  parking numeric not null,
  flat numeric not null,
  reservation numeric not null,
  net numeric not null,
  tax numeric not null,
  due numeric not null,
  primary key (tenant_id, generation, period, cpo, emsp, currency, place)
);

create table period_taxes (
  tenant_id varchar not null,
  generation bigint not null,
  period varchar not null,
  cpo varchar not null,
  emsp varchar not null,
  currency varchar not null,
  place varchar not null,
  jurisdiction varchar not null,
  tax varchar not null,
  rate varchar not null,               -- "5%" or "0.03/kWh"
  disposition varchar not null,
  remitter varchar not null,
  recoverable boolean not null,
  base numeric not null,
  kwh numeric not null,
  amount numeric not null,
  lines bigint not null,
  primary key (tenant_id, generation, period, cpo, emsp, currency, place, jurisdiction, tax, rate, disposition,
               remitter, recoverable)
);
