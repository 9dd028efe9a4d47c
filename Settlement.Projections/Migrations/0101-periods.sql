-- Months, and ledger entries that are not a CDR's own. Rows of the projection "settlement": they can be rebuilt.

create table periods (
  tenant_id varchar not null,
  generation bigint not null,
  period varchar not null,             -- yyyy-mm
  soft_closed_seq bigint not null,     -- number of the event that closed it; an open month has no row
  is_cut boolean not null,             -- its statement is being prepared or is issued
  primary key (tenant_id, generation, period)
);

create table journal_lines (
  tenant_id varchar not null,
  generation bigint not null,
  seq_id bigint not null,              -- number of the event that made the entry
  line int not null,
  kind varchar not null,               -- rounding, tax-point, netting, conversion, dispute, credit-note, payment, …
  period varchar not null,             -- the month it is settled in
  on_date date not null,               -- of the document, payment or decision
  recorded_at timestamptz not null,
  currency varchar not null,
  account varchar not null,
  debit bigint not null,
  credit bigint not null,
  stream varchar,                      -- of the CDR it changes
  cdr_id varchar,
  reference varchar not null,          -- the statement, dispute or payment it belongs to
  tax jsonb,                           -- the tax line behind a posting to a tax account
  primary key (tenant_id, generation, seq_id, line)
);
create index journal_lines_period on journal_lines (tenant_id, generation, period, seq_id);
create index journal_lines_stream on journal_lines (tenant_id, generation, stream) where stream is not null;

alter table balances add column kind varchar not null default 'cdr';
alter table balances drop constraint balances_pkey;
alter table balances add primary key (tenant_id, generation, period, currency, account, kind);

alter table ledger_entries add column corrects bigint;          -- number of the entry it takes back
alter table ledger_entries add column corrects_period varchar;  -- and the month of that entry
create index ledger_entries_members on ledger_entries (tenant_id, generation, period, seq_id);

alter table cdrs add column received_seq bigint;                -- number of the event with which it came
alter table cdrs add column entry_seq bigint;                   -- number of its last entry
alter table cdrs add column entry_period varchar;               -- the month of that entry

create table statements (
  tenant_id varchar not null,
  generation bigint not null,
  period varchar not null,
  version int not null,                -- 1, and one more after each reopening
  seq_id bigint not null,              -- number of the event that issued it
  issued_at timestamptz not null,
  document_date date not null,
  due_date date not null,
  previous_cut_off bigint not null,    -- its lines are the month's entries after this number
  cut_off bigint not null,             -- and up to this one
  lines bigint not null,
  digest varchar not null,
  merkle_root varchar not null,
  issued_by varchar not null,
  primary key (tenant_id, generation, period, version)
);

create table documents (
  tenant_id varchar not null,
  generation bigint not null,
  number varchar not null,
  kind varchar not null,               -- Invoice, CreditNote, DebitNote
  period varchar not null,
  version int not null,
  supplier varchar not null,
  customer varchar not null,
  issued_by varchar not null,
  currency varchar not null,
  document_date date not null,
  due_date date not null,
  sessions bigint not null,
  energy_kwh numeric not null,
  net bigint not null,
  tax bigint not null,
  due bigint not null,
  seq_id bigint not null,
  primary key (tenant_id, generation, number)
);
create index documents_period on documents (tenant_id, generation, period);
