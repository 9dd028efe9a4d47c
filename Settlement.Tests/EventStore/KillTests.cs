using System.Diagnostics;
using System.Globalization;
using Settlement.Projections.EventStore;
using Settlement.Projections.Tables;
using Settlement.Tests.Postgres;
using static Settlement.Tests.EventStore.TestFacts;
using Store = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Tests.EventStore;

/// <summary>kill -9 of the program at every step, and of PostgreSQL under load: what was acknowledged is there, once.</summary>
public sealed class KillTests : IAsyncLifetime
{
    private TestDatabase database = null!;
    private Store store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await (await TestCluster.Shared()).NewDatabase(migrated: true);
        await database.Execute(Notes.Ddl);
        store = new Store(database.Source(), Names, ledger: new Notes());
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Theory]
    [InlineData("append", "append.locked", 1)]
    [InlineData("bulk", "append.locked", 3)]
    [InlineData("append", "append.appended", 5)]
    [InlineData("bulk", "append.appended", 1)]
    [InlineData("append", "append.applied", 5)]
    [InlineData("bulk", "append.before-commit", 1)]
    [InlineData("append", "append.before-commit", 0)]
    [InlineData("append", "append.committed", 5)]
    [InlineData("bulk", "append.committed", 1)]
    public async Task What_was_acknowledged_before_the_program_died_is_there_once(string work, string point, int passes)
    {
        var acknowledged = await RunChild(work, point, passes);

        var stored = await TheLogIsWhole(store, acknowledged);
        stored.Count.ShouldBeLessThan(work == "bulk" ? ChildProgram.BulkCommands : ChildProgram.Commands);
        if (point == "append.committed")
        {
            stored.Count.ShouldBeGreaterThan(acknowledged.Count); // committed, and nobody heard of it
        }

        // another program asks for everything again: each command is stored once, whether it was acknowledged or not
        var all = ChildProgram.Plan(work).ToList();
        foreach (var command in all)
        {
            var answer = await store.Stores(command);
            answer.Repeated.ShouldBe(stored.Contains(command.Id));
        }

        (await TheLogIsWhole(store, [.. all.Select(command => command.Id)])).Count.ShouldBe(all.Count);
    }

    [Fact]
    public async Task A_program_that_died_while_it_built_rows_again_leaves_the_live_ones_and_another_builds_them()
    {
        await store.AppendBulk(Tenant, [.. ChildProgram.Plan("bulk")], Stop);
        var live = await LedgerDigest.OfLive(database.Source(), store.Ledger, Stop);
        await RunChild("rebuild", "ledger.applied", 2);
        (await LedgerDigest.OfLive(database.Source(), store.Ledger, Stop)).ShouldBe(live);
        (await database.Value<long>("select count(*) from notes")).ShouldBeGreaterThan(3 * ChildProgram.BulkCommands);
        (await new Rebuild(store, store.Ledger).Run(Stop)).Single().IsEqual.ShouldBeTrue();
        (await database.Value<long>("select count(*) from notes")).ShouldBe(3 * ChildProgram.BulkCommands);
    }

    [Fact]
    public async Task PostgreSQL_killed_under_load_loses_nothing_that_was_acknowledged()
    {
        await using var own = await TestCluster.StartOwn(fsync: true);
        await using var source = await Database.Open(own.ConnectionString, Stop);
        await own.Execute(Notes.Ddl);
        using var victim = new Store(source, Names, ledger: new Notes());
        var acknowledged = new HashSet<string>(StringComparer.Ordinal);
        var outages = 0;
        var kills = new SemaphoreSlim(0);
        var writers = Task.WhenAll(Enumerable.Range(0, 8).Select(w => Task.Run(async () =>
        {
            foreach (var command in ChildProgram.Plan("append").Where((_, i) => i % 8 == w))
            {
                while (true)
                {
                    try
                    {
                        await victim.Stores(command);
                        break;
                    }
                    catch (StoreOutageException)
                    {
                        Interlocked.Increment(ref outages);
                    }
                }

                lock (acknowledged)
                {
                    acknowledged.Add(command.Id);
                    if (acknowledged.Count is 60 or 180 or 300)
                    {
                        kills.Release();
                    }
                }
            }
        })));
        for (var kill = 0; kill < 3; kill++)
        {
            await kills.WaitAsync(Stop);
            own.Kill();
            await own.StartAgain();
        }

        await writers;
        (await TheLogIsWhole(victim, acknowledged)).Count.ShouldBe(ChildProgram.Commands);
        outages.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task PostgreSQL_killed_while_rows_are_built_again_costs_pages_and_no_row()
    {
        await using var own = await TestCluster.StartOwn(fsync: true);
        await using var source = await Database.Open(own.ConnectionString, Stop);
        await own.Execute(Notes.Ddl);
        var notes = new Notes();
        using var victim = new Store(source, Names, ledger: notes);
        await victim.AppendBulk(Tenant, [.. ChildProgram.Plan("bulk")], Stop);
        var live = await LedgerDigest.OfLive(source, notes, Stop);
        var pages = 0;
        notes.At = () =>
        {
            if (++pages == 3)
            {
                own.Kill();
            }
        };

        await Should.ThrowAsync<Exception>(() => new Rebuild(victim, notes).Run(Stop));
        await own.StartAgain();

        (await LedgerDigest.OfLive(source, notes, Stop)).ShouldBe(live);
        (await new Rebuild(victim, notes).Run(Stop)).Single().IsEqual.ShouldBeTrue();
        (await LedgerDigest.OfLive(source, notes, Stop)).ShouldBe(live);
    }

    /// <summary>
    /// No half command, no command twice, every seal fits, the rows are those of the log; gives the ids that are stored.
    /// </summary>
    private static async Task<HashSet<string>> TheLogIsWhole(Store log, IReadOnlyCollection<string> acknowledged)
    {
        var events = await log.ReadLog(Tenant, 0, stop: Stop).All();
        var texts = events.Select(e => ((Noted)e.Fact).Text).ToList();
        texts.Distinct().Count().ShouldBe(texts.Count);
        var ids = texts.Where(text => !text.Contains(' ', StringComparison.Ordinal)).ToHashSet();
        texts.Count.ShouldBe(3 * ids.Count);
        acknowledged.Where(id => !ids.Contains(id)).ShouldBeEmpty();
        foreach (var stream in events.GroupBy(e => e.Stream))
        {
            stream.Select(e => e.Version).ShouldBe(Enumerable.Range(1, stream.Count()).Select(i => (long)i));
        }

        (await log.Verify(stop: Stop)).Bad.ShouldBeEmpty();
        (await new Rebuild(log, log.Ledger).Run(Stop)).ShouldAllBe(tenant => tenant.IsEqual);
        return ids;
    }

    private async Task<List<string>> RunChild(string work, string point, int passes)
    {
        var program = Path.ChangeExtension(typeof(ChildProgram).Assembly.Location, null);
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var argument in (string[])
            ["child", work, database.ConnectionString, point, passes.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync(Stop);
        await child.WaitForExitAsync(Stop);
        child.ExitCode.ShouldBe(128 + 9);
        // a line that was cut off by the death was not an acknowledgement
        return [.. output[..(output.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
