using Settlement.Api.Partners;
using Settlement.Domain.Ocpi;
using Settlement.Projections.Partners;

namespace Settlement.Api.Ocpi;

/// <summary>How the OCPI side behaves where an installation may choose.</summary>
public sealed record OcpiOptions
{
    /// <summary>Scheme and host under which partners reach us; null: as the request says.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>For development: partners at plain http and at private addresses are called too.</summary>
    public bool AllowPrivatePartners { get; init; }

    /// <summary>Requests a second and token, and as many again at once.</summary>
    public int RequestsPerSecond { get; init; } = 5000;

    /// <summary>Wrong tokens a minute from one address.</summary>
    public int FailuresPerMinute { get; init; } = 120;

    /// <summary>Bytes of large bodies that are in memory at once.</summary>
    public int BodyBudget { get; init; } = 40 * 1024 * 1024;

    /// <summary>How long a large body waits for its turn.</summary>
    public TimeSpan BodyPatience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a body may take to arrive.</summary>
    public TimeSpan BodyDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Connections at once, of partners and people together.</summary>
    public int MostConnections { get; init; } = 1000;

    /// <summary>The first pause before a partner is called again; each following one is twice as long.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What partners are told by webhook.</summary>
    public INotices Notices { get; init; } = new StatementNotices();

    /// <summary>SETTLEMENT_PUBLIC_URL, SETTLEMENT_ALLOW_PRIVATE_PARTNERS=1, SETTLEMENT_REQUESTS_PER_SECOND.</summary>
    public static OcpiOptions FromEnvironment()
    {
        var standard = new OcpiOptions();
        return standard with
        {
            PublicUrl = Environment.GetEnvironmentVariable("SETTLEMENT_PUBLIC_URL")?.TrimEnd('/') is { Length: > 0 } url ? url : null,
            AllowPrivatePartners = Environment.GetEnvironmentVariable("SETTLEMENT_ALLOW_PRIVATE_PARTNERS") == "1",
            RequestsPerSecond = int.TryParse(
                Environment.GetEnvironmentVariable("SETTLEMENT_REQUESTS_PER_SECOND"), out var rate) && rate > 0
                ? rate
                : standard.RequestsPerSecond,
        };
    }
}

/// <summary>What the OCPI endpoints share.</summary>
public sealed class OcpiServices : IAsyncDisposable
{
    public OcpiServices(Engine engine, OcpiOptions options)
    {
        Engine = engine;
        Options = options;
        var reads = new PartnerReads(engine.Database);
        Cdrs = new PartnerCdrs(reads);
        Completeness = new Completeness(reads);
        Statements = new PartnerStatements(reads);
        Records = new ReceivedRecords(engine.Database);
        Stored = new StoredCdrs(engine.Store, engine.Vault, engine.Tariffs);
        Scope = new PartnerScope(engine);
        Posts = new CdrPosts(engine);
        Bodies = new BodyGate(options.BodyBudget, options.BodyPatience, options.BodyDeadline);
        Rates = new RateLimits(options.RequestsPerSecond, options.FailuresPerMinute, engine.Clock);
        Http = new PartnerHttp(options.AllowPrivatePartners, options.RetryPause);
        Handshake = new Handshake(engine, Http);
        Registration = new Registration(engine, Handshake, Http, Scope);
        Pulls = new PartnerPulls(this);
        Webhooks = new Webhooks(engine, options.Notices, options.AllowPrivatePartners);
    }

    public Engine Engine { get; }

    public OcpiOptions Options { get; }

    public PartnerCdrs Cdrs { get; }

    public Completeness Completeness { get; }

    public StoredCdrs Stored { get; }

    public PartnerScope Scope { get; }

    public CdrPosts Posts { get; }

    public BodyGate Bodies { get; }

    public RateLimits Rates { get; }

    public PartnerHttp Http { get; }

    public Handshake Handshake { get; }

    public Registration Registration { get; }

    public PartnerPulls Pulls { get; }

    public Webhooks Webhooks { get; }

    /// <summary>Tariffs embedded in posted CDRs, recognised by their bytes.</summary>
    public TariffCache Tariffs { get; } = new();

    public PartnerStatements Statements { get; }

    public ReceivedRecords Records { get; }

    public async ValueTask DisposeAsync()
    {
        await Posts.DisposeAsync();
        Http.Dispose();
        Webhooks.Dispose();
    }
}
