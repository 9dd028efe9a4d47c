using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Rating;

/// <summary>The price of a CDR by its own tariffs, and whether the CPO's own network is cheaper.</summary>
/// <param name="Session">Null: no price can be told; <paramref name="Holds"/> say why.</param>
/// <param name="SurchargeReference">Own-network tariff compared with; null = not provable (rules-money 10).</param>
public sealed record Pricing(RatedSession? Session, IReadOnlyList<Finding> Holds, string? SurchargeReference)
{
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

        var session = Rater.Rate(new RatingRequest(cdr, tariffs, policy, site.Zone)
        {
            Reference = OwnNetwork(cdr, tariffs, book),
        });
        if (!session.IsRateable)
        {
            return new(null, Reasons(session), null);
        }

        var reference = session.Surcharge.Outcome == SurchargeOutcome.NotProvable
            ? null
            : string.Join(", ", OwnNetwork(cdr, tariffs, book).Select(tariff => tariff.Id));
        return new(session, Reasons(session), reference);
    }

    /// <summary>The CDR's own tariffs; without them, those its CPO published, as valid at session start.</summary>
    private static IReadOnlyList<Tariff> TariffsOf(Cdr cdr, ReferenceBook book) =>
        cdr.Tariffs.Count > 0
            ? cdr.Tariffs
            : [.. cdr.Periods.Select(period => period.TariffId).OfType<string>()
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Select(id => book.Tariff(cdr.Key.Owner, id, cdr.Start)).OfType<Tariff>()];

    /// <summary>The CPO's own-network version of each tariff; none unless every one of them is known.</summary>
    private static List<Tariff> OwnNetwork(Cdr cdr, IReadOnlyList<Tariff> tariffs, ReferenceBook book)
    {
        var own = tariffs.Select(tariff => book.OwnNetworkTariff(cdr.Key.Owner, tariff.Id, cdr.Start)).OfType<Tariff>().ToList();
        return own.Count == tariffs.Count ? own : [];
    }

    /// <summary>Why its price cannot be settled, whatever is claimed: none can be told, or partners would pay more.</summary>
    public static IReadOnlyList<Finding> Reasons(RatedSession session) => session switch
    {
        { IsRateable: false, Findings: [] } => [new("rating.impossible", "", "No price can be told for this session.")],
        { IsRateable: false } => session.Findings,
        { Surcharge: { Outcome: SurchargeOutcome.Dearer } dearer } => [Dearer(session.Cdr, dearer)],
        _ => [],
    };

    private static Finding Dearer(Cdr cdr, Surcharge surcharge) => new("surcharge", "/tariffs",
        $"By the CDR's tariff the session costs {surcharge.Excess} {cdr.Currency} more than the "
        + $"{surcharge.Reference} {cdr.Currency} on the CPO's own network.");
}
