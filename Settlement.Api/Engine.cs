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
using Settlement.Projections.Workers;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api;

/// <summary>The parts of the program that need the database, put together in one place.</summary>
public sealed class Engine : IAsyncDisposable
{
    private Engine(NpgsqlDataSource database, MasterKey master, TimeProvider clock)
    {
        Database = database;
        Store = new EventStore(database, clock: clock);
        Workers = new Workers(Store, [new SettlementProjection()]);
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
        Corrections = new Corrections.Correcting(Store, Cases, new CorrectionQueries(database), CatchUp);
        Amendments = new Amendments(Books, Held, CatchUp);
        Tokens = new PartnerTokens(Store);
        People = new PeopleStore(Store);
        Visits = new Visits(Store);
        Reports = new ReportQueries(database, Books.Terms);
        TaxLines = new TaxLineQueries(database);
        LedgerChecks = new LedgerChecks(database);
        Periods = new PeriodQueries(database);
        Closing = new Closing(Store, periodStore, Reports, Periods, new PeriodTieOuts(database), Books, CatchUp, () => Now);
        Money = new MoneyQueries(database);
        Disputes = new DisputeDesk(Store, Money, periodStore, Books, CatchUp);
        Payments = new PaymentDesk(Store, Money, new OpenItemTies(database), Books, CatchUp);
        Openings = new OpeningDesk(Store, Payments);
        Exports = new Export.ExportDesk(Store);
        Clock = clock;
    }

    public NpgsqlDataSource Database { get; }

    public EventStore Store { get; }

    public Workers Workers { get; }

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
    public async Task<int> ReviewHeld(CancellationToken stop)
    {
        await CatchUp(stop);
        var settled = await Held.Review(null, stop);
        await CatchUp(stop);
        return settled;
    }

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

    /// <summary>Lets the workers read what is in the log now, in this process where no other one runs them.</summary>
    /// <exception cref="ParkedException">A projection stopped at an event: its tables are not complete.</exception>
    public async Task CatchUp(CancellationToken stop)
    {
        await Workers.RunUntilCaughtUp(stop);
        if (await Workers.Parked(stop) is [var parked, ..])
        {
            throw new ParkedException(parked);
        }
    }

    /// <summary>Runs the workers beside some work, so that the tables follow while the log grows.</summary>
    public async Task<T> Beside<T>(Func<Task<T>> work, CancellationToken stop)
    {
        if (Workers.IsRunning)
        {
            return await work();
        }

        using var done = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var workers = Workers.Run(done.Token);
        try
        {
            return await work();
        }
        finally
        {
            await done.CancelAsync();
            await workers;
        }
    }

    /// <summary>Tells the planner how large the tables are now: after a large load it would guess for a minute.</summary>
    public async Task RefreshStatistics(CancellationToken stop)
    {
        await using var command = Database.CreateCommand($"analyze {string.Join(", ", SettlementProjection.RowTables)}");
        await command.ExecuteNonQueryAsync(stop);
    }

    /// <summary>What waited for a credit, or for the end of one, is looked at again.</summary>
    public async Task AfterCredits(CancellationToken stop)
    {
        await CatchUp(stop);
        if (await Held.ReviewLinked(stop) > 0)
        {
            await CatchUp(stop);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Books.Dispose();
        Tokens.Dispose();
        People.Dispose();
        Workers.Dispose();
        Store.Dispose();
        await Database.DisposeAsync();
    }
}

/// <summary>A projection waits at an event it could not take; what it wrote so far is right and not complete.</summary>
public sealed class ParkedException(ParkedProjection parked) : Exception(
    $"{parked.Projection} of {parked.Tenant} stopped at event {parked.Number} ({parked.EventType}): {parked.Reason}");
