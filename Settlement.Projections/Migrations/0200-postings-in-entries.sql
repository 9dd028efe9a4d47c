-- An entry carries its postings: one row and one key instead of three or four of each. ledger_postings becomes a way
-- to read them.
alter table ledger_entries
  add column accounts varchar[] not null default '{}',
  add column debits bigint[] not null default '{}',
  add column credits bigint[] not null default '{}';

update ledger_entries e set accounts = p.accounts, debits = p.debits, credits = p.credits
from (
  select tenant_id, generation, seq_id, array_agg(account order by line) accounts, array_agg(debit order by line) debits,
         array_agg(credit order by line) credits
  from ledger_postings group by 1, 2, 3) p
where p.tenant_id = e.tenant_id and p.generation = e.generation and p.seq_id = e.seq_id;

drop table ledger_postings;

create view ledger_postings as
  select e.tenant_id, e.generation, e.seq_id, (p.line - 1)::integer line, p.account, p.debit, p.credit
  from ledger_entries e
  cross join lateral unnest(e.accounts, e.debits, e.credits) with ordinality p (account, debit, credit, line);
