-- Disputes, payments and what is open. Rows of the projection "settlement": they can be rebuilt. Minor units.

create table disputes (
  tenant_id varchar not null,
  generation bigint not null,
  stream varchar not null,             -- dispute/{owner}/{id}: one per CDR
  debtor varchar not null,
  creditor varchar not null,
  currency varchar not null,
  period varchar not null,             -- the month the CDR is settled in
  state varchar not null,
  document varchar,                    -- the invoice it is on; null before issue
  opened_on date not null,
  answer_by date not null,
  disputed bigint not null,
  withheld bigint not null,            -- in the account disputed now
  credited bigint not null,            -- by our own credit notes
  batch varchar,                       -- what it was opened with in bulk
  body jsonb not null,                 -- all of it
  seq_id bigint not null,              -- last event that changed the row
  primary key (tenant_id, generation, stream)
);
create index disputes_list on disputes (tenant_id, generation, seq_id);

create table payments (
  tenant_id varchar not null,
  generation bigint not null,
  stream varchar not null,             -- payment/{id}
  payer varchar not null,
  payee varchar not null,
  currency varchar not null,
  amount bigint not null,
  unapplied bigint not null,           -- matches nothing yet
  value_date date not null,
  state varchar not null,              -- Exact, Part, Over, Unapplied, Reversed
  body jsonb not null,
  seq_id bigint not null,
  primary key (tenant_id, generation, stream)
);
create index payments_list on payments (tenant_id, generation, seq_id);

create table money_requests (
  tenant_id varchar not null,
  generation bigint not null,
  stream varchar not null,             -- write-off/{document}, opening/{name}
  kind varchar not null,               -- write-off, opening
  is_open boolean not null,            -- somebody must still approve it
  body jsonb not null,
  seq_id bigint not null,
  primary key (tenant_id, generation, stream)
);

create table item_moves (
  tenant_id varchar not null,
  generation bigint not null,
  seq_id bigint not null,              -- number of the event
  line int not null,
  kind varchar not null,
  item varchar not null,               -- the document; empty where the fold finds that out
  debtor varchar not null,
  creditor varchar not null,
  currency varchar not null,
  amount bigint not null,
  on_date date not null,
  due_on date,
  reference varchar not null,          -- the payment, dispute or statement behind it
  period varchar,
  after_seq bigint not null,           -- of a document: entries after this number …
  up_to_seq bigint not null,           -- … up to this one are on it; of a dispute: the entry
  primary key (tenant_id, generation, seq_id, line)
);
