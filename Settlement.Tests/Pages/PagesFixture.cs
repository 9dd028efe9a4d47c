using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using NodaTime;
using Settlement.Api;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Api.Serve;
using Settlement.Domain.Ocpi;
using Settlement.Projections.Privacy;
using Settlement.Tests.Postgres;

namespace Settlement.Tests.Pages;

/// <summary>
/// The program serving a small demo month, and more: a CDR whose texts are markup, a document that cannot be
/// read, and a month with many relationships.
/// </summary>
public sealed class PagesFixture : IAsyncLifetime
{
    public const string Markup = "<script>alert('place')</script>";

    public static readonly YearMonth Month = new(2026, 10);

    private static readonly DemoChoice Choice = new(Month, 300, 7);

    /// <summary>Further networks with one CDR each in <see cref="Busy"/>.</summary>
    public const int Networks = 12;

    public static readonly YearMonth Busy = new(2026, 9);

    private TestDatabase? database;
    private WebApplication? app;

    public Engine Engine { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>Every token uid and contract id that came in.</summary>
    public IReadOnlyList<string> Drivers { get; private set; } = [];

    /// <summary>Id of the CDR whose location name is markup; a slash and markup are in the id too.</summary>
    public const string MarkedId = "a/b <i>&1";

    public async ValueTask InitializeAsync()
    {
        database = await (await TestCluster.Shared()).NewDatabase(migrated: true);
        Engine = await Open(database, default);
        await DemoLoad.Run(Engine, Choice, default);
        var documents = DemoMonth.Generate(Choice.Month, Choice.Cdrs, Choice.Seed).Documents.ToList();
        Drivers = [.. documents.SelectMany(document => IdentifiersOf(document.Json))
            .Distinct(StringComparer.Ordinal)];
        var plain = documents.First(document => document.Story == DemoStory.Ordinary);
        await Engine.Intake.Receive(
            [
                new IncomingCdr(Marked(plain.Json), "marked", plain.ReceivedAt),
                new IncomingCdr(
                    Encoding.UTF8.GetBytes("""{"id":"broken","country_code":"""), "broken <b>file</b>",
                    plain.ReceivedAt),
                .. Enumerable.Range(0, Networks).Select(i => new IncomingCdr(
                    OfNetwork(plain.Json, i), $"network {i}", plain.ReceivedAt)),
            ],
            new CdrReadOptions(), default);
        app = Server.Build(Engine, 0, isDemo: true);
        await app.StartAsync();
        Http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(Server.Address(app)),
        };
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        if (Engine is not null)
        {
            await Engine.DisposeAsync();
        }

        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    public static Task<Engine> Open(TestDatabase database, CancellationToken stop)
    {
        var key = MasterKey.Of(Encoding.ASCII.GetBytes("a master key that has 32 bytes.."));
        return Engine.Open(database.ConnectionString, key, TimeProvider.System, stop);
    }

    private static IEnumerable<string> IdentifiersOf(ReadOnlyMemory<byte> json)
    {
        using var cdr = JsonDocument.Parse(json);
        var token = cdr.RootElement.GetProperty("cdr_token");
        return [token.GetProperty("uid").GetString()!, token.GetProperty("contract_id").GetString()!];
    }

    private static byte[] OfNetwork(ReadOnlyMemory<byte> json, int number)
    {
        var text = Encoding.UTF8.GetString(json.Span).Replace("2026-10-", "2026-09-", StringComparison.Ordinal);
        var cdr = JsonNode.Parse(text)!;
        cdr["country_code"] = "US";
        cdr["party_id"] = $"X{number:00}";
        return Encoding.UTF8.GetBytes(cdr.ToJsonString());
    }

    private static byte[] Marked(ReadOnlyMemory<byte> json)
    {
        var cdr = JsonNode.Parse(json.Span)!;
        cdr["id"] = MarkedId;
        cdr["session_id"] = Markup;
        cdr["cdr_location"]!["name"] = Markup;
        cdr["cdr_location"]!["city"] = Markup;
        return Encoding.UTF8.GetBytes(cdr.ToJsonString());
    }
}
