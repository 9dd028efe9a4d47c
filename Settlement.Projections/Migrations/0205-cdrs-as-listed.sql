-- What a partner's list of CDRs goes by: when the CPO changed a CDR last, as the list prints it, and the number of the
-- event with which it came first, which never changes, so that no page loses a row to another.
alter table cdrs add column last_updated timestamptz;
alter table cdrs add column listed_seq bigint;

drop index cdrs_by_receipt;
create index cdrs_by_receipt on cdrs (tenant_id, generation, listed_seq) where listed_seq is not null;
update cdrs set last_updated = received_at, listed_seq = received_seq where received_at is not null;
