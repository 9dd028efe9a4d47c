-- What a partner's detail file tells of a CDR besides what lists need.
alter table cdrs add column authorization_reference varchar;
alter table cdrs add column power_type varchar;
alter table cdrs add column tariffs varchar;                    -- ids of the tariffs that priced it, joined by +
