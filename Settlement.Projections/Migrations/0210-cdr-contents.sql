-- What a CDR's row tells of each content that came under its id: the row shows the one that counts.
alter table cdrs add column contents jsonb;                     -- null while only one came; the first has no digest
