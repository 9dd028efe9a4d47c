using System.Diagnostics;
using System.Globalization;
using Settlement.Projections.EventStore;
using Settlement.Tests.Postgres;
using Settlement.Tests.Workers;
using static Settlement.Tests.EventStore.TestFacts;
using Crew = Settlement.Projections.Workers.Workers;
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
        store = database.NewStore();
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Theory]
    [InlineData("append", "append.locked", 0)]
    [InlineData("append", "append.locked", 1)]
    [InlineData("bulk", "append.locked", 3)]
    [InlineData("append", "append.before-write", 5)]
    [InlineData("append", "append.committed", 0)]
    [InlineData("append", "append.committed", 5)]
    [InlineData("bulk", "bulk.streams-copied", 1)]
    [InlineData("bulk", "bulk.events-copied", 1)]
    [InlineData("bulk", "append.before-write", 2)]
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

    [Theory]
    [InlineData("worker.read", 3)]
    [InlineData("worker.applied", 3)]
    [InlineData("worker.committed", 3)]
    public async Task A_worker_that_died_in_the_middle_skips_nothing_and_applies_nothing_twice(string point, int passes)
    {
        await database.Execute(Notes.Ddl);
        await store.AppendBulk(Tenant, [.. ChildProgram.Plan("append")], Stop);
        using var crew = new Crew(store, [new Notes()], new() { BatchSize = 20 });
        await RunChild("work", point, passes);
        await crew.RunUntilCaughtUp(Stop);
        (await crew.Parked(Stop)).ShouldBeEmpty();
        (await database.Value<long>("select count(*) from notes")).ShouldBe(3 * ChildProgram.Commands);
        (await database.Value<long>("select sum(count)::bigint from note_counts")).ShouldBe(3 * ChildProgram.Commands);
    }

    [Fact]
    public async Task PostgreSQL_killed_under_load_loses_nothing_that_was_acknowledged()
    {
        await using var own = await TestCluster.StartOwn(fsync: true);
        await using var source = await Database.Open(own.ConnectionString, Stop);
        using var victim = new Store(source, Names);
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
        using var victim = new Store(source, Names);
        await own.Execute(Notes.Ddl);
        await victim.AppendBulk(Tenant, [.. ChildProgram.Plan("append")], Stop);
        using var crew = new Crew(victim, [new Notes()], new() { BatchSize = 50 });
        await crew.RunUntilCaughtUp(Stop);
        var live = await crew.Digest("notes", Stop);
        var pages = 0;
        crew.Worker.At = point =>
        {
            if (point == "worker.committed" && ++pages == 6)
            {
                own.Kill();
            }
        };

        await Should.ThrowAsync<Exception>(() => crew.Rebuild("notes", Stop));
        await own.StartAgain();

        (await crew.Digest("notes", Stop)).ShouldBe(live);
        var rebuilt = (await crew.Rebuild("notes", Stop)).Single();
        (rebuilt.IsEqual, rebuilt.IsSwitched).ShouldBe((true, true));
        pages.ShouldBeGreaterThanOrEqualTo((3 * ChildProgram.Commands / 50) + 1);
        (await crew.Digest("notes", Stop)).ShouldBe(live);
    }

    [Fact]
    public async Task Only_rows_that_nobody_reads_yet_are_committed_without_waiting_for_the_disk()
    {
        await database.Execute(Notes.Ddl);
        await database.Execute(
            "do $$ begin execute format('alter database %I set synchronous_commit = on', current_database()); end $$");
        await store.AppendBulk(Tenant, [.. ChildProgram.Plan("append")], Stop);
        var notes = new Notes { Sees = "synchronous_commit" };
        await using var source = database.Source();
        using var fresh = new Store(source, Names);
        using var crew = new Crew(fresh, [notes], new() { BatchSize = 500 });
        await crew.RunUntilCaughtUp(Stop);
        notes.Seen.Distinct().ShouldBe(["on"]);
        notes.Seen.Clear();
        await crew.Rebuild("notes", Stop);
        notes.Seen.Distinct().ShouldBe(["off"]);
    }

    /// <summary>No gap, no half command, no command twice, every seal fits; gives the ids that are stored.</summary>
    private static async Task<HashSet<string>> TheLogIsWhole(Store log, IReadOnlyCollection<string> acknowledged)
    {
        var events = await log.ReadLog(Tenant, 0, stop: Stop).All();
        events.Select(e => e.Number).ShouldBe(Enumerable.Range(1, events.Count).Select(i => (long)i));
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
