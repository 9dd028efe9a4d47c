-- A journal line about a CDR tells whose supply it is, where, which entry it reverses and on which document it is: so
-- that reports, statements and detail files have all that is charged and taxed, not only the CDRs' own entries.
alter table journal_lines add column cpo varchar;               -- as in ledger_entries; null where it is about no CDR
alter table journal_lines add column emsp varchar;
alter table journal_lines add column place varchar;
alter table journal_lines add column corrects bigint;           -- number of the CDR's entry that was reversed with it
alter table journal_lines add column corrects_period varchar;   -- and the month of that entry
alter table journal_lines add column document varchar;          -- null where its statement's documents tell it
