using System.Text.Json;
using NodaTime;
using Settlement.Api;
using Settlement.Api.Demo;
using Settlement.Api.Statements;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Tests.Pages;
using Settlement.Tests.Postgres;

namespace Settlement.Tests.Files;

/// <summary>A demo month, closed and issued by three people, and one after it that is still open.</summary>
public sealed class IssuedMonthFixture : IAsyncLifetime
{
    public static readonly YearMonth Open = new(2026, 11);

    private static readonly YearMonth Issued = new(2026, 10);

    private TestDatabase? database;

    public Engine Engine { get; private set; } = null!;

    /// <summary>The month whose files are asked for.</summary>
    public YearMonth Month { get; set; } = Issued;

    /// <summary>Every token uid and contract id that came in.</summary>
    public IReadOnlyList<string> Drivers { get; private set; } = [];

    private static CancellationToken Stop => default;

    public async ValueTask InitializeAsync()
    {
        database = await (await TestCluster.Shared()).NewDatabase(migrated: true);
        Engine = await PagesFixture.Open(database, Stop);
        foreach (var choice in new[] { new DemoChoice(Issued, 300, 7), new DemoChoice(Open, 60, 8) })
        {
            await DemoLoad.Run(Engine, choice, Stop);
            Drivers = [.. Drivers, .. DemoMonth.Generate(choice.Month, choice.Cdrs, choice.Seed).Documents
                .SelectMany(document => Identifiers(document.Json))];
        }

        var pair = DemoParties.Agreement.Relationship;
        var now = Instant.FromUtc(2026, 11, 6, 12, 0);
        foreach (var earlier in await Engine.Periods.MonthsWithMovement(pair, Issued, Stop))
        {
            Done(await Engine.Closing.SoftClose(pair, earlier, now, "ana", Stop));
            Done((await Engine.Closing.Prepare(pair, earlier, new LocalDate(2026, 11, 6), "ana", Stop)).Refusal);
            Done(await Engine.Closing.Approve(pair, earlier, "ben", Stop));
            Done(await Engine.Closing.Issue(pair, earlier, "cleo", Stop));
        }

    }

    public async ValueTask DisposeAsync()
    {
        if (Engine is not null)
        {
            await Engine.DisposeAsync();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    public async Task<byte[]> Statement(PartyId to, PartyId with, string format, string? currency = null)
    {
        using var file = new MemoryStream();
        await StatementFiles.Write(file, format, to, with, Month, Engine, currency, Stop);
        return file.ToArray();
    }

    public async Task<StatementDocument> Document(PartyId to, PartyId with, string? currency = null)
    {
        var terms = await Engine.Books.Terms(Relationship.Between(to, with), Month, Stop);
        await using var reading = await Engine.Reports.Reading(to, with, Month, terms, Stop);
        return await StatementFiles.Document(await StatementSource.Of(reading, Engine, currency, Stop), Stop);
    }

    public async Task<byte[]> Report(string format)
    {
        using var file = new MemoryStream();
        await ReportFiles.Write(file, format, await Engine.Report(Month, null, null, Stop), Engine, Stop);
        return file.ToArray();
    }

    private static void Done(Refusal? refusal) => refusal.ShouldBeNull();

    private static IEnumerable<string> Identifiers(ReadOnlyMemory<byte> json)
    {
        using var cdr = JsonDocument.Parse(json);
        var token = cdr.RootElement.GetProperty("cdr_token");
        return [token.GetProperty("uid").GetString()!, token.GetProperty("contract_id").GetString()!];
    }
}
