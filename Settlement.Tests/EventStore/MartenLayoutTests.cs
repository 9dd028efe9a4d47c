using System.Text.Json;
using Npgsql;
using Settlement.Tests.Postgres;
using static Settlement.Tests.EventStore.TestFacts;

namespace Settlement.Tests.EventStore;

/// <summary>
/// Rules 1 and 6: the SQL that Marten 9.29 sends for a stream's state, a stream's events and a page of its daemon
/// (string keys, conjoined tenancy, metadata on), read with the types Marten reads. The package itself was not run.
/// </summary>
public sealed class MartenLayoutTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string StreamState = """
        select id, version, type, timestamp, created, is_archived from public.mt_streams
        where id = $1 and tenant_id = $2
        """;

    private const string Fields = """
        data, type, mt_dotnet_type, bdata, seq_id, id, stream_id, version, timestamp, tenant_id,
        correlation_id, causation_id, headers, is_archived
        """;

    private const string Events = $"""
        select {Fields} from public.mt_events as d
        WHERE (d.is_archived = FALSE and d.version <= $3 and d.tenant_id = $2 and d.stream_id = $1) ORDER BY d.seq_id
        """;

    private const string DaemonPage = """
        select d.data, d.type, d.mt_dotnet_type, d.bdata, d.seq_id, d.id, d.stream_id, d.version, d.timestamp,
          d.tenant_id, d.correlation_id, d.causation_id, d.headers, d.is_archived, s.type as stream_type
        from public.mt_events as d
        inner join public.mt_streams as s on d.stream_id = s.id and d.tenant_id = s.tenant_id
        where d.seq_id > $1 and d.seq_id <= $2 and d.is_archived = FALSE order by d.seq_id limit $3
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Martens_own_statements_read_what_we_wrote()
    {
        using var store = postgres.Database.NewStore();
        await store.Stores(new("a", Hash("a"), [new("s", "note", 0, [Note("x"), Note("y")])], "ann", "corr"), "t");
        await store.AppendBulk("t", [Say("b", "s", 2), Say("c", "other")], Stop);

        await using var source = postgres.Database.Source();
        await using (var state = await Query(source, StreamState, "s", "t"))
        {
            (await state.ReadAsync(Stop)).ShouldBeTrue();
            state.GetFieldValue<string>(0).ShouldBe("s");
            state.GetFieldValue<long>(1).ShouldBe(3);
            state.GetFieldValue<string>(2).ShouldBe("note");
            var touched = state.GetFieldValue<DateTimeOffset>(3);
            touched.ShouldBeGreaterThanOrEqualTo(state.GetFieldValue<DateTimeOffset>(4));
            state.GetFieldValue<bool>(5).ShouldBeFalse();
        }

        await using (var events = await Query(source, Events, "s", "t", 3L))
        {
            (await Aggregate(events)).ShouldBe(["1 x", "2 y", "3 b"]);
        }

        await using (var page = await Query(source, DaemonPage, 0L, 100L, 500))
        {
            (await Aggregate(page)).ShouldBe(["1 x", "2 y", "3 b", "1 c"]);
        }
    }

    [Fact]
    public async Task Columns_and_keys_are_Martens_and_nothing_of_ours_is_on_its_tables()
    {
        const string Columns = """
            select string_agg(column_name || ' ' || udt_name || ' ' || is_nullable, ', ' order by ordinal_position)
            from information_schema.columns where table_name = '{0}'
            """;
        (await postgres.Database.Value<string>(Columns.Replace("{0}", "mt_streams", StringComparison.Ordinal))).ShouldBe(
            "tenant_id varchar NO, id varchar NO, type varchar YES, version int8 YES, timestamp timestamptz NO, "
            + "created timestamptz NO, is_archived bool YES");
        (await postgres.Database.Value<string>(Columns.Replace("{0}", "mt_events", StringComparison.Ordinal))).ShouldBe(
            "seq_id int8 NO, id uuid NO, stream_id varchar YES, version int8 NO, data jsonb NO, bdata bytea YES, "
            + "type varchar NO, timestamp timestamptz NO, tenant_id varchar NO, mt_dotnet_type varchar YES, "
            + "correlation_id varchar YES, causation_id varchar YES, headers jsonb YES, is_archived bool YES");
        (await postgres.Database.Value<string>("""
            select string_agg(indexdef, '; ' order by indexname) from pg_indexes where tablename in ('mt_streams', 'mt_events')
            """)).ShouldBe(
            "CREATE UNIQUE INDEX pk_mt_events_stream_and_version ON public.mt_events USING btree (tenant_id, stream_id, version); "
            + "CREATE UNIQUE INDEX pkey_mt_events_tenant_id_seq_id ON public.mt_events USING btree (tenant_id, seq_id); "
            + "CREATE UNIQUE INDEX pkey_mt_streams_tenant_id_id ON public.mt_streams USING btree (tenant_id, id)");
    }

    /// <summary>Field by field as Marten's event storage reads them.</summary>
    private static async Task<List<string>> Aggregate(NpgsqlDataReader reader)
    {
        var read = new List<string>();
        while (await reader.ReadAsync(Stop))
        {
            var fact = JsonSerializer.Deserialize<Plain>(reader.GetFieldValue<byte[]>(0))!;
            reader.GetString(1).ShouldBe("noted");
            reader.IsDBNull(2).ShouldBeTrue(); // the reading program registers the names
            reader.IsDBNull(3).ShouldBeTrue();
            reader.GetFieldValue<long>(4).ShouldBeGreaterThan(0);
            reader.GetFieldValue<Guid>(5).ShouldNotBe(Guid.Empty);
            reader.GetFieldValue<DateTimeOffset>(8).Year.ShouldBeGreaterThan(2025);
            reader.GetFieldValue<string>(9).ShouldBe("t");
            JsonSerializer.Deserialize<Dictionary<string, object>>(reader.GetFieldValue<string>(12))!.Keys.ShouldBe(["actor"]);
            reader.GetFieldValue<bool>(13).ShouldBeFalse();
            fact.Amount.ShouldBe(12.30m);
            read.Add($"{reader.GetFieldValue<long>(7)} {fact.Text}");
        }

        return read;
    }

    private static async Task<NpgsqlDataReader> Query(NpgsqlDataSource source, string sql, params object[] values)
    {
        var command = source.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return await command.ExecuteReaderAsync(Stop);
    }

    /// <summary>A reader's own class: no converter, no option of ours.</summary>
    private sealed record Plain(string Text, decimal Amount);
}
