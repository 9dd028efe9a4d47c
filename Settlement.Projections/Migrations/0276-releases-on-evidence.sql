-- What is released on evidence may have no price that any reading gives; null, never 0.
alter table ledger_entries alter column rerated drop not null;
