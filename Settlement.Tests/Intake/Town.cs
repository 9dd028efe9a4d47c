using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using NodaTime;
using Settlement.Api;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ocpi;
using Settlement.Projections.EventStore;
using Settlement.Projections.Privacy;
using Settlement.Projections.Tables;
using Settlement.Tests.Postgres;

namespace Settlement.Tests.Intake;

/// <summary>A whole program on a database of its own, with the two networks of the demo registered.</summary>
public sealed class Town : IAsyncDisposable
{
    private static readonly MasterKey Key = MasterKey.Of([.. Enumerable.Range(1, 32).Select(n => (byte)n)]);

    private Town(TestDatabase database, Engine engine) => (Database, Engine) = (database, engine);

    public static string KeyText { get; } = Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(n => (byte)n)]);

    public TestDatabase Database { get; }

    public Engine Engine { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>With an agreement that was amended before anything came.</summary>
    public static async Task<Town> Begin(Func<Agreement, Agreement> amend)
    {
        await using var first = await Begin();
        const string Tenant = "CA-FLO~US-CPI";
        var terms = amend((await first.Engine.Books.Agreements(Tenant, Stop)).Versions[^1]) with { Version = 2 };
        await first.Engine.Store.Append(
            Tenant,
            new StoreCommand("amended", [1], [new StreamFacts("agreement", "agreement", null, [new AgreementFact.AgreementMade(terms)])], "test"),
            Stop);
        // opened again: what was agreed is read once
        first.Keep = true;
        return new Town(
            first.Database, await Engine.Open(first.Database.ConnectionString, Key, TimeProvider.System, Stop));
    }

    private bool Keep { get; set; }

    public static async Task<Town> Begin()
    {
        var database = await (await TestCluster.Shared()).NewDatabase(migrated: true);
        var engine = await Engine.Open(database.ConnectionString, Key, TimeProvider.System, Stop);
        var data = DemoMonth.Generate(new YearMonth(2026, 10), 0, 0);
        await DemoLoad.Reference(engine, data, Instant.FromUtc(2026, 9, 1, 0, 0), Stop);
        return new Town(database, engine);
    }

    public static IReadOnlyList<DemoDocument> Month(int cdrs, ulong seed = 7) =>
        [.. DemoMonth.Generate(new YearMonth(2026, 10), cdrs, seed).Documents];

    public async Task<ImportTally> Import(IEnumerable<DemoDocument> documents)
    {
        var tally = await Load(documents);
        await Engine.AfterCredits(Stop);
        return tally;
    }

    /// <summary>
    /// All tables again, from whole facts: what the live rows were built from without reading may not matter.
    /// </summary>
    public Task<IReadOnlyList<RebuiltTenant>> Rebuild() =>
        new Rebuild(Engine.Store, new SettlementLedger { Reads = null }).Run(Stop);

    /// <summary>Into the log and the ledger; what a credit frees is not looked at again.</summary>
    public Task<ImportTally> Load(IEnumerable<DemoDocument> documents) =>
        new CdrImport(Engine.Intake, new CdrReadOptions { Tariffs = new TariffCache() })
            .Run(Incoming(documents, Stop), null, Stop);

    /// <summary>
    /// Balances per account, period and currency, and the net of each CDR, its credit counted with it: what "the
    /// same ledger" means (rules-money 15).
    /// </summary>
    public async Task<string> Ledger()
    {
        const string Sql =
            """
            select t.period || ' ' || t.currency || ' ' || t.account || ' ' || sum(t.debit - t.credit)::text line
            from balances t join tenant_heads l using (tenant_id, generation)
            group by t.period, t.currency, t.account having sum(t.debit) <> sum(t.credit)
            union all
            select t.cpo || '/' || lower(coalesce(c.linked_id, t.cdr_id)) || ' ' || sum(t.due)::text
            from ledger_entries t join tenant_heads l using (tenant_id, generation)
            left join cdrs c on c.tenant_id = t.tenant_id and c.generation = t.generation
              and c.stream = t.stream and t.kind = 'credit'
            group by t.cpo, lower(coalesce(c.linked_id, t.cdr_id)) having sum(t.due) <> 0
            order by 1
            """;
        var lines = new List<string>();
        await using var command = Engine.Database.CreateCommand(Sql);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        while (await reader.ReadAsync(Stop))
        {
            lines.Add(reader.GetString(0));
        }

        return string.Join('\n', lines);
    }

    /// <summary>Runs the real program on this database, as a person would.</summary>
    public Task<(int Exit, string Output, string Errors)> Program(params string[] args) => Program(null, args);

    /// <summary>As above, with what the person types.</summary>
    /// <param name="more">Further environment variables.</param>
    public async Task<(int Exit, string Output, string Errors)> Program(
        string? input, string[] args, params (string Name, string? Value)[] more)
    {
        using var process = Start(args, more);
        if (input is not null)
        {
            await process.StandardInput.WriteLineAsync(input);
        }

        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var errors = process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Starts the real program on this database.</summary>
    public Process Start(params string[] args) => Start(args, []);

    private Process Start(string[] args, (string Name, string? Value)[] more)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "settlement.dll"), .. args])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment["SETTLEMENT_DB"] = Database.ConnectionString;
        start.Environment["SETTLEMENT_MASTER_KEY"] = KeyText;
        foreach (var (name, value) in more)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    public Task<long> Count(string sql) => Database.Value<long>(sql);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        if (!Keep)
        {
            await Database.DisposeAsync();
        }
    }

    private static async IAsyncEnumerable<IncomingCdr> Incoming(
        IEnumerable<DemoDocument> documents, [EnumeratorCancellation] CancellationToken stop)
    {
        var line = 0;
        foreach (var document in documents)
        {
            stop.ThrowIfCancellationRequested();
            line++;
            yield return new IncomingCdr(
                document.Json, string.Create(CultureInfo.InvariantCulture, $"town line {line}"), document.ReceivedAt);
        }

        await Task.CompletedTask;
    }
}
