using Settlement.Api.Demo;
using Settlement.Tests.Ocpi;

namespace Settlement.Tests.Intake;

/// <summary>What an import may never depend on: how often, in which order, and how violently it ended.</summary>
public sealed class ImportLawTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thousand_CDRs_imported_twice_give_the_same_ledger_as_once()
    {
        await using var town = await Town.Begin();
        var first = await town.Import(Town.Month(1000));
        var once = await town.Ledger();
        var events = await town.Count("select sum(events)::bigint from tenant_heads");

        var second = await town.Import(Town.Month(1000));

        (await town.Ledger()).ShouldBe(once);
        (await town.Count("select sum(events)::bigint from tenant_heads")).ShouldBe(events);
        second.Repeated.ShouldBe(first.Total, "every document was there already");
        first.Posted.ShouldBeGreaterThan(900);
    }

    [Fact]
    public async Task A_month_that_another_serialiser_writes_is_the_same_month()
    {
        await using var town = await Town.Begin();
        var documents = Town.Month(400);
        var first = await town.Import(documents);
        var once = await town.Ledger();
        var events = await town.Count("select count(*) from log.mt_events where type <> 'tariff_seen'");
        var i = 0;

        var second = await town.Import(documents.Select(document => document with
        {
            Json = Respelling.Of(document.Json, [Respelling.All[i % Respelling.All.Count], Respelling.All[i++ * 7 % Respelling.All.Count]], i % 2 == 0),
        }));

        second.Repeated.ShouldBe(first.Total, "whatever it looks like");
        (await town.Ledger()).ShouldBe(once);
        (await town.Count("select count(*) from log.mt_events where type <> 'tariff_seen'")).ShouldBe(events);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Order_of_arrival_does_not_matter(int seed)
    {
        await using var straight = await Town.Begin();
        await straight.Import(Town.Month(600));
        var shuffled = Town.Month(600).ToArray();
        new Random(seed).Shuffle(shuffled);

        await using var other = await Town.Begin();
        await other.Import(shuffled);

        Differences(await straight.Ledger(), await other.Ledger()).ShouldBeEmpty();
    }

    [Fact]
    public async Task One_at_a_time_gives_the_same_ledger_as_all_at_once()
    {
        await using var together = await Town.Begin();
        await together.Import(Town.Month(200));

        await using var single = await Town.Begin();
        foreach (var document in Town.Month(200))
        {
            await single.Import([document]);
        }

        Differences(await together.Ledger(), await single.Ledger()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_import_killed_in_the_middle_and_repeated_gives_the_same_ledger()
    {
        var documents = Town.Month(8000).Where(document => document.Story is not DemoStory.TooOld).ToList();
        var file = Path.Combine(Path.GetTempPath(), $"killed-{Environment.ProcessId}.jsonl");
        await using var town = await Town.Begin();
        await using var calm = await Town.Begin();
        try
        {
            await Write(file, documents);
            await Run(calm, file, killAfterEvents: null);

            var reached = await Run(town, file, killAfterEvents: 1500);
            reached.ShouldBeLessThan(documents.Count * 2L, "it was killed before it was done");
            await Run(town, file, killAfterEvents: null);
        }
        finally
        {
            File.Delete(file);
        }

        Differences(await calm.Ledger(), await town.Ledger()).ShouldBeEmpty();
        (await town.Engine.Store.Verify(stop: Stop)).Bad.ShouldBeEmpty();
    }

    private static IEnumerable<string> Differences(string one, string other) =>
        one.Split('\n').Except(other.Split('\n'), StringComparer.Ordinal).Select(line => "- " + line)
            .Concat(other.Split('\n').Except(one.Split('\n'), StringComparer.Ordinal).Select(line => "+ " + line));

    /// <summary>Runs the real program; returns how many events the log has afterwards.</summary>
    private static async Task<long> Run(Town town, string file, long? killAfterEvents)
    {
        const string Events = "select coalesce(sum(events), 0)::bigint from tenant_heads where tenant_id not like '@%'";
        using var process = town.Start("import", file);
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var errors = process.StandardError.ReadToEndAsync(Stop);
        while (killAfterEvents is { } limit && !process.HasExited)
        {
            if (await town.Count(Events) >= limit)
            {
                process.Kill(entireProcessTree: true);
                break;
            }
        }

        await process.WaitForExitAsync(Stop);
        if (killAfterEvents is null)
        {
            process.ExitCode.ShouldBeLessThan(2, await errors + await output);
        }

        return await town.Count(Events);
    }

    private static async Task Write(string file, IEnumerable<DemoDocument> documents)
    {
        await using var stream = File.Create(file);
        foreach (var document in documents)
        {
            await stream.WriteAsync(document.Json, Stop);
            stream.WriteByte((byte)'\n');
        }
    }
}
