using Settlement.Projections.EventStore;
using Settlement.Projections.Tables;
using Settlement.Tests.Postgres;
using static Settlement.Tests.EventStore.TestFacts;
using Store = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Tests.EventStore;

/// <summary>Facts and rows are one: both are stored, or neither; rows built again are the rows that were there.</summary>
public sealed class InlineLedgerTests : IAsyncLifetime
{
    private readonly Notes notes = new();
    private TestDatabase database = null!;
    private Store store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await (await TestCluster.Shared()).NewDatabase(migrated: true);
        await database.Execute(Notes.Ddl);
        store = Program(notes);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task What_is_stored_has_its_rows_when_its_caller_hears_of_it()
    {
        for (var i = 1; i <= 20; i++)
        {
            var stored = await store.Stores(Say($"c{i}", $"s{i % 5}"));
            (await database.Value<string>($"select text from notes where number = {stored.FirstNumber}")).ShouldBe($"c{i}");
        }

        await store.AppendBulk(Tenant, [.. Enumerable.Range(1, 2500).Select(i => Say($"b{i}", $"b{i % 7}"))], Stop);
        (await database.Value<long>("select count(*) from notes")).ShouldBe(2520);
        (await database.Value<long>("select sum(count)::bigint from note_counts")).ShouldBe(2520);
    }

    [Fact]
    public async Task What_the_ledger_cannot_take_leaves_no_event_no_row_and_no_command_and_the_others_are_stored()
    {
        notes.Poison = "poison";
        var gathered = Enumerable.Range(0, 60)
            .Select(i => store.Append(Tenant, Say($"c{i}", $"s{i}", 0, text: i == 17 ? "poison" : null), Stop)).ToList();
        var answers = await Task.WhenAll(gathered);

        var refused = answers[17].ShouldBeOfType<AppendAnswer.Refused>().Refusal;
        (refused.Code, refused.Message).ShouldBe(
            ("ledger.failed", "Command c17: The ledger cannot take it: InvalidOperationException: This note is poison."));
        answers.OfType<AppendAnswer.Stored>().Count().ShouldBe(59);
        (await database.Value<long>("select count(*) from log.mt_events where stream_id = 's17' or causation_id = 'c17'"))
            .ShouldBe(0);
        (await database.Value<long>("select count(*) from commands where command_id = 'c17'")).ShouldBe(0);
        (await database.Value<long>("select count(*) from notes")).ShouldBe(59);

        notes.Poison = null; // the program is repaired: the same command again is stored
        await store.Stores(Say("c17", "s17", 0, text: "poison"));
        (await store.Verify(Tenant, Stop)).Bad.ShouldBeEmpty();
        (await new Rebuild(store, notes).Run(Stop)).ShouldAllBe(tenant => tenant.IsEqual);
    }

    [Fact]
    public async Task Numbers_of_a_failed_batch_are_marked_by_Marten_and_are_outside_readers_seals_and_rows()
    {
        await store.Stores(Say("first", "s"));
        notes.Poison = "bad";
        var bulk = Enumerable.Range(0, 60).Select(i => Say($"c{i}", $"s{i}", 0, text: i == 59 ? "bad" : null)).ToList();
        var answers = await store.AppendBulk(Tenant, bulk, Stop);
        answers.OfType<AppendAnswer.Stored>().Count().ShouldBe(59);
        for (var i = 0; i < 100 && await Tombstones() == 0; i++)
        {
            await Task.Delay(50, Stop); // Marten writes them beside
        }

        (await Tombstones()).ShouldBeGreaterThan(0);
        (await store.Stores(Say("next", "s"))).FirstNumber.ShouldBeGreaterThan(61);
        var log = await store.ReadLog(Tenant, 0, stop: Stop).All();
        log.Select(e => ((Noted)e.Fact).Text).ShouldBe(["first", .. Enumerable.Range(0, 59).Select(i => $"c{i}"), "next"]);
        log.Select(e => e.Number).ShouldBe(log.Select(e => e.Number).Order());
        var report = await store.Verify(Tenant, Stop);
        report.Bad.ShouldBeEmpty();
        (report.Events, report.Tombstones).ShouldBe((61, await Tombstones()));
        (await new Rebuild(store, notes).Run(Stop)).ShouldAllBe(tenant => tenant.IsEqual);

        Task<long> Tombstones() => database.Value<long>("select count(*) from log.mt_events where type = 'tombstone'");
    }

    [Fact]
    public async Task A_rebuild_while_appending_gives_the_rows_that_were_live()
    {
        await Fill(100);
        var appending = Fill(300, from: 1000);

        var rebuilt = (await new Rebuild(store, notes).Run(Stop)).Single();

        await appending;
        rebuilt.IsEqual.ShouldBeTrue();
        (await database.Value<long>("select count(*) from notes")).ShouldBe(400); // the old generation is gone
        (await database.Value<long>("select generation from tenant_heads")).ShouldBe(2);
        (await new Rebuild(store, notes).Run(Stop)).Single().IsEqual.ShouldBeTrue();
    }

    [Fact]
    public async Task A_rebuild_tells_that_rows_were_tampered_with_and_takes_the_logs()
    {
        await Fill(10);
        var before = await LedgerDigest.OfLive(database.Source(), notes, Stop);
        await database.Execute("update notes set text = 'other' where text = 'n5'");
        (await new Rebuild(store, notes).Run(Stop)).Single().IsEqual.ShouldBeFalse();
        (await LedgerDigest.OfLive(database.Source(), notes, Stop)).ShouldBe(before);
    }

    [Fact]
    public async Task A_newer_version_of_the_rows_is_built_beside_and_takes_over_and_an_older_program_writes_no_more()
    {
        await Fill(20);
        var newer = new Notes(version: 2) { Prefix = "new " };
        using var next = Program(newer);
        var early = (await Should.ThrowAsync<LedgerVersionException>(next.Stores(Say("early", "s")))).Refusal;
        (early.Code, early.Message).ShouldBe((
            "ledger.version",
            $"The rows of {Tenant} are of ledger version 1, this program writes 2; run migrate."));

        (await new Rebuild(next, newer).Upgrade(Stop)).ShouldHaveSingleItem().Before.ShouldBeNull();

        await next.Stores(Say("now", "s"));
        (await database.Value<long>("select count(*) from notes where text like 'new %'")).ShouldBe(21);
        (await database.Value<long>("select count(*) from notes")).ShouldBe(21);
        (await Should.ThrowAsync<LedgerVersionException>(store.Stores(Say("late", "s")))).Message.ShouldEndWith("this program writes 1; start a newer program.");
        (await new Rebuild(next, newer).Upgrade(Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_this_program_does_not_know_stops_a_rebuild_and_the_rows_stay_as_they_are()
    {
        await Fill(3);
        using var knowing = new Store(database.Source(), Names, ledger: new Knowing());
        await knowing.Stores(new("x", Hash("x"), [new("s", "note", null, [new Added("new")])], "ann"));
        using var older = new Store(database.Source(), new([EventNames.Fact<Noted>("noted")]), ledger: notes);
        (await Should.ThrowAsync<CorruptLogException>(() => new Rebuild(older, notes).Run(Stop)))
            .Message.ShouldContain("(added) cannot be read");
        (await database.Value<long>("select generation from tenant_heads")).ShouldBe(1);
    }

    [Fact]
    public async Task Only_rows_that_nobody_reads_yet_are_committed_without_waiting_for_the_disk()
    {
        await database.Execute(
            "do $$ begin execute format('alter database %I set synchronous_commit = on', current_database()); end $$");
        var seeing = new Notes { Sees = "synchronous_commit" };
        using var fresh = Program(seeing);
        await fresh.AppendBulk(Tenant, [.. Enumerable.Range(0, 2500).Select(i => Say($"c{i}", $"s{i}"))], Stop);
        seeing.Seen.Distinct().ShouldBe(["on"]);
        seeing.Seen.Clear();
        await new Rebuild(fresh, seeing).Run(Stop);
        seeing.Seen.Distinct().ShouldBe(["off"]);
    }

    private Store Program(ILedger ledger) => new(database.Source(), Names, ledger: ledger);

    private async Task Fill(int count, int from = 1)
    {
        for (var i = 0; i < count; i++)
        {
            await store.Stores(Say($"c{from + i}", $"s{i % 5}", text: $"n{from + i}"));
        }
    }

    /// <summary>Takes what it does not show.</summary>
    private sealed class Knowing : ILedger
    {
        public int Version => 1;

        public IReadOnlyList<string> Tables => [];

        public Task Apply(RowTarget target, IReadOnlyList<Recorded> events, CancellationToken stop) => Task.CompletedTask;
    }
}
