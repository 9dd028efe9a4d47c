using System.Security.Cryptography;
using System.Text;
using Marten;
using Settlement.Api.Intake;
using Settlement.Projections.EventStore;
using Settlement.Tests.Intake;
using Settlement.Tests.Postgres;
using static Settlement.Tests.EventStore.TestFacts;

namespace Settlement.Tests.EventStore;

/// <summary>Whoever knows Marten opens a relationship's log with it.</summary>
public sealed class MartenTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Streams_and_events_are_read_by_Marten_with_what_we_said_of_them()
    {
        using var store = postgres.Database.NewStore();
        await store.Stores(new("a", Hash("a"), [new("s", "note", 0, [Note("x"), Note("y")])], "ann", "corr"), "t");
        await store.AppendBulk("t", [Say("b", "s", 2), Say("c", "other")], Stop);
        await store.Stores(Say("a", "s"), "another");

        await using var source = postgres.Database.Source();
        using var marten = MartenLog.Open(source, Names);
        await using var session = marten.QuerySession("t");
        var state = await session.Events.FetchStreamStateAsync("s", Stop);
        state!.Version.ShouldBe(3);
        var events = await session.Events.FetchStreamAsync("s", token: Stop);
        events.Select(e => (e.Version, ((Noted)e.Data).Text)).ShouldBe([(1, "x"), (2, "y"), (3, "b")]);
        events[0].ShouldSatisfyAllConditions(
            e => e.CorrelationId.ShouldBe("corr"),
            e => e.CausationId.ShouldBe("a"),
            e => e.Headers!["actor"].ShouldBe("ann"),
            e => e.EventTypeName.ShouldBe("noted"),
            e => ((Noted)e.Data).Amount.ToString(System.Globalization.CultureInfo.InvariantCulture).ShouldBe("12.30"));
        var all = await session.Events.QueryAllRawEvents().Where(e => e.StreamKey == "other").ToListAsync(Stop);
        all.ShouldHaveSingleItem().TenantId.ShouldBe("t");
        (await session.Events.QueryRawEventDataOnly<Noted>().CountAsync(Stop)).ShouldBe(4);
    }

    [Fact]
    public async Task A_CDR_that_Marten_aggregates_is_the_one_the_program_knows()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(60));
        const string Tenant = "CA-FLO~US-CPI";
        using var marten = MartenLog.Open(town.Engine.Database);
        await using var session = marten.QuerySession(Tenant);
        var received = await session.Events.QueryAllRawEvents().Where(e => e.EventTypeName == "cdr_received").ToListAsync(Stop);
        received.Count.ShouldBeGreaterThan(20);
        foreach (var stream in received.Select(e => e.StreamKey!).Distinct())
        {
            var state = await session.Events.AggregateStreamAsync<StoredCdr>(stream, token: Stop);
            var known = await town.Engine.Store.ReadCdr(Tenant, stream, Stop);
            (state!.State.Posted?.Due, state.State.Received?.Digest, state.State.Held?.Reasons.Count)
                .ShouldBe((known.Posted?.Due, known.Received?.Digest, known.Held?.Reasons.Count), stream);
        }
    }

    [Fact]
    public async Task Marten_finds_the_tables_as_it_wants_them_and_nothing_of_ours_in_them()
    {
        await using var source = postgres.Database.Source();
        using var marten = MartenLog.Open(source);
        await marten.Storage.Database.AssertDatabaseMatchesConfigurationAsync(Stop);
    }

    [Fact]
    public async Task The_tables_are_those_of_the_pinned_version()
    {
        await using var source = postgres.Database.Source();
        using var marten = MartenLog.Open(source);
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(marten.Storage.ToDatabaseScript())))[..16]
            .ShouldBe("c4e5880992c29aaf", "another version of Marten wants other tables: read what changed, then take its digest");
    }
}
