using Npgsql;

namespace Settlement.Projections.EventStore;

/// <summary>The statements of an append. Two round trips: lock and look, then write and commit.</summary>
internal static partial class AppendSql
{
    private const string LockHead =
        "select last_number, last_seal, last_time from tenant_heads where tenant_id = $1 for update";

    // Looking must be a statement after the one that waited for the lock: that one still sees what was there before
    // the wait. "limit 1" makes each id one look into the index. A plain join leaves the planner the choice, and for
    // a tenant that looks small to it, it reads all the tenant's rows for each id (measured: ten times slower).
    private const string FindCommands = """
        select c.command_id, c.input_hash, c.first_number, c.count
        from unnest($2) as w(id) cross join lateral (
          select k.command_id, k.input_hash, k.first_number, k.count from commands k
          where k.tenant_id = $1 and k.command_id = w.id limit 1) c
        """;

    private const string FindStreams = """
        select s.id, s.version
        from unnest($2) as w(id) cross join lateral (
          select k.id, k.version from mt_streams k where k.tenant_id = $1 and k.id = w.id limit 1) s
        """;

    private const string CreateHead = """
        insert into tenant_heads (tenant_id, last_number, last_seal, last_time) values ($1, 0, $2, '-infinity')
        """;

    private const string AddStreams = """
        insert into mt_streams (tenant_id, id, type, version, timestamp, created, is_archived)
        select $1, w.id, w.type, w.version, $5, $5, false from unnest($2, $3, $4) as w(id, type, version)
        """;

    // They are all there: the conflict is what finds each by its key, whatever the planner thinks of the table.
    private const string RaiseStreams = """
        insert into mt_streams (tenant_id, id, version) select $1, w.id, w.version from unnest($2, $3) as w(id, version)
        on conflict (tenant_id, id) do update set version = excluded.version, timestamp = $4
        """;

    private const string AddEvents = """
        insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id,
          correlation_id, causation_id, headers, is_archived)
        select w.seq_id, w.id, w.stream_id, w.version, w.data, w.type, $2, $1,
          w.correlation_id, w.causation_id, w.headers, false
        from unnest($3, $4, $5, $6, $7, $8, $9, $10, $11)
          as w(seq_id, id, stream_id, version, data, type, correlation_id, causation_id, headers)
        """;

    private const string AddCommands = """
        insert into commands (tenant_id, command_id, input_hash, first_number, count)
        select $1, w.id, w.hash, w.first_number, w.count
        from unnest($2, $3, $4, $5) as w(id, hash, first_number, count)
        """;

    private const string AddSeal = """
        insert into seals (tenant_id, first_number, count, time, seal, digests) values ($1, $2, $3, $4, $5, $6)
        """;

    private const string MoveHead = """
        update tenant_heads set last_number = $2, last_seal = $3, last_time = $4
        where tenant_id = $1 and last_number = $5
        """;

    // One call that does nothing unless the log still ends where we think: one round trip, and nobody waits for us
    // while an answer travels. What it inserts is guarded by the same keys as ever.
    private const string WriteGuessed = """
        select settlement_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
          $19, $20, $21, $22, $23, $24, $25, $26)
        """;

    /// <summary>Begins, locks the head and reads what the batch needs to know; null: the tenant is new.</summary>
    public static async Task<AppendState?> LockAndLook(
        NpgsqlConnection connection, string tenant, IReadOnlyList<EncodedCommand> commands, CancellationToken stop)
    {
        var streams = commands.SelectMany(command => command.Command.Streams.Select(facts => facts.Stream)
            .Concat(command.Command.Requires.Select(required => required.Stream)));
        var asked = commands.SelectMany(command => command.Command.Claims.Prepend(command.Command.Id));
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("begin"),
                Command(LockHead, Text(tenant)),
                Command(FindCommands, Text(tenant), Texts([.. asked])),
                Command(FindStreams, Text(tenant), Texts([.. streams.Distinct(StringComparer.Ordinal)])),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var head = await reader.ReadAsync(stop) ? ReadHead(reader) : null;
        await reader.NextResultAsync(stop);
        var known = new Dictionary<string, KnownCommand>(StringComparer.Ordinal);
        while (await reader.ReadAsync(stop))
        {
            known[reader.GetString(0)] =
                new KnownCommand(reader.GetFieldValue<byte[]>(1), reader.GetInt64(2), reader.GetInt32(3));
        }

        await reader.NextResultAsync(stop);
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(stop))
        {
            versions[reader.GetString(0)] = reader.GetInt64(1);
        }

        return head is null ? null : new AppendState(head, known, versions);
    }

    /// <summary>Begins and locks the head; null: the tenant is new.</summary>
    public static async Task<Head?> LockOnly(NpgsqlConnection connection, string tenant, CancellationToken stop)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { new("begin"), Command(LockHead, Text(tenant)) },
        };
        await using var reader = await batch.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop) ? ReadHead(reader) : null;
    }

    private static Head ReadHead(NpgsqlDataReader reader) =>
        new(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), StoredTime(reader, 2));

    /// <summary>Gives a new tenant its head, outside any transaction.</summary>
    public static async Task GiveHead(NpgsqlConnection connection, string tenant, CancellationToken stop)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { Command(CreateHead, Text(tenant), Binary(Seal.Genesis(tenant))) },
        };
        try
        {
            await batch.ExecuteNonQueryAsync(stop);
        }
        catch (PostgresException e) when (e.SqlState == SqlStates.UniqueViolation)
        {
            // another process gave it one in the meantime: as good
        }
    }

    /// <summary>Writes what was decided from memory, in one call; false: nothing was written.</summary>
    public static async Task<bool> TryWriteGuessed(
        NpgsqlConnection connection, string tenant, AppendPlan plan, CancellationToken stop)
    {
        var raised = plan.Streams.Where(stream => stream.Value.Before > 0).ToList();
        var added = plan.Streams.Where(stream => stream.Value.Before == 0).ToList();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Command(
                    WriteGuessed,
                    [
                        Text(tenant),
                        Long(plan.FirstNumber - 1),
                        Binary(plan.OldHead.Seal),
                        Long(plan.NewHead.Number),
                        Binary(plan.NewHead.Seal),
                        Time(plan.Time),
                        Binary(plan.Digests),
                        Texts([.. raised.Select(stream => stream.Key)]),
                        Longs([.. raised.Select(stream => stream.Value.Before)]),
                        Longs([.. raised.Select(stream => stream.Value.Now)]),
                        Texts([.. added.Select(stream => stream.Key)]),
                        Texts([.. added.Select(stream => stream.Value.Type)]),
                        Longs([.. added.Select(stream => stream.Value.Now)]),
                        .. EventColumns(plan),
                        .. CommandColumns(plan),
                    ]),
            },
        };
        return await batch.ExecuteScalarAsync(stop) is true;
    }

    /// <summary>Writes what was decided, and commits.</summary>
    public static async Task WriteAndCommit(
        NpgsqlConnection connection, string tenant, AppendPlan plan, CancellationToken stop)
    {
        await using var batch = new NpgsqlBatch(connection);
        AddStreamRows(batch, tenant, plan);
        batch.BatchCommands.Add(Command(AddEvents, [Text(tenant), Time(plan.Time), .. EventColumns(plan)]));
        AddRest(batch, tenant, plan);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        await batch.ExecuteNonQueryAsync(stop);
    }

    /// <summary>Commands, seal and head: what every append writes beside streams and events.</summary>
    public static void AddRest(NpgsqlBatch batch, string tenant, AppendPlan plan)
    {
        batch.BatchCommands.Add(Command(AddCommands, [Text(tenant), .. CommandColumns(plan)]));
        AddSealAndHead(batch, tenant, plan);
    }

    private static NpgsqlParameter[] CommandColumns(AppendPlan plan)
    {
        var accepted = plan.Accepted;
        return
        [
            Texts([.. accepted.Select(a => a.Id)]),
            Binaries([.. accepted.Select(a => a.InputHash)]),
            Longs([.. accepted.Select(a => a.FirstNumber)]),
            new NpgsqlParameter<int[]> { TypedValue = [.. accepted.Select(a => a.Count)] },
        ];
    }

    public static void AddSealAndHead(NpgsqlBatch batch, string tenant, AppendPlan plan)
    {
        batch.BatchCommands.Add(Command(
            AddSeal,
            Text(tenant),
            Long(plan.FirstNumber),
            new NpgsqlParameter<int> { TypedValue = plan.Events.Count },
            Time(plan.Time),
            Binary(plan.NewHead.Seal),
            Binary(plan.Digests)));
        batch.BatchCommands.Add(Command(
            MoveHead,
            Text(tenant),
            Long(plan.NewHead.Number),
            Binary(plan.NewHead.Seal),
            Time(plan.Time),
            Long(plan.FirstNumber - 1)));
    }

    /// <summary>Streams that were there already get their new version.</summary>
    public static void AddRaisedStreams(NpgsqlBatch batch, string tenant, AppendPlan plan)
    {
        var raised = plan.Streams.Where(stream => stream.Value.Before > 0).ToList();
        if (raised.Count > 0)
        {
            batch.BatchCommands.Add(Command(
                RaiseStreams,
                Text(tenant),
                Texts([.. raised.Select(stream => stream.Key)]),
                Longs([.. raised.Select(stream => stream.Value.Now)]),
                Time(plan.Time)));
        }
    }

    private static void AddStreamRows(NpgsqlBatch batch, string tenant, AppendPlan plan)
    {
        var added = plan.Streams.Where(stream => stream.Value.Before == 0).ToList();
        if (added.Count > 0)
        {
            batch.BatchCommands.Add(Command(
                AddStreams,
                Text(tenant),
                Texts([.. added.Select(stream => stream.Key)]),
                Texts([.. added.Select(stream => stream.Value.Type)]),
                Longs([.. added.Select(stream => stream.Value.Now)]),
                Time(plan.Time)));
        }

        AddRaisedStreams(batch, tenant, plan);
    }

    private static NpgsqlParameter[] EventColumns(AppendPlan plan)
    {
        var events = plan.Events;
        var n = events.Count;
        var (numbers, ids, streams, versions) = (new long[n], new Guid[n], new string[n], new long[n]);
        var (data, types, correlations) = (new byte[n][], new string[n], new string?[n]);
        var (causations, headers) = (new string[n], new byte[n][]);
        for (var i = 0; i < n; i++)
        {
            var e = events[i];
            var encoded = e.Event;
            (numbers[i], ids[i], streams[i], versions[i]) = (e.Number, encoded.Id, e.Stream, e.Version);
            (data[i], types[i], correlations[i]) = (encoded.Data, encoded.Type, e.Command.Command.CorrelationId);
            (causations[i], headers[i]) = (e.Command.CausationId, e.Command.Headers);
        }

        return
        [
            Longs(numbers),
            new NpgsqlParameter<Guid[]> { TypedValue = ids },
            Texts(streams),
            Longs(versions),
            Jsons(data),
            Texts(types),
            Texts(correlations),
            Texts(causations),
            Jsons(headers),
        ];
    }
}
