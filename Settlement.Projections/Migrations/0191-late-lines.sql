-- Late lines are few, and the report asks for them in every month, however large it is.
create index ledger_entries_late on ledger_entries (tenant_id, generation, period) where charge_period <> period;
