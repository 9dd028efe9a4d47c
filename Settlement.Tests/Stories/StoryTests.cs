using System.Globalization;
using System.Text;
using NodaTime;
using NodaTime.Text;
using Settlement.Api.Agreements;
using Settlement.Api.Intake;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Stories;

/// <summary>Documents in order on a real database: what becomes of each, and what is owed in the end. See README.md.</summary>
public sealed class StoryTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Stories");

    public static TheoryData<string, string> Stories => [.. Directory.EnumerateFiles(Folder, "*.story")
        .Order(StringComparer.Ordinal).SelectMany(Read).Select(story => (story.File, story.Title))];

    [Theory]
    [MemberData(nameof(Stories))]
    public async Task What_becomes_of_each_document_and_what_is_owed(string file, string title)
    {
        var story = Read(Path.Combine(Folder, file + ".story")).Single(one => one.Title == title);
        await using var town = await Town.Begin();
        var teller = new StoryTeller(town, Path.Combine(Folder, "Data"));
        var told = new List<string>();
        foreach (var step in story.Steps)
        {
            told.Add(await teller.Tell(step));
        }

        string.Join('\n', told).ShouldBe(string.Join('\n', story.Steps), title);
        (await town.Engine.LedgerChecks.Run(TestContext.Current.CancellationToken)).ShouldAllBe(tie => tie.Holds);
        (await town.Rebuild()).ShouldAllBe(tenant => tenant.IsEqual);
    }

    private static IEnumerable<(string File, string Title, IReadOnlyList<string> Steps)> Read(string path)
    {
        var file = Path.GetFileNameWithoutExtension(path);
        foreach (var part in File.ReadAllText(path).ReplaceLineEndings("\n")
            .Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = part.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            yield return (file, lines[0].TrimStart('#', ' '),
                [.. lines.Skip(1).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))]);
        }
    }
}

/// <summary>Does the steps of a story and tells each as it turned out, in the words that the story uses.</summary>
internal sealed class StoryTeller(Town town, string data)
{
    private const string By = "ana";

    private static readonly Instant Arrival = Instant.FromUtc(2026, 12, 1, 0, 0);

    private static readonly CdrReadOptions Options = new()
    {
        Owner = PartyId.Of("US", "CPI"), // 2.1.1 names neither
        TokenOwner = PartyId.Of("CA", "FLO"),
        Tariffs = new TariffCache(),
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async Task<string> Tell(string step) => step.Split(' ') switch
    {
        ["alias", var home, var other] => await Alias(home, other),
        ["issue", var month] => await Issue(month),
        ["publish", var tariff] => await Publish(tariff),
        ["choose", var cdr, var content] => await Choose(cdr, content),
        ["another-session", var cdr, ..] => await AnotherSession(cdr),
        ["owed", var cdr, _, _] => $"owed {cdr} {await Owed(cdr)}",
        ["owed", ..] => $"owed {await Nothing()}",
        ["state", var cdr, ..] => $"state {cdr} {await State(cdr)}",
        [var document, ..] => $"{document} {await Arrive(document)}",
        [] => "",
    };

    private async Task<string> Arrive(string document)
    {
        var parts = document.Split(':');
        var path = Path.Combine(data, parts[0]);
        var json = parts is [_, var line]
            ? Encoding.UTF8.GetBytes(File.ReadLines(path).ElementAt(int.Parse(line, CultureInfo.InvariantCulture) - 1))
            : await File.ReadAllBytesAsync(path, Stop);
        var answer = (await town.Engine.Intake.Receive([new IncomingCdr(json, document, Arrival)], Options, Stop))[0];
        await town.Engine.AfterCredits(Stop);
        return Words(answer.Outcome, answer.Reason?.Code);
    }

    private async Task<string> Publish(string tariff)
    {
        var (fact, refused) = ReferenceFiles.Tariff(
            await File.ReadAllBytesAsync(Path.Combine(data, tariff), Stop), null, ownNetwork: true,
            Instant.FromUtc(2026, 9, 1, 0, 0));
        if (fact is not null)
        {
            await town.Engine.Books.Record([(ReferenceFiles.Stream(fact), fact)], By, Stop);
        }

        return $"publish {tariff}{refused?.Code}";
    }

    private async Task<string> Issue(string month)
    {
        var (pair, of) = (Relationship.Parse("CA-FLO~US-CPI")!.Value, YearMonthPattern.Iso.Parse(month).Value);
        var day = of.PlusMonths(1).OnDayOfMonth(6);
        var now = day.AtMidnight().InUtc().ToInstant() + Duration.FromHours(12);
        var refused = await town.Engine.Closing.SoftClose(pair, of, now, By, Stop)
            ?? (await town.Engine.Closing.Prepare(pair, of, day, By, Stop)).Refusal
            ?? await town.Engine.Closing.Approve(pair, of, "ben", Stop)
            ?? await town.Engine.Closing.Issue(pair, of, "cleo", Stop);
        return $"issue {month}{refused?.Code}";
    }

    private async Task<string> Alias(string home, string other)
    {
        var party = (await town.Engine.Books.Current(Stop)).Party(PartyId.Parse(home)!.Value)!;
        var fact = new BookFact.PartyRegistered(party with { Aliases = [PartyId.Parse(other)!.Value] });
        await town.Engine.Books.Record([(ReferenceFiles.Stream(fact), fact)], By, Stop);
        return $"alias {home} {other}";
    }

    private async Task<string> Choose(string cdr, string content)
    {
        var (tenant, key, contents) = await Contents(cdr);
        var digest = content switch
        {
            "first" => contents[0].Digest,
            "newest" => contents[^1].Digest,
            _ => content,
        };
        return Answered($"choose {cdr} {content}", await town.Engine.Decisions.Choose(
            tenant, key, digest, "as the CPO says", By, null, Stop));
    }

    private async Task<string> AnotherSession(string cdr)
    {
        var (tenant, key, _) = await Contents(cdr);
        return Answered($"another-session {cdr}", await town.Engine.Decisions.AnotherSession(
            tenant, key, "the charger counts its own transactions", By, null, Stop));
    }

    private static string Answered(string step, CdrAnswered answer) =>
        answer.Refusal is { } refusal ? $"{step} {refusal.Code}" : step;

    private async Task<(string Tenant, CdrKey Key, IReadOnlyList<CdrFact.CdrReceived> Contents)> Contents(string cdr)
    {
        var key = Key(cdr);
        var tenant = await town.Database.Value<string>($"select tenant_id from cdrs where stream = '{CdrStreams.Name(key)}'");
        var one = await town.Engine.Cases.Load(tenant!, key, null, Stop);
        return (tenant!, key, DecideHeldCdr.Contents(one!.State));
    }

    private async Task<string> Owed(string cdr)
    {
        var stream = CdrStreams.Name(Key(cdr));
        return await town.Database.Value<string>(
            $"""
            select coalesce(max(case when sum < 0 then '-' else '' end || abs(sum) / 100 || '.' || lpad((abs(sum) % 100)::text, 2, '0')
              || ' ' || currency), '0.00 -')
            from (
              select sum(t.due)::bigint sum, t.currency
              from ledger_entries t join tenant_heads l using (tenant_id, generation)
              left join cdrs c on c.tenant_id = t.tenant_id and c.generation = t.generation and c.stream = t.stream
                and t.kind = 'credit'
              where 'cdr/' || lower(t.cpo) || '/' || lower(coalesce(c.linked_id, t.cdr_id)) = '{stream.Replace("'", "''", StringComparison.Ordinal)}'
              group by t.currency) s
            """) ?? "";
    }

    private async Task<long> Nothing()
    {
        return await town.Count("select coalesce(sum(abs(sum)), 0)::bigint from (select sum(due) from ledger_entries group by cpo, currency) s");
    }

    private async Task<string> State(string cdr)
    {
        return await town.Database.Value<string>(
            $"select state || coalesce(' ' || reason, '') from cdrs where stream = '{CdrStreams.Name(Key(cdr))}'") ?? "unknown";
    }

    private static CdrKey Key(string cdr) => cdr.Split('/', 2) is [var owner, var id]
        ? new CdrKey(PartyId.Parse(owner)!.Value, id)
        : throw new FormatException($"{cdr} is not like US-CPI/ID.");

    private static string Words(IntakeOutcome outcome, string? code) =>
        outcome.ToString().ToLowerInvariant() + (code is null ? "" : $" {code}");
}
