using System.Runtime.CompilerServices;
using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Demo;

/// <summary>Loads a demo month the way a real one comes: parties, agreement, tariffs, locations, then CDRs.</summary>
public static class DemoLoad
{
    /// <summary>What a first start loads.</summary>
    public static readonly DemoChoice Default = new(new YearMonth(2026, 10), 20_000, 7);

    public static async Task<ImportTally> Run(Engine engine, DemoChoice choice, CancellationToken stop)
    {
        var data = DemoMonth.Generate(choice.Month, choice.Cdrs, choice.Seed);
        var began = choice.Month.OnDayOfMonth(1).PlusMonths(-1).AtStartOfDayInZone(DateTimeZone.Utc).ToInstant();
        await Reference(engine, data, began, stop);
        await DemoPeople.Make(engine, stop);
        var import = new CdrImport(engine.Intake, new CdrReadOptions { Tariffs = new TariffCache() });
        var tally = new ImportTally();
        await ProgressBar.Show($"{choice.Month}: {choice.Cdrs:N0} CDRs", async bar =>
        {
            tally = await import.Run(Documents(data, stop), done => bar.Set(done.Total, choice.Cdrs), stop);
            await engine.AfterCredits(stop);
            await engine.RefreshStatistics(stop);
        });
        return tally;
    }

    public static void Print(DemoChoice choice, ImportTally tally) => Console.WriteLine(
        $"Demo month {choice.Month}: {tally.Posted:N0} posted, {tally.Held:N0} held, {tally.Credited:N0} credits, {tally.Repeated:N0} repeated, {tally.Conflicts:N0} in conflict, {tally.Unreadable:N0} unreadable");

    /// <summary>Parties, agreement, tariffs and locations, without CDRs.</summary>
    public static async Task Reference(Engine engine, DemoData data, Instant began, CancellationToken stop)
    {
        await engine.Books.Record(
            [.. Facts(data, began).Select(fact => (ReferenceFiles.Stream(fact), fact))], "demo", stop);
        await engine.Books.Make(Terms(data), "demo", stop);
        await CloseMonthBefore(engine, data.Agreement.Relationship, began, stop);
    }

    /// <summary>What both networks published, as facts of the reference book.</summary>
    public static IReadOnlyList<BookFact> Facts(DemoData data, Instant began) =>
    [
        .. data.Parties.Select(party => new BookFact.PartyRegistered(new Party
        {
            Id = party.Id,
            LegalName = party.LegalName,
            Address = [party.Address],
            Language = party.Id.CountryCode == "CA" ? "fr" : "en",
            Registrations = party.Tax.Registrations,
            Certificates = party.Tax.Certificates,
        })),
        .. Objects(data.Tariffs, json => ReferenceFiles.Tariff(json, null, ownNetwork: true, began)),
        .. Objects(data.Locations, json => ReferenceFiles.Location(json, null, began)),
    ];

    /// <summary>The agreement of the two.</summary>
    public static Agreement Terms(DemoData data) => new()
    {
        Relationship = data.Agreement.Relationship,
        Version = 1,
        ValidFrom = data.Agreement.ValidFrom,
        Zone = data.Agreement.Zone,
        MaximumAgeDays = data.Agreement.MaximumAgeDays,
        Currencies = [.. data.Agreement.Currencies.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
    };

    // Nothing was settled here before the demo's month: a CDR that comes later is a late line of that month.
    private static async Task CloseMonthBefore(
        Engine engine, Relationship relationship, Instant began, CancellationToken stop)
    {
        var before = began.InUtc().Date.ToYearMonth();
        if (await engine.Closing.SoftClose(relationship, before, engine.Now, "demo", stop) is null)
        {
            await engine.Closing.HardClose(relationship, before, "demo", stop);
        }
    }

    private static IEnumerable<BookFact> Objects(
        ReadOnlyMemory<byte> array, Func<ReadOnlyMemory<byte>, (BookFact?, Refusal?)> parse)
    {
        using var document = System.Text.Json.JsonDocument.Parse(array);
        foreach (var item in document.RootElement.EnumerateArray())
        {
            var (fact, refusal) = parse(System.Text.Encoding.UTF8.GetBytes(item.GetRawText()));
            yield return fact ?? throw new InvalidOperationException($"The demo made what it cannot read: {refusal}");
        }
    }

    private static async IAsyncEnumerable<IncomingCdr> Documents(
        DemoData data, [EnumeratorCancellation] CancellationToken stop)
    {
        var numbers = new Dictionary<PartyId, int>();
        foreach (var document in data.Documents)
        {
            stop.ThrowIfCancellationRequested();
            var line = numbers[document.Cpo] = numbers.GetValueOrDefault(document.Cpo) + 1;
            yield return new IncomingCdr(document.Json, $"demo {document.Cpo} line {line}", document.ReceivedAt);
        }

        await Task.CompletedTask;
    }
}

/// <summary>Month, size and seed: the same choice gives the same CDRs anywhere.</summary>
public sealed record DemoChoice(YearMonth Month, int Cdrs, ulong Seed);
