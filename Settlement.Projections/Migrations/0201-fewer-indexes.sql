-- Every index is paid for with every CDR. The entries of a CDR are found through the log, which knows the events of
-- a stream; lines are listed in the order of their numbers, which the index by month gives.
drop index ledger_entries_stream;
drop index ledger_entries_statement;

-- Oldest first by receipt: numbers grow with it, so that a new row goes to the end of the index.
drop index cdrs_by_receipt;
create index cdrs_by_receipt on cdrs (tenant_id, generation, received_at, received_seq) where received_at is not null;

-- Few rows, changed by every batch: room on the page keeps the changes off the index.
alter table balances set (fillfactor = 50);
alter table period_totals set (fillfactor = 50);
alter table period_taxes set (fillfactor = 50);
