namespace Settlement.Domain.Rating;

public enum SurchargeOutcome
{
    /// <summary>No tariff of the CPO's own network to compare with: counted as such, never a zero.</summary>
    NotProvable,

    /// <summary>Not dearer than in the CPO's own network.</summary>
    None,

    /// <summary>Dearer: held.</summary>
    Dearer,
}

/// <summary>
/// Zero surcharge as a check: the same session under the CPO's own-network tariff valid at session start. It speaks
/// of the CPO→eMSP leg only.
/// </summary>
/// <param name="Reference">Price under the own-network tariff; null where it could not be told.</param>
/// <param name="Excess">Rated minus reference, where dearer; else null.</param>
public sealed record Surcharge(SurchargeOutcome Outcome, ExactAmount? Reference, ExactAmount? Excess)
{
    public static readonly Surcharge NotProvable = new(SurchargeOutcome.NotProvable, null, null);

    /// <summary><c>surcharge</c>, <c>surcharge.not-provable</c> or <c>surcharge.none</c>.</summary>
    public string Code => Outcome switch
    {
        SurchargeOutcome.Dearer => "surcharge",
        SurchargeOutcome.None => "surcharge.none",
        _ => "surcharge.not-provable",
    };

    /// <summary>
    /// Rates the session again with the reference: period by period where it has every tariff they name, else with
    /// the one valid at session start.
    /// </summary>
    internal static Surcharge Check(RatingRequest request, RatedSession rated, IReadOnlyList<Tariff> reference)
    {
        if (reference.Count == 0 || !rated.IsRateable)
        {
            return NotProvable;
        }

        var policy = request.Policy with
        {
            TariffChoice = NamesAll(request, reference) ? request.Policy.TariffChoice : TariffChoice.Start,
            TariffValidity = TariffValidity.Refuse,
        };
        var own = Rater.Rate(request with { Tariffs = reference, Reference = [], Policy = policy });
        var (price, known) = rated.BeforeTaxes is not null && own.BeforeTaxes is not null
            ? (rated.BeforeTaxes, own.BeforeTaxes)
            : (rated.AfterTaxes, own.AfterTaxes);
        if (price is not { } paid || known is not { } normal)
        {
            return NotProvable;
        }

        return paid > normal
            ? new(SurchargeOutcome.Dearer, normal, paid - normal)
            : new(SurchargeOutcome.None, normal, null);
    }

    private static bool NamesAll(RatingRequest request, IReadOnlyList<Tariff> reference) =>
        request.Cdr.Periods.All(period => period.TariffId is null
            || reference.Any(tariff => string.Equals(tariff.Id, period.TariffId, StringComparison.OrdinalIgnoreCase)));
}
