using Settlement.Projections.Workers;
using Settlement.Tests.EventStore;
using Settlement.Tests.Postgres;
using static Settlement.Tests.EventStore.TestFacts;
using Crew = Settlement.Projections.Workers.Workers;
using Store = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Tests.Workers;

/// <summary>Rules 14 to 17: checkpoints, parking, rebuilding, waiting.</summary>
public sealed class WorkersTests : IAsyncLifetime
{
    private static readonly WorkerOptions Small = new() { BatchSize = 7, Parallel = 2 };

    private TestDatabase database = null!;
    private Store store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await (await TestCluster.Shared()).NewDatabase(migrated: true);
        await database.Execute(Notes.Ddl);
        store = database.NewStore();
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Rows_follow_the_log_and_a_second_pass_changes_nothing()
    {
        await Fill("t1", 20);
        await Fill("t2", 3);
        using var crew = new Crew(store, [new Notes()], Small);
        await crew.RunUntilCaughtUp(Stop);
        var digest = await crew.Digest("notes", Stop);
        digest.Select(d => (d.Tenant, d.Number, d.Rows)).ShouldBe([("t1", 20, 25), ("t2", 3, 6)]);

        await crew.RunUntilCaughtUp(Stop);
        (await crew.Digest("notes", Stop)).ShouldBe(digest);
        (await crew.Lags(Stop)).ShouldAllBe(lag => lag.Behind == 0);
    }

    [Fact]
    public async Task Two_processes_compete_and_nothing_is_applied_twice()
    {
        using var other = database.NewStore();
        using var one = new Crew(store, [new Notes()], Small);
        using var two = new Crew(other, [new Notes()], Small);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var running = Task.WhenAll(one.Run(end.Token), two.Run(end.Token));
        await Task.WhenAll(Enumerable.Range(0, 5).Select(t => Fill($"t{t}", 60)));
        (await one.WaitFor("notes", stop: Stop)).ShouldBeNull();
        await end.CancelAsync();
        await running;
        (await database.Value<long>("select count(*) from notes")).ShouldBe(300);
        (await one.Parked(Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reader_waits_for_what_was_in_the_log_and_hears_both_numbers_when_it_was_in_vain()
    {
        using var crew = new Crew(store, [new Notes()], Small);
        await Fill("t1", 20);
        await crew.RunUntilCaughtUp(Stop);
        (await crew.WaitFor("notes", TimeSpan.Zero, Stop)).ShouldBeNull();

        await Fill("t2", 3); // and nobody works
        var refusal = (await crew.WaitFor("notes", TimeSpan.Zero, Stop)).ShouldNotBeNull();

        refusal.Code.ShouldBe("projection.behind");
        refusal.Message.ShouldBe(
            "notes of t2 is at 0, the log at 3; try again, or see whether workers are running.");
    }

    [Fact]
    public async Task A_poison_event_parks_its_tenant_at_that_number_and_the_others_finish()
    {
        for (var t = 0; t < 50; t++)
        {
            await Fill($"t{t:00}", 10, poisonAt: t == 17 ? 6 : 0);
        }

        var notes = new Notes { Poison = "poison" };
        using var crew = new Crew(store, [notes], Small);
        await crew.RunUntilCaughtUp(Stop);

        var parked = (await crew.Parked(Stop)).ShouldHaveSingleItem();
        (parked.Tenant, parked.Number, parked.Code).ShouldBe(("t17", 6, "projection.failed"));
        parked.Reason.ShouldContain("This note is poison.");
        (await crew.Lags(Stop)).Where(lag => lag.Behind > 0)
            .ShouldBe([new ProjectionLag("t17", "notes", 1, 5, 10, IsParked: true)]);
        var refusal = await crew.WaitFor("notes", stop: Stop);
        refusal!.Code.ShouldBe("projection.behind");
        refusal.Message.ShouldContain("t17 is at 5, the log at 10; it is parked at 6");

        notes.Poison = null; // the same program again, repaired: a person resumes it
        await crew.RunUntilCaughtUp(Stop);
        (await crew.Lags(Stop)).Single(lag => lag.Behind > 0).Tenant.ShouldBe("t17");
        (await crew.Resume("t17", "notes", Stop)).ShouldBeTrue();
        await crew.RunUntilCaughtUp(Stop);
        (await crew.WaitFor("notes", stop: Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task A_newer_program_tries_a_parked_event_again_by_itself()
    {
        await Fill("t", 10, poisonAt: 4);
        using var old = new Crew(store, [new Notes { Poison = "poison" }], Small with { SchemaNumber = 10 });
        await old.RunUntilCaughtUp(Stop);
        (await old.Parked(Stop)).Single().SchemaNumber.ShouldBe(10);
        using var newer = new Crew(store, [new Notes()], Small with { SchemaNumber = 11 });
        await newer.RunUntilCaughtUp(Stop);
        (await newer.Parked(Stop)).ShouldBeEmpty();
        (await newer.Digest("notes", Stop)).Single().Number.ShouldBe(10);
    }

    [Fact]
    public async Task An_event_this_program_does_not_know_stops_the_tenant_and_is_not_skipped()
    {
        await Fill("t", 3);
        await store.Stores(new("x", Hash("x"), [new("s", "note", null, [new Added("new")])], "ann"), "t");
        await Fill("t", 3, from: 10);
        using var older = new Store(database.Source(), new([Projections.EventStore.EventNames.Fact<Noted>("noted")]));
        using var crew = new Crew(older, [new Notes()], Small);
        await crew.RunUntilCaughtUp(Stop);
        var parked = (await crew.Parked(Stop)).Single();
        (parked.Number, parked.Code, parked.EventType).ShouldBe((4, "event.unknown", "added"));
        (await database.Value<long>("select max(number) from notes")).ShouldBe(3);
    }

    [Fact]
    public async Task Work_that_was_stopped_while_its_next_page_was_read_is_taken_up_again()
    {
        await Fill("t", 40);
        using var crew = new Crew(store, [new Notes()], Small);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        crew.Worker.At = point =>
        {
            if (point == "worker.read")
            {
                end.Cancel(); // the next page is on its way
            }
        };
        await Should.ThrowAsync<OperationCanceledException>(() => crew.RunUntilCaughtUp(end.Token));

        await crew.RunUntilCaughtUp(Stop);

        (await database.Value<long>("select count(*) from notes")).ShouldBe(40);
    }

    [Fact]
    public async Task A_rebuild_while_appending_gives_the_rows_that_were_live()
    {
        await Fill("t", 100);
        using var crew = new Crew(store, [new Notes()], Small);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var running = crew.Run(end.Token);
        (await crew.WaitFor("notes", stop: Stop)).ShouldBeNull();
        var appending = Fill("t", 300, from: 1000);

        var rebuilt = (await crew.Rebuild("notes", Stop)).Single();

        await appending;
        rebuilt.IsSwitched.ShouldBeTrue();
        rebuilt.IsEqual.ShouldBeTrue();
        (await crew.WaitFor("notes", stop: Stop)).ShouldBeNull();
        await end.CancelAsync();
        await running;
        (await database.Value<long>("select count(*) from notes")).ShouldBe(400); // the old generation is gone
        (await database.Value<long>("select generation from projection_live")).ShouldBe(2);
    }

    [Fact]
    public async Task A_rebuild_tells_that_rows_were_tampered_with_and_takes_the_logs()
    {
        await Fill("t", 10);
        using var crew = new Crew(store, [new Notes()], Small);
        await crew.RunUntilCaughtUp(Stop);
        var before = await crew.Digest("notes", Stop);
        await database.Execute("update notes set text = 'other' where number = 5");
        var rebuilt = (await crew.Rebuild("notes", Stop)).Single();
        (rebuilt.IsEqual, rebuilt.IsSwitched).ShouldBe((false, true));
        (await crew.Digest("notes", Stop)).ShouldBe(before);
    }

    [Fact]
    public async Task A_newer_version_is_built_beside_and_takes_over_when_it_has_caught_up()
    {
        await Fill("t", 20);
        using var old = new Crew(store, [new Notes()], Small);
        await old.RunUntilCaughtUp(Stop);
        using var newer = new Crew(store, [new Notes(version: 2) { Prefix = "new " }], Small);
        await newer.RunUntilCaughtUp(Stop);
        (await database.Value<int>("select version from projection_live")).ShouldBe(2);
        (await database.Value<long>("select count(*) from notes where text like 'new %'")).ShouldBe(20);
        (await database.Value<long>("select count(*) from notes")).ShouldBe(20);
        await Fill("t", 1, from: 500);
        await old.RunUntilCaughtUp(Stop); // the older program leaves the newer rows alone
        (await old.WaitFor("notes", TimeSpan.FromMilliseconds(50), Stop))!.Code.ShouldBe("projection.behind");
    }

    private async Task Fill(string tenant, int count, int poisonAt = 0, int from = 1)
    {
        for (var i = 0; i < count; i++)
        {
            var text = i + 1 == poisonAt ? "poison" : $"n{from + i}";
            await store.Stores(Say($"c{from + i}", $"s{i % 5}", text: text), tenant);
        }
    }
}
