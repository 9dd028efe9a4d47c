-- An append whose writer knows where the log ends, in one call and so in one round trip: it does nothing and
-- says false unless the log still ends there. The head is moved first, which locks it; what follows are
-- statements of their own and see all that was committed before. Plans are kept: making them anew for each
-- append costs more than running them. They are made while the tables may still be empty, and must be right when
-- they are not: a join of a batch with a table that looks empty reads all rows of the tenant for each row of the
-- batch, so streams are moved one by one, each by its key.
create function settlement_append(
  p_tenant varchar, p_last bigint, p_last_seal bytea,
  p_new_last bigint, p_new_seal bytea, p_time timestamptz, p_digests bytea,
  p_raised varchar[], p_raised_before bigint[], p_raised_now bigint[],
  p_added varchar[], p_added_types varchar[], p_added_versions bigint[],
  p_numbers bigint[], p_ids uuid[], p_streams varchar[], p_versions bigint[], p_data jsonb[], p_types varchar[],
  p_correlations varchar[], p_causations varchar[], p_headers jsonb[],
  p_commands varchar[], p_hashes bytea[], p_firsts bigint[], p_counts integer[]
) returns boolean
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
begin
  update tenant_heads set last_number = p_new_last, last_seal = p_new_seal, last_time = p_time
  where tenant_id = p_tenant and last_number = p_last and last_seal = p_last_seal;
  if not found then
    return false;
  end if;

  for i in 1 .. cardinality(p_raised) loop
    update mt_streams set version = p_raised_now[i], timestamp = p_time
    where tenant_id = p_tenant and id = p_raised[i] and version = p_raised_before[i];
    if not found then
      -- it is not at the version its caller expects: undo the head as well, and look first
      raise exception using errcode = '23505', message = 'a stream has another version';
    end if;
  end loop;

  if cardinality(p_added) > 0 then
    insert into mt_streams (tenant_id, id, type, version, timestamp, created, is_archived)
    select p_tenant, w.id, w.type, w.version, p_time, p_time, false
    from unnest(p_added, p_added_types, p_added_versions) as w(id, type, version);
  end if;

  insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id,
    correlation_id, causation_id, headers, is_archived)
  select w.seq_id, w.id, w.stream_id, w.version, w.data, w.type, p_time, p_tenant,
    w.correlation_id, w.causation_id, w.headers, false
  from unnest(p_numbers, p_ids, p_streams, p_versions, p_data, p_types, p_correlations, p_causations, p_headers)
    as w(seq_id, id, stream_id, version, data, type, correlation_id, causation_id, headers);

  insert into commands (tenant_id, command_id, input_hash, first_number, count)
  select p_tenant, w.id, w.hash, w.first_number, w.count
  from unnest(p_commands, p_hashes, p_firsts, p_counts) as w(id, hash, first_number, count);

  insert into seals (tenant_id, first_number, count, time, seal, digests)
  values (p_tenant, p_last + 1, p_new_last - p_last, p_time, p_new_seal, p_digests);
  return true;
end
$$;
