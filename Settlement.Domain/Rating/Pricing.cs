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

        var policy = RatingPolicy.Default;
        foreach (var setting in agreement.Policies)
        {
            (policy, var unknown) = policy.With(setting);
            if (unknown is not null)
            {
                return new(null, [new(unknown.Code, "", $"The agreement says '{setting}': {unknown.Message}")], null);
            }
        }

        var session = Rater.Rate(new RatingRequest(cdr, tariffs, policy, site.Zone));
        if (!session.IsRateable)
        {
            return new(null, Blocking(session), null);
        }

        var (surcharge, reference) = Surcharge(session, site, book);
        return new(session, surcharge is null ? [] : [surcharge], reference);
    }

    /// <summary>The CDR's own tariffs; without them, those its CPO published, as valid at session start.</summary>
    private static IReadOnlyList<Tariff> TariffsOf(Cdr cdr, ReferenceBook book) =>
        cdr.Tariffs.Count > 0
            ? cdr.Tariffs
            : [.. cdr.Periods.Select(period => period.TariffId).OfType<string>()
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Select(id => book.Tariff(cdr.Key.Owner, id, cdr.Start)).OfType<Tariff>()];

    private static IReadOnlyList<Finding> Blocking(RatedSession session) =>
        session.Findings.Count > 0
            ? session.Findings
            : [new("rating.impossible", "", "No price can be told for this session.")];

    private static (Finding?, string?) Surcharge(RatedSession session, Site site, ReferenceBook book)
    {
        var cdr = session.Cdr;
        var ids = session.Lines.Select(line => line.TariffId).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var own = ids.Select(id => book.OwnNetworkTariff(cdr.Key.Owner, id, cdr.Start)).OfType<Tariff>().ToList();
        if (own.Count == 0 || own.Count < ids.Count)
        {
            return (null, null);
        }

        var names = string.Join(", ", own.Select(tariff => tariff.Id));
        var reference = Rater.Rate(new RatingRequest(cdr, own, session.Policy, site.Zone));
        if (Total(reference) is not { } ownPrice || Total(session) is not { } price)
        {
            return (null, null);
        }

        return price > ownPrice
            ? (new Finding("surcharge", "/tariffs",
                $"By the CDR's tariff the session costs {price} {cdr.Currency}, on the CPO's own network "
                + $"{ownPrice} ({names}): {price - ownPrice} more for roaming."), names)
            : (null, names);
    }

    private static ExactAmount? Total(RatedSession session) => session.BeforeTaxes ?? session.AfterTaxes;
}
