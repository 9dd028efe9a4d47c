using Settlement.Domain.Ledger;

namespace Settlement.Domain.Rating;

public enum SurchargeOutcome
{
    /// <summary>No price of the CPO's own network to compare with: counted as such, never a zero.</summary>
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
/// <param name="Reference">Price under the own-network tariff, on the side of tax of the rated one; null: not told.</param>
/// <param name="Excess">Rated minus reference, where dearer; else null. Exact: a part of a cent is an excess too.</param>
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

    internal static Surcharge Of(ExactAmount paid, ExactAmount own) => paid > own
        ? new(SurchargeOutcome.Dearer, own, paid - own)
        : new(SurchargeOutcome.None, own, null);

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
        if (rated.AmountsIncludeTax == own.AmountsIncludeTax)
        {
            return OnOneSide(rated, own);
        }

        // one price includes tax: after tax by the tariff's own percentages, where it tells them; tax is whole cents
        var decimals = Currency.Find(request.Cdr.Currency)?.MinorUnits ?? 2;
        return rated.AfterTaxes is { } paid && own.AfterTaxes is { } normal
            ? Of(ExactAmount.Of(paid.RoundTo(decimals)), ExactAmount.Of(normal.RoundTo(decimals)))
            : NotProvable;
    }

    /// <summary>Both on the side of tax that the prices of both are on.</summary>
    internal static Surcharge OnOneSide(RatedSession rated, RatedSession own) => rated.AmountsIncludeTax
        ? own.AfterTaxes is { } after ? Of(rated.AfterTaxes!.Value, after) : NotProvable
        : own.BeforeTaxes is { } before ? Of(rated.BeforeTaxes!.Value, before) : NotProvable;

    private static bool NamesAll(RatingRequest request, IReadOnlyList<Tariff> reference) =>
        request.Cdr.Periods.All(period => period.TariffId is null
            || reference.Any(tariff => string.Equals(tariff.Id, period.TariffId, StringComparison.OrdinalIgnoreCase)));
}
