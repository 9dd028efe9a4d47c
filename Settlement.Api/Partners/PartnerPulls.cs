using System.Diagnostics.Metrics;
using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Api.Auth;
using Settlement.Api.Intake;
using Settlement.Api.Ocpi;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Projections.EventStore;
using Settlement.Projections.Partners;

namespace Settlement.Api.Partners;

/// <summary>What one pull brought.</summary>
public sealed record Pulled(string Module, long Objects, long Refused, string? Error)
{
    /// <summary>Why the first objects were refused, each with its place in the list.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];
}

/// <summary>
/// Pulls CDRs, tariffs and locations of connected partners, since the last time that went through and a little before:
/// what comes twice is told apart by intake.
/// </summary>
public sealed class PartnerPulls(OcpiServices services)
{
    public const string MeterName = "Settlement.Partners";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Fetched = Meter.CreateCounter<long>("settlement.partner.pulled", "{object}");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("settlement.partner.pull_failures");

    /// <summary>In this order: prices and places before what is priced by them.</summary>
    public static readonly IReadOnlyList<string> Modules = ["tariffs", "locations", "cdrs"];

    private static readonly Duration Overlap = Duration.FromHours(1);
    private static readonly Duration LongestPause = Duration.FromHours(6);

    private readonly PartnerPages pages = new(services.Http);
    private readonly PullProgress progress = new(services.Engine.Database);

    public PullProgress Progress => progress;

    private Engine Engine => services.Engine;

    /// <summary>Pulls what is due of all partners, once.</summary>
    public async Task<int> PullDue(CancellationToken stop)
    {
        var done = 0;
        foreach (var partner in (await Engine.Tokens.Current(stop)).Partners.Where(
            p => p is { Credentials: not null, Settings.PullMinutes: not null }))
        {
            done += (await Pull(partner, anyway: false, stop)).Count;
        }

        return done;
    }

    /// <summary>Pulls one partner's modules, those that are due or all.</summary>
    public async Task<IReadOnlyList<Pulled>> Pull(Partner partner, bool anyway, CancellationToken stop)
    {
        var pulled = new List<Pulled>();
        foreach (var module in Modules)
        {
            if (Endpoint(partner, module) is { } endpoint
                && await progress.TryTake(partner.Key, module, Engine.Now, anyway, stop) is { } lease)
            {
                pulled.Add(await Pull(partner, endpoint, lease, stop));
            }
        }

        return pulled;
    }

    private static string? Endpoint(Partner partner, string module) => partner.Credentials!.Endpoints
        .FirstOrDefault(e => e.Identifier == module && (e.Role is null or "SENDER"))?.Url;

    private async Task<Pulled> Pull(Partner partner, string endpoint, PullLease lease, CancellationToken stop)
    {
        var began = Engine.Now;
        var tally = new Tally();
        string? error = null;
        try
        {
            var token = services.Handshake.TokenFor(partner);
            await foreach (var page in pages.Fetch(endpoint, token, lease.PulledTo - Overlap, stop))
            {
                var answers = await Take(partner, lease.Module, page, stop);
                var refused = tally.Add(answers);
                Fetched.Add(page.Count, new("partner", partner.Key), new("module", lease.Module));
                await progress.Count(lease, page.Count, refused, stop);
            }

            // the mark moves only over what was read whole
            error = tally.Faults == 0 ? null
                : $"{tally.Faults} objects could not be processed because of a fault here; they are fetched again.";
        }
        catch (PullException e)
        {
            error = e.Message;
        }

        if (error is not null)
        {
            Failures.Add(1, new("partner", partner.Key), new("module", lease.Module));
        }

        var regular = Duration.FromMinutes(partner.Settings.PullMinutes ?? 60);
        var pause = error is null ? regular : Duration.Min(LongestPause, regular * (1 << Math.Min(lease.Attempt, 10)));
        await progress.Finish(
            lease, error is null ? began : null, Engine.Now, Engine.Now + pause, error, tally.Reasons.FirstOrDefault(), stop);
        return new Pulled(lease.Module, tally.Objects, tally.Refused, error) { Reasons = tally.Reasons };
    }

    /// <summary>What became of the objects of a pull.</summary>
    private sealed class Tally
    {
        private const int MostReasons = 20;

        public long Objects { get; private set; }

        public long Refused { get; private set; }

        public long Faults { get; private set; }

        public List<string> Reasons { get; } = [];

        /// <summary>How many of a page were not taken.</summary>
        public int Add(IReadOnlyList<Refusal?> page)
        {
            var refused = 0;
            foreach (var refusal in page)
            {
                Objects++;
                if (refusal is null)
                {
                    continue;
                }

                refused++;
                Faults += refusal == Fault ? 1 : 0;
                if (Reasons.Count < MostReasons)
                {
                    Reasons.Add($"object {Objects}: {refusal}");
                }
            }

            Refused += refused;
            return refused;
        }
    }

    private static readonly Refusal Fault = new(
        "object.failed", "It could not be processed because of a fault here; it is fetched again.");

    // Good objects of a page with bad ones in it are kept (OCPI 2.2.1 §4.1.3): null = taken.
    private Task<IReadOnlyList<Refusal?>> Take(
        Partner partner, string module, IReadOnlyList<byte[]> page, CancellationToken stop) => module switch
        {
            "cdrs" => Cdrs(partner, page, stop),
            "tariffs" => Book(partner, page, Tariff, stop),
            _ => Book(partner, page, Location, stop),
        };

    private async Task<IReadOnlyList<Refusal?>> Cdrs(Partner partner, IReadOnlyList<byte[]> page, CancellationToken stop)
    {
        var caller = new Caller(
            new TokenGrant("", TokenKind.Credentials, partner.Key, [.. partner.Parties], partner.Hub, Engine.Now), partner)
        {
            Source = $"PULL from {partner.Key}",
        };
        var options = new CdrReadOptions { Version = Version(partner), Tariffs = services.Tariffs };
        if (options.Version == OcpiVersion.V211)
        {
            var cpo = partner.Parties[0];
            options = options with { Owner = cpo, TokenOwner = await services.Scope.OnlyCounterparty(caller, cpo, stop) };
        }

        var now = Engine.Now;
        return await Task.WhenAll(page.Select(json => Guarded(async () =>
        {
            var document = new IncomingCdr(json, caller.Source, now);
            var read = new ReadDocument(document, CdrReader.Read(json, options));
            var (answer, refusal) = await services.Posts.Take(caller, read, stop, keepsUnread: true);
            return answer is { Outcome: IntakeOutcome.Conflict or IntakeOutcome.Unreadable } ? answer.Reason : refusal;
        })));
    }

    private async Task<IReadOnlyList<Refusal?>> Book(
        Partner partner, IReadOnlyList<byte[]> page, Func<Partner, byte[], (BookFact?, Refusal?)> read,
        CancellationToken stop)
    {
        var answers = new List<Refusal?>(page.Count);
        var facts = new List<BookFact>(page.Count);
        foreach (var json in page)
        {
            answers.Add(await Guarded(() =>
            {
                var (fact, refusal) = read(partner, json);
                facts.AddRange(fact is null ? [] : [fact]);
                return Task.FromResult(refusal);
            }));
        }

        await Engine.Books.RecordNewer(
            [.. facts.Select(fact => (ReferenceFiles.Stream(fact), fact))], $"ocpi {partner.Key}", stop);
        return answers;
    }

    /// <summary>A fault in one object must not keep the others of its page out.</summary>
    private static async Task<Refusal?> Guarded(Func<Task<Refusal?>> take)
    {
        try
        {
            return await take();
        }
#pragma warning disable CA1031 // it is counted and fetched again; an outage ends the pull
        catch (Exception e) when (SqlStates.IsOfOne(e))
#pragma warning restore CA1031
        {
            return Fault;
        }
    }

    private (BookFact?, Refusal?) Tariff(Partner partner, byte[] json) => Owned(
        partner, TariffReader.Read(json, Version(partner)) is TariffReading.Read read ? read.Tariff.Owner : null,
        owner => TariffsEndpoint.Read(json, owner, Version(partner), partner.Settings.TariffsAreReference, Engine.Now));

    private (BookFact?, Refusal?) Location(Partner partner, byte[] json) => Owned(
        partner, LocationReader.Read(json) is LocationReading.Read read ? read.Location.Owner : null,
        owner => LocationsEndpoint.Read(json, owner, Engine.Now));

    private static (BookFact?, Refusal?) Owned(
        Partner partner, PartyId? stated, Func<PartyId, (BookFact?, Refusal?)> read)
    {
        var owner = stated ?? partner.Parties[0];
        return partner.Parties.Contains(owner)
            ? read(owner)
            : (null, new Refusal("object.foreign-owner", $"It belongs to {owner}, for whom this partner does not speak."));
    }

    private static OcpiVersion Version(Partner partner) =>
        Enum.GetValues<OcpiVersion>().First(version => version.Name() == partner.Credentials!.Version);
}
