using System.Globalization;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Rating;

/// <summary>The price of a CDR by its own tariffs, and whether the CPO's own network is cheaper.</summary>
/// <param name="Session">Null: no price can be told; <paramref name="Holds"/> say why.</param>
/// <param name="Compared">Own-network price compared with; null = not provable (rules-money 10).</param>
public sealed record Pricing(RatedSession? Session, IReadOnlyList<Finding> Holds, OwnNetworkPrice? Compared)
{
    /// <summary>Worth knowing and no reason to hold it.</summary>
    public IReadOnlyList<Finding> Notes { get; init; } = [];

    public static Pricing Rate(Cdr cdr, Site site, Agreement agreement, ReferenceBook book)
    {
        var tariffs = TariffsOf(cdr, book);
        if (tariffs.Count == 0)
        {
            var ids = cdr.Periods.Select(period => period.TariffId).OfType<string>().Distinct(StringComparer.Ordinal);
            return new(null, [new("tariff.missing", "/tariffs",
                $"The CDR embeds no tariff and {cdr.Key.Owner} published none for "
                + $"[{string.Join(", ", ids)}] valid at {cdr.Start}: load it and the CDR is rated.")], null);
        }

        var policy = RatingPolicy.Default with { ToleranceMinorUnits = agreement.ToleranceMinor };
        foreach (var setting in agreement.Policies)
        {
            (policy, var unknown) = policy.With(setting);
            if (unknown is not null)
            {
                return new(null, [new(unknown.Code, "", $"The agreement says '{setting}': {unknown.Message}")], null);
            }
        }

        var request = new RatingRequest(cdr, tariffs, policy, site.Zone);
        var session = Rater.Rate(request);
        if (!session.IsRateable)
        {
            return new(null, [.. Reasons(session).Select(reason => WithFault(reason, site))], null);
        }

        var answer = new OwnNetwork(request, session, site, book).Compare();
        IReadOnlyList<Finding> holds = answer switch
        {
            { Surcharge.Outcome: SurchargeOutcome.Dearer } => [Dearer(session, answer.Surcharge, answer.Compared)],
            { Impossible: { } why } when !agreement.SettleNotComparable => [NotComparable(why)],
            _ => [],
        };
        return new(session with { Surcharge = answer.Surcharge }, holds, answer.Compared)
        {
            Notes = holds.Count == 0 && answer.Impossible is { } reason ? [NotComparable(reason)] : [],
        };
    }

    private static Finding WithFault(Finding reason, Site site) => reason.Code == "zone.missing" && site.ZoneFault is { } fault
        ? reason with { Detail = $"{reason.Detail} {fault}" }
        : reason;

    /// <summary>The CDR's own tariffs; without them, those its CPO published, as valid at session start.</summary>
    private static IReadOnlyList<Tariff> TariffsOf(Cdr cdr, ReferenceBook book) =>
        cdr.Tariffs.Count > 0
            ? cdr.Tariffs
            : [.. cdr.Periods.Select(period => period.TariffId).OfType<string>()
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Select(id => book.Tariff(cdr.Key.Owner, id, cdr.Start)).OfType<Tariff>()];

    /// <summary>Why its price cannot be settled, whatever is claimed: none can be told, or partners would pay more.</summary>
    public static IReadOnlyList<Finding> Reasons(RatedSession session) => session switch
    {
        { IsRateable: false, Findings: [] } => [new("rating.impossible", "", "The price of this session cannot be determined.")],
        { IsRateable: false } => session.Findings,
        { Surcharge: { Outcome: SurchargeOutcome.Dearer } dearer } => [Dearer(session, dearer, null)],
        _ => [],
    };

    private static Finding Dearer(RatedSession session, Surcharge surcharge, OwnNetworkPrice? own) => new(
        "surcharge", "/tariffs",
        $"By the CDR's tariff the session costs {Text(surcharge.Excess)} {session.Cdr.Currency} more than the "
        + $"{Text(surcharge.Reference)} {session.Cdr.Currency} {session.Side.Words()} "
        + (own is null ? "on the CPO's own network." : $"of tariff {own.Tariffs} on the CPO's own network"
            + (own.Connector is { } connector ? $", published for connector {connector}." : ".")));

    private static string? Text(ExactAmount? amount) =>
        amount?.LineScale().ToString("0.00##########", CultureInfo.InvariantCulture);

    private static Finding NotComparable(string why) => new("surcharge.not-comparable", "/tariffs",
        $"The CPO published a price of its own network that cannot be compared: {why}.");
}
