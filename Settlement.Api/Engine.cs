using NodaTime;
using Npgsql;
using Settlement.Api.Agreements;
using Settlement.Api.Auth;
using Settlement.Api.Disputes;
using Settlement.Api.Intake;
using Settlement.Api.Payments;
using Settlement.Api.People;
using Settlement.Api.Periods;
using Settlement.Projections.Privacy;
using Settlement.Projections.Statements;
using Settlement.Projections.Tables;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api;

/// <summary>The parts of the program that need the database, put together in one place.</summary>
public sealed class Engine : IAsyncDisposable
{
    private Engine(NpgsqlDataSource database, MasterKey master, TimeProvider clock)
    {
        Database = database;
        Store = new EventStore(database, clock: clock);
        Vault = new DriverVault(database, master);
        MasterKey = master;
        Books = new Books(Store);
        Tariffs = new SeenTariffs(Store);
        var others = new OtherRelationships(Store, database);
        Reported = new ReportedSessions(Store, database);
        var sessions = new ChargingSessions(Store, others, Reported);
        var periodStore = new PeriodStore(Store);
        Intake = new CdrIntake(Store, Vault, Books, Tariffs, sessions, others, Reported, periodStore);
        Cases = new CdrCases(Store, Books, Tariffs, sessions);
        Held = new HeldCdrs(database, Cases);
        Decisions = new HeldDecisions(Cases, Held);
        Bulk = new HeldBulk(new HeldQueries(database), Cases, Decisions);
        Documents = new HeldDocuments(Store, Vault, Intake, new UnreadDocuments(database));
        Corrections = new Corrections.Correcting(Store, Cases, new CorrectionQueries(database));
        Amendments = new Amendments(Books, Held);
        Tokens = new PartnerTokens(Store);
        People = new PeopleStore(Store);
        Visits = new Visits(Store);
        Reports = new ReportQueries(database, Books.Terms);
        TaxLines = new TaxLineQueries(database);
        LedgerChecks = new LedgerChecks(database);
        Periods = new PeriodQueries(database);
        Closing = new Closing(Store, periodStore, Reports, Periods, new PeriodTieOuts(database), Books, () => Now);
        Money = new MoneyQueries(database);
        Disputes = new DisputeDesk(Store, Money, periodStore, Books);
        Payments = new PaymentDesk(Store, Money, new OpenItemTies(database), Books);
        Openings = new OpeningDesk(Store, Payments);
        Exports = new Export.ExportDesk(Store);
        Clock = clock;
    }

    public NpgsqlDataSource Database { get; }

    public EventStore Store { get; }

    public DriverVault Vault { get; }

    internal MasterKey MasterKey { get; }

    public Books Books { get; }

    public SeenTariffs Tariffs { get; }

    public CdrIntake Intake { get; }

    public ReportedSessions Reported { get; }

    public HeldCdrs Held { get; }

    public CdrCases Cases { get; }

    public HeldDecisions Decisions { get; }

    public HeldBulk Bulk { get; }

    public HeldDocuments Documents { get; }

    public Corrections.Correcting Corrections { get; }

    public Amendments Amendments { get; }

    public PartnerTokens Tokens { get; }

    public PeopleStore People { get; }

    public Visits Visits { get; }

    public ReportQueries Reports { get; }

    public TaxLineQueries TaxLines { get; }

    public LedgerChecks LedgerChecks { get; }

    public PeriodQueries Periods { get; }

    public Closing Closing { get; }

    public MoneyQueries Money { get; }

    public DisputeDesk Disputes { get; }

    public PaymentDesk Payments { get; }

    public OpeningDesk Openings { get; }

    public Export.ExportDesk Exports { get; }

    public TimeProvider Clock { get; }

    public Instant Now => Instant.FromDateTimeOffset(Clock.GetUtcNow());

    /// <summary>After facts were recorded: what was held for want of them is looked at again. How many were settled.</summary>
    public Task<int> ReviewHeld(CancellationToken stop) => Held.Review(null, stop);

    /// <summary>
    /// Opens the database that SETTLEMENT_DB names and brings its schema up to date. Its log can be read; it is opened
    /// for writing by <see cref="Acting.Allow"/>.
    /// </summary>
    public static async Task<Engine> Open(CancellationToken stop)
    {
        var engine = await OpenNamed(stop);
        engine.Store.IsWritable = false;
        return engine;
    }

    private static async Task<Engine> OpenNamed(CancellationToken stop)
    {
        var database = Environment.GetEnvironmentVariable("SETTLEMENT_DB")
            ?? throw new InvalidOperationException("SETTLEMENT_DB names no database; ops/settle sets it.");
        try
        {
            return await Open(database, Secrets.MasterKey(), TimeProvider.System, stop);
        }
        catch (MasterKeyException) when (Secrets.UnfinishedMasterKey() is not null)
        {
            // a rotation wrapped the keys and did not come to change the file
            var engine = await Open(database, Secrets.UnfinishedMasterKey()!, TimeProvider.System, stop);
            Secrets.Adopt();
            return engine;
        }
    }

    /// <exception cref="MasterKeyException">The database's keys are wrapped by another master key.</exception>
    public static async Task<Engine> Open(
        string connectionString, MasterKey master, TimeProvider clock, CancellationToken stop)
    {
        var database = await Projections.EventStore.Database.Open(connectionString, stop);
        try
        {
            return new Engine(database, await KeyRotation.Open(database, master, stop), clock);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Tells the planner how large the tables are now: after a large load it would guess for a minute.</summary>
    public async Task RefreshStatistics(CancellationToken stop)
    {
        await using var command = Database.CreateCommand($"analyze {string.Join(", ", SettlementLedger.RowTables)}");
        await command.ExecuteNonQueryAsync(stop);
    }

    /// <summary>What waited for a credit, or for the end of one, is looked at again.</summary>
    public Task AfterCredits(CancellationToken stop) => Held.ReviewLinked(stop);

    public async ValueTask DisposeAsync()
    {
        Books.Dispose();
        Tokens.Dispose();
        People.Dispose();
        Store.Dispose();
        await Database.DisposeAsync();
    }
}
