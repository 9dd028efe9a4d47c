using Settlement.Projections.EventStore;
using Settlement.Tests.Postgres;
using static Settlement.Tests.EventStore.TestFacts;
using Store = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Tests.EventStore;

/// <summary>Commands, numbers, conflicts.</summary>
public sealed class AppendTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private readonly Store store = postgres.Database.NewStore();
    private readonly string tenant = Guid.NewGuid().ToString();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Numbers_grow_with_the_commits_of_a_tenant_and_come_back_in_order()
    {
        var first = await store.Stores(Say("a", "s1"), tenant);
        await store.Stores(Say("a", "s1"), tenant + "-another");
        var two = new StoreCommand(
            "b", Hash("b"),
            [new("s1", "note", 1, [Note("x"), Note("y")]), new("s2", "note", 0, [Note("z")])], "ann", "corr");
        var second = await store.Stores(two, tenant);
        second.FirstNumber.ShouldBeGreaterThan(first.LastNumber);

        var log = await store.ReadLog(tenant, after: 0, stop: Stop).All();

        log.Select(e => (e.Stream, e.Version, ((Noted)e.Fact).Text)).ShouldBe(
            [("s1", 1, "a"), ("s1", 2, "x"), ("s1", 3, "y"), ("s2", 1, "z")]);
        log.Select(e => e.Number).ShouldBe([first.FirstNumber, .. Enumerable.Range(0, 3).Select(i => second.FirstNumber + i)]);
        log[1].ShouldBe(log[1] with { Actor = "ann", CorrelationId = "corr", CausationId = "b", Type = "noted" });
        (await store.Heads(Stop))[tenant].ShouldBe(second.LastNumber);
        (await store.Status(Stop)).Single(status => status.Tenant == tenant).Events.ShouldBe(4);
    }

    [Fact]
    public async Task The_same_command_again_gets_the_same_answer_and_stores_nothing()
    {
        var first = await store.Stores(Say("a", "s", 0), tenant);
        (await store.Stores(Say("a", "s", 0), tenant)).ShouldBe(first with { Repeated = true });
        (await store.ReadLog(tenant, 0, stop: Stop).All()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_id_with_other_input_is_refused_with_both_hashes()
    {
        await store.Stores(Say("a", "s", text: "one"), tenant);
        var refusal = await store.Refuses(Say("a", "s", text: "two"), tenant);
        refusal.Code.ShouldBe("command.reused");
        refusal.Message.ShouldContain(Convert.ToHexStringLower(Hash("one"))[..16]);
        refusal.Message.ShouldContain(Convert.ToHexStringLower(Hash("two"))[..16]);
    }

    [Fact]
    public async Task A_wrong_version_is_refused_with_both_numbers()
    {
        await store.Stores(Say("a", "s"), tenant);
        var conflict = await store.Refuses(Say("b", "s", 7), tenant);
        conflict.Code.ShouldBe("stream.version-conflict");
        conflict.Message.ShouldContain("version 7 and is at 1");
        (await store.Refuses(Say("c", "s", 0), tenant)).Code.ShouldBe("stream.exists");
        (await store.Refuses(Say("d", "other", 3), tenant)).Message.ShouldContain("version 3 and is at 0");
    }

    [Fact]
    public async Task A_refused_command_leaves_nothing_of_its_other_streams()
    {
        await store.Stores(Say("a", "s"), tenant);
        var half = new StoreCommand(
            "b", Hash("b"), [new("new", "note", 0, [Note("x")]), new("s", "note", 0, [Note("y")])], "ann");
        (await store.Refuses(half, tenant)).Code.ShouldBe("stream.exists");
        (await store.ReadStream(tenant, "new", stop: Stop).All()).ShouldBeEmpty();
        await store.Stores(Say("b", "new", 0), tenant); // its id is free as well
    }

    [Fact]
    public async Task Commands_gathered_in_one_transaction_see_each_other()
    {
        var racing = Enumerable.Range(0, 50).Select(i => store.Append(tenant, Say($"c{i}", "s", 0), Stop));
        var answers = await Task.WhenAll(racing);
        answers.OfType<AppendAnswer.Stored>().Count().ShouldBe(1);
        answers.OfType<AppendAnswer.Refused>().ShouldAllBe(r => r.Refusal.Code == "stream.exists");

        var same = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => store.Append(tenant, Say("same", "t"), Stop)));
        same.OfType<AppendAnswer.Stored>().Select(s => s.FirstNumber).Distinct().ShouldHaveSingleItem();
        same.OfType<AppendAnswer.Stored>().Count(s => !s.Repeated).ShouldBe(1);
    }

    [Fact]
    public async Task What_PostgreSQL_cannot_store_is_refused_and_the_others_are_stored()
    {
        var bad = store.Append(tenant, Say("bad", "s", text: "nul \0 byte"), Stop);
        var good = store.Append(tenant, Say("good", "s"), Stop);
        (await bad).ShouldBeOfType<AppendAnswer.Refused>().Refusal.Code.ShouldBe("event.not-storable");
        (await good).ShouldBeOfType<AppendAnswer.Stored>();
    }

    [Fact]
    public async Task A_stream_reads_as_it_was_at_a_version_and_at_a_time()
    {
        var clock = new TestClock(new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero));
        using var timed = postgres.Database.NewStore(clock);
        await timed.Stores(Say("a", "s"), tenant);
        clock.Now += TimeSpan.FromHours(1);
        await timed.Stores(Say("b", "s"), tenant);
        clock.Now -= TimeSpan.FromHours(3);
        await timed.Stores(Say("c", "s"), tenant); // a clock that runs back does not turn the log's time

        (await timed.ReadStream(tenant, "s", upToVersion: 1, stop: Stop).All()).Count.ShouldBe(1);
        var noon = NodaTime.Instant.FromUtc(2026, 10, 1, 0, 30);
        (await timed.ReadStream(tenant, "s", asOf: noon, stop: Stop).All()).Select(e => e.Version).ShouldBe([1]);
        var all = await timed.ReadStream(tenant, "s", stop: Stop).All();
        all.Select(e => e.Time).ShouldBe(all.Select(e => e.Time).Order());
        all[2].Time.ShouldBe(all[1].Time);
    }

    [Fact]
    public async Task Bulk_answers_each_command_on_its_own()
    {
        var old = await store.Stores(Say("old", "s0"), tenant);
        var commands = Enumerable.Range(0, 12_000).Select(i => Say($"c{i}", $"s{i}", i == 0 ? null : 0)).ToList();
        commands.Insert(3, Say("old", "s0"));
        commands.Insert(7, Say("c1", "s1", 0));
        commands.Insert(9, Say("late", "s2", 0));

        var answers = await store.AppendBulk(tenant, commands, Stop);

        answers[3].ShouldBe(old with { Repeated = true });
        answers[7].ShouldBe(((AppendAnswer.Stored)answers[1]) with { Repeated = true });
        answers[9].ShouldBeOfType<AppendAnswer.Refused>().Refusal.Code.ShouldBe("stream.exists");
        var log = await store.ReadLog(tenant, 0, stop: Stop).All();
        log.Select(e => ((Noted)e.Fact).Text).ShouldBe(["old", .. Enumerable.Range(0, 12_000).Select(i => $"c{i}")]);
        log.Select(e => e.Number).ShouldBe(log.Select(e => e.Number).Order());
        log.Count(e => e.Stream == "s0").ShouldBe(2);
    }

    [Fact]
    public async Task A_command_of_any_shape_is_stored_whole()
    {
        for (var facts = 1; facts <= 6; facts++)
        {
            for (var claims = 0; claims <= 3; claims++)
            {
                foreach (var (id, before) in new[] { ("new", 0), ("more", facts) })
                {
                    var name = $"{facts}-{claims}";
                    var answer = await store.Stores(
                        new StoreCommand(
                            $"{id}-{name}", Hash(name),
                            [new(name, "note", before, [.. Enumerable.Range(1, facts).Select(i => Note($"{id}-{name}-{i}"))])],
                            "tester", CorrelationId: claims == 1 ? "together" : null)
                        {
                            Claims = [.. Enumerable.Range(1, claims).Select(i => $"claim-{id}-{name}-{i}")],
                        },
                        tenant);
                    (answer.LastNumber - answer.FirstNumber).ShouldBe(facts - 1);
                }

                var stream = await store.ReadStream(tenant, $"{facts}-{claims}", stop: Stop).All();
                stream.Select(e => e.Version).ShouldBe(Enumerable.Range(1, 2 * facts).Select(i => (long)i));
                stream.Select(e => ((Noted)e.Fact).Text).ShouldBe(
                    from id in new[] { "new", "more" } from i in Enumerable.Range(1, facts) select $"{id}-{facts}-{claims}-{i}");
                stream.ShouldAllBe(e => e.CorrelationId == (claims == 1 ? "together" : null));
                (await store.Holder(tenant, $"claim-more-{facts}-{claims}-1", Stop))
                    .ShouldBe(claims > 0 ? $"{facts}-{claims}" : null);
            }
        }

        (await store.Verify(tenant, Stop)).Bad.ShouldBeEmpty();
    }

    [Fact]
    public async Task Bulk_that_was_stored_before_gets_the_answers_it_got_then()
    {
        var first = Enumerable.Range(0, 7000).Select(i => Say($"c{i}", $"s{i}", 0)).ToList();
        await store.AppendBulk(tenant, first, Stop);
        using var later = postgres.Database.NewStore();
        var taken = Say("d0", "t0", 0) with { Claims = ["c5"] };
        List<StoreCommand> mixed =
            [.. first[..6000], .. Enumerable.Range(1, 6000).Select(i => Say($"d{i}", $"t{i}", 0)), taken, .. first[6000..]];

        var answers = await later.AppendBulk(tenant, mixed, Stop);

        answers.Count(answer => answer is AppendAnswer.Stored { Repeated: true }).ShouldBe(7000);
        answers.Count(answer => answer is AppendAnswer.Stored { Repeated: false }).ShouldBe(6000);
        answers[12_000].ShouldBeOfType<AppendAnswer.Refused>().Refusal.Code.ShouldBe("claim.taken");
        (await later.Status(Stop)).Single(status => status.Tenant == tenant).Events.ShouldBe(13_000);
        (await later.Verify(tenant, Stop)).Bad.ShouldBeEmpty();
    }

    [Fact]
    public async Task Bulk_from_two_processes_at_once_loses_nothing_and_the_seals_hold()
    {
        using var second = postgres.Database.NewStore(); // where the other's log ends it can only guess
        await Task.WhenAll(new[] { store, second }.Select((one, w) => Task.Run(async () =>
        {
            for (var piece = 0; piece < 6; piece++)
            {
                (await one.AppendBulk(
                    tenant, [.. Enumerable.Range(0, 700).Select(i => Say($"w{w}-{piece}-{i}", $"w{w}-{piece}-{i}", 0))], Stop))
                    .ShouldAllBe(answer => answer is AppendAnswer.Stored);
            }
        })));
        var log = await store.ReadLog(tenant, 0, stop: Stop).All();
        log.Select(e => e.Number).ShouldBe(log.Select(e => e.Number).Order());
        log.Select(e => ((Noted)e.Fact).Text).Distinct().Count().ShouldBe(8400);
        (await store.Verify(tenant, Stop)).Bad.ShouldBeEmpty();
    }

    [Fact]
    public async Task Eight_writers_on_one_hot_stream_with_any_version_never_fail()
    {
        using var second = postgres.Database.NewStore(); // its own queue: races in the database too
        var writers = Enumerable.Range(0, 8).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                await (w % 2 == 0 ? store : second).Stores(Say($"w{w}-{i}", "hot"), tenant);
            }
        }));
        await Task.WhenAll(writers);
        var hot = await store.ReadStream(tenant, "hot", stop: Stop).All();
        hot.Select(e => e.Version).ShouldBe(Enumerable.Range(1, 400).Select(i => (long)i));
        hot.Select(e => ((Noted)e.Fact).Text).Distinct().Count().ShouldBe(400);
    }

    [Fact]
    public async Task A_batch_looks_into_the_index_once_for_each_id_however_small_the_tables_seem()
    {
        await using var database = await (await TestCluster.Shared()).NewDatabase(migrated: true);
        await database.Execute("alter table commands set (autovacuum_enabled = off); alter table log.mt_streams set (autovacuum_enabled = off)");
        await using (var source = Database.Source(database.ConnectionString))
        {
            using var fresh = new Store(source, Names);
            for (var piece = 0; piece < 4; piece++)
            {
                await fresh.AppendBulk(
                    tenant, [.. Enumerable.Range(0, 5000).Select(i => Say($"c{piece}-{i}", $"s{piece}-{i}"))], Stop); // any version: looks
            }
        }

        // a session tells what it read when it ends
        while (await database.Value<long>("select n_tup_ins from pg_stat_user_tables where relname = 'commands'") < 20_000)
        {
            await Task.Delay(10, Stop);
        }

        var read = await database.Value<long>(
            "select sum(coalesce(idx_tup_fetch, 0) + seq_tup_read)::bigint from pg_stat_user_tables where relname in ('commands', 'mt_streams')");
        read.ShouldBeLessThan(30_000); // one for each event is its foreign key; a plain join reads whole tables, again for each batch
    }
}

/// <summary>A clock that stands until it is moved.</summary>
public sealed class TestClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
