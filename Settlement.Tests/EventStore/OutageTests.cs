using Settlement.Projections.EventStore;
using Settlement.Projections.Tables;
using Settlement.Tests.Postgres;
using static Settlement.Tests.EventStore.TestFacts;
using Store = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Tests.EventStore;

/// <summary>rules-store 4 and 14: an answer that is lost, a database that is away.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private TestDatabase database = null!;
    private TestProxy proxy = null!;
    private Npgsql.NpgsqlDataSource source = null!;
    private Store store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await (await TestCluster.Shared()).NewDatabase(migrated: true);
        await database.Execute(Notes.Ddl);
        proxy = new TestProxy(database.ConnectionString);
        source = Database.Source(proxy.ConnectionString);
        store = new Store(source, Names, ledger: new Notes());
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await proxy.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task An_acknowledgement_lost_after_the_commit_is_found_again_and_nothing_is_stored_twice()
    {
        await store.Stores(Say("first", "s"));
        LoseTheAnswerOfTheNextCommit();
        var answer = store.Append(Tenant, Say("lost", "s", 1), Stop);

        var stored = (await answer).ShouldBeOfType<AppendAnswer.Stored>();
        stored.Repeated.ShouldBeFalse();
        (await store.Stores(Say("lost", "s", 1))).ShouldBe(stored with { Repeated = true });
        (await store.ReadStream(Tenant, "s", stop: Stop).All()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_bulk_acknowledgement_lost_after_the_commit_is_found_again()
    {
        LoseTheAnswerOfTheNextCommit();
        var commands = Enumerable.Range(0, 100).Select(i => Say($"c{i}", $"s{i}", 0)).ToList();
        var bulk = store.AppendBulk(Tenant, commands, Stop);
        (await bulk).ShouldAllBe(answer => answer is AppendAnswer.Stored);
        (await store.Status(Stop)).Single().Events.ShouldBe(100);
    }

    [Fact]
    public async Task While_the_database_is_away_callers_hear_it_and_afterwards_work_goes_on_by_itself()
    {
        await store.Stores(Say("before", "s"));
        proxy.IsAway = true;
        for (var i = 0; i < 20; i++)
        {
            await Should.ThrowAsync<StoreOutageException>(store.Append(Tenant, Say($"away{i}", "s"), Stop));
        }

        proxy.IsAway = false;
        for (var i = 0; i < 20; i++)
        {
            await store.Stores(Say($"away{i}", "s"));
        }

        (await store.ReadLog(Tenant, 0, stop: Stop).All()).Count.ShouldBe(21);
        (await new Rebuild(store, store.Ledger).Run(Stop)).Single().IsEqual.ShouldBeTrue();
    }

    [Fact]
    public async Task Ten_seconds_without_a_database_cost_nothing_that_was_acknowledged()
    {
        var outages = 0;
        var longest = TimeSpan.Zero;
        var over = false;

        // Each caller asks again with the same id, as a caller should, until it is told that the fact is stored.
        var callers = Enumerable.Range(0, 4).Select(c => Task.Run(async () =>
        {
            var mine = 0;
            for (var told = 0; !over || told < 5; told += over ? 1 : 0)
            {
                for (var isStored = false; !isStored;)
                {
                    var clock = System.Diagnostics.Stopwatch.StartNew();
                    try
                    {
                        isStored = await store.Append(Tenant, Say($"c{c}-{mine}", $"s{c}"), Stop) is AppendAnswer.Stored;
                        mine++;
                    }
                    catch (StoreOutageException)
                    {
                        Interlocked.Increment(ref outages);
                    }

                    longest = clock.Elapsed > longest ? clock.Elapsed : longest;
                }
            }

            return mine;
        })).ToList();
        proxy.IsAway = true;
        await Task.Delay(TimeSpan.FromSeconds(10), Stop); // the outage itself, by the clock on the wall
        proxy.IsAway = false;
        over = true;
        var stored = await Task.WhenAll(callers);

        outages.ShouldBeGreaterThan(0);
        longest.ShouldBeLessThan(TimeSpan.FromSeconds(9)); // told, not left waiting
        var log = await store.ReadLog(Tenant, 0, stop: Stop).All();
        log.Select(e => ((Noted)e.Fact).Text).Order(StringComparer.Ordinal).ShouldBe(
            stored.SelectMany((count, c) => Enumerable.Range(0, count).Select(i => $"c{c}-{i}")).Order(StringComparer.Ordinal));
        (await new Rebuild(store, store.Ledger).Run(Stop)).Single().IsEqual.ShouldBeTrue();
        (await store.Verify(Tenant, Stop)).Bad.ShouldBeEmpty();
    }

    private void LoseTheAnswerOfTheNextCommit() => store.Writer.At = point =>
    {
        if (point == "append.before-commit")
        {
            store.Writer.At = null;
            proxy.LosesNextAnswer = true;
        }
    };

    [Fact]
    public async Task Sixteen_writers_race_on_one_stream_and_each_version_has_one_winner()
    {
        const int Versions = 100;
        var stores = Enumerable.Range(0, 4).Select(_ => database.NewStore()).ToList();
        var wins = await Task.WhenAll(Enumerable.Range(0, 16).Select(w => Task.Run(async () =>
        {
            var mine = new List<string>();
            for (var version = 0; version < Versions; version++)
            {
                var command = Say($"w{w}-v{version}", "raced", version);
                switch (await stores[w % 4].Append(Tenant, command, Stop))
                {
                    case AppendAnswer.Stored: mine.Add(command.Id); break;
                    case AppendAnswer.Refused r: r.Refusal.Code.ShouldBeOneOf("stream.version-conflict", "stream.exists"); break;
                }
            }

            return mine;
        })));
        var log = await store.ReadStream(Tenant, "raced", stop: Stop).All();
        log.Count.ShouldBeGreaterThan(0);
        log.Select(e => ((Noted)e.Fact).Text).Order().ShouldBe(wins.SelectMany(mine => mine).Order());
        log.Select(e => e.Version).ShouldBe(Enumerable.Range(1, log.Count).Select(i => (long)i));
        log.ShouldAllBe(e => ((Noted)e.Fact).Text.EndsWith($"-v{e.Version - 1}", StringComparison.Ordinal));
    }
}
