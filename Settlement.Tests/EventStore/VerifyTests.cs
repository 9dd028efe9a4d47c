using Npgsql;
using Settlement.Tests.Postgres;
using static Settlement.Tests.EventStore.TestFacts;
using Store = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Tests.EventStore;

/// <summary>Whatever is done to a log behind the program's back is found, and the first event is named.</summary>
public sealed class VerifyTests : IAsyncLifetime
{
    private TestDatabase database = null!;
    private Store store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await (await TestCluster.Shared()).NewDatabase(migrated: true);
        store = database.NewStore();
        foreach (var tenant in (string[])["t1", "t2"])
        {
            await store.Stores(Say("a", "s"), tenant);
            await store.AppendBulk(tenant, [.. Enumerable.Range(0, 8).Select(i => Say($"b{i}", $"s{i % 3}"))], Stop);
            await store.Stores(Say("z", "s", 1), tenant);
        }
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task An_untouched_log_is_good()
    {
        var report = await store.Verify(stop: Stop);
        report.IsGood.ShouldBeTrue();
        report.Events.ShouldBe(20);
        report.Seals.Count.ShouldBe(2);
        report.Seals["t1"].ShouldNotBe(report.Seals["t2"]);
    }

    [Theory]
    [InlineData("Pacific/Apia", "German, DMY")]
    [InlineData("America/St_Johns", "SQL, MDY")]
    public async Task A_seal_depends_on_no_time_zone_and_no_style_of_dates(string zone, string style)
    {
        const string Time = "select timestamp::text from log.mt_events where seq_id = 1 and tenant_id = 't1'";
        const string Digests = """
            select string_agg(encode(d.digest, 'hex'), ' ' order by t.id, d.seq_id)
            from (values ('t1'), ('t2')) as t(id) cross join lateral settlement_digests(t.id, 0, 1000) d
            """;
        var (time, digests) = (await database.Value<string>(Time), await database.Value<string>(Digests));
        foreach (var setting in (string[])
            [$"timezone = '{zone}'", $"datestyle = '{style}'", "intervalstyle = 'sql_standard'", "bytea_output = 'escape'"])
        {
            await database.Execute($"alter database \"{new NpgsqlConnectionStringBuilder(database.ConnectionString).Database}\" set {setting}");
        }

        await using var elsewhere = NpgsqlDataSource.Create(database.ConnectionString + ";Pooling=false");
        (await Value(elsewhere, Time)).ShouldNotBe(time);
        (await Value(elsewhere, Digests)).ShouldBe(digests);
        using var there = new Store(elsewhere, Names);
        await there.Stores(Say("sealed elsewhere", "s"), "t1");
        (await there.Verify(stop: Stop)).Bad.ShouldBeEmpty();
        (await store.Verify(stop: Stop)).Bad.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("update log.mt_events set data = jsonb_set(data, '{Amount}', '12.3') where seq_id = 5", 5, "log.altered")]
    [InlineData("update log.mt_events set timestamp = timestamp + interval '1 microsecond' where seq_id = 5", 5, "log.altered")]
    [InlineData("update log.mt_events set headers = '{\"actor\": \"me\"}' where seq_id = 5", 5, "log.altered")]
    [InlineData("update log.mt_events set causation_id = null where seq_id = 6", 6, "log.altered")]
    [InlineData("update log.mt_events set stream_id = 'other' where seq_id = 6", 6, "log.altered")]
    [InlineData("update log.mt_events set type = 'added' where seq_id = 6", 6, "log.altered")]
    [InlineData("update log.mt_events set version = 77 where seq_id = 7", 7, "log.altered")]
    [InlineData("delete from log.mt_events where seq_id = 4", 4, "log.dropped")]
    [InlineData("delete from log.mt_events where seq_id = 10", 10, "log.dropped")]
    [InlineData("insert into log.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id) "
        + "values (21, gen_random_uuid(), 'x', 1, '{}', 'noted', now(), 't1')", 21, "log.added")]
    [InlineData("insert into log.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id) "
        + "values (0, gen_random_uuid(), 'x', 1, '{}', 'noted', now(), 't1')", 0, "log.added")]
    [InlineData("update log.mt_events set seq_id = case seq_id when 3 then -5 else -3 end where seq_id in (3, 5); "
        + "update log.mt_events set seq_id = -seq_id where seq_id < 0", 3, "log.altered")]
    [InlineData("delete from seals where first_number = 2", 2, "log.seal-broken")]
    [InlineData("update seals set seal = sha256('x') where first_number = 2", 2, "log.seal-broken")]
    [InlineData("delete from log.mt_events where seq_id = 10; delete from seals where first_number = 10; "
        + "update tenant_heads set last_number = 9", 9, "log.seal-broken")]
    [InlineData("update log.mt_streams set version = 3 where id = 's'", 10, "log.stream-version")]
    [InlineData("delete from log.mt_streams where id = 's1'", 9, "log.stream-version")]
    [InlineData("insert into log.mt_streams (tenant_id, id, version) values ('t1', 'none', 1)", 10, "log.stream-version")]
    public async Task The_first_bad_event_is_named(string tampering, long number, string code)
    {
        // whoever tampers with tables is not held up by their keys
        await database.Execute("alter table log.mt_events drop constraint fkey_mt_events_stream_id_tenant_id");
        await database.Execute(string.Join(";", tampering.Split(';').Select(
            sql => sql.Contains(" where ", StringComparison.Ordinal) ? sql + " and tenant_id = 't1'"
                : sql.Contains("tenant_heads", StringComparison.Ordinal) ? sql + " where tenant_id = 't1'" : sql)));

        var bad = (await store.Verify(stop: Stop)).Bad.ShouldHaveSingleItem();

        (bad.Tenant, bad.Number, bad.Code).ShouldBe(("t1", number, code), bad.Detail);
        (await store.Verify("t2", Stop)).IsGood.ShouldBeTrue();
    }

    private static async Task<string> Value(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync(Stop))!;
    }
}
