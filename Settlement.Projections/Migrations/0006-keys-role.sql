-- The drivers' keys belong to a role of their own, settlement_keys: who is given the tables of the program's login,
-- to report or to dump them, is not given the keys. The program's login is a member. Making a role, or a member of
-- it, needs a right we may not have: then the keys stay with the login, all else is the same, and "migrate" says so
-- until an administrator has made the role and the login its member.
create function settlement_keys_apart() returns boolean
language plpgsql as $$
declare
  place name := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = 'driver_keys'::regclass);
begin
  if (select pg_get_userbyid(relowner) from pg_class where oid = 'driver_keys'::regclass) = 'settlement_keys' then
    return true;
  end if;

  begin
    create role settlement_keys nologin;
  exception
    when duplicate_object or unique_violation then null; -- roles belong to the whole server
    when insufficient_privilege then return exists (select from pg_roles where rolname = 'settlement_keys')
      and settlement_keys_given(place);
  end;

  return settlement_keys_given(place);
end
$$;

create function settlement_keys_given(place name) returns boolean
language plpgsql as $$
declare
  may_create boolean;
begin
  if not pg_has_role(current_user, 'settlement_keys', 'usage') then
    execute format('grant settlement_keys to %I', current_user);
  end if;

  -- an owner must be allowed to have tables in the schema, at the moment it becomes the owner
  may_create := has_schema_privilege('settlement_keys', place, 'create');
  if not may_create then
    execute format('grant create on schema %I to settlement_keys', place);
  end if;

  execute format('alter table %I.driver_keys owner to settlement_keys', place);
  execute format('revoke all on %I.driver_keys from public', place);
  execute format('grant usage on schema %I to settlement_keys', place);
  if not may_create then
    execute format('revoke create on schema %I from settlement_keys', place);
  end if;

  return true;
exception
  when insufficient_privilege or invalid_grant_operation then return false;
end
$$;

do $$
begin
  perform settlement_keys_apart();
end
$$;
