-- settlement_partner may only read tables that are handed to it by name, and of those only the rows of the
-- tenants named in the transaction-local setting settlement.tenants. No setting: no rows. It has no right on
-- the log. Creating a login needs a right we may not have: then an administrator creates it, and grants follow.
do $$
begin
  create role settlement_partner nologin;
exception
  when duplicate_object or unique_violation then null; -- roles belong to the whole server
  when insufficient_privilege then null;
end
$$;

create function settlement_partner_may_read(shared regclass, columns text default null) returns void
language plpgsql as $$
begin
  execute format('alter table %s enable row level security', shared);
  execute format('drop policy if exists partner_reads on %s', shared);
  if exists (select from pg_roles where rolname = 'settlement_partner') then
    execute format(
      'create policy partner_reads on %s for select to settlement_partner '
      'using (tenant_id = any(string_to_array(current_setting(''settlement.tenants'', true), '','')))', shared);
    execute format('grant select %s on %s to settlement_partner', '(' || columns || ')', shared);
  end if;
end
$$;
