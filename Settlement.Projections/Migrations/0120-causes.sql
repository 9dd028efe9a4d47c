-- Why a person changed what is owed for a CDR: a release or a correction. No entry before this had one.
alter table ledger_entries add column cause varchar;
