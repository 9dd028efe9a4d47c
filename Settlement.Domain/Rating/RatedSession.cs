using Settlement.Domain.Intake;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Rating;

/// <summary>What is to be rated.</summary>
/// <param name="Tariffs">In order of preference; the CDR's own first. Empty = not rateable.</param>
/// <param name="Zone">Zone of the charger; null = unknown, and never guessed.</param>
/// <param name="ReservationExpired">A CDR has no such flag; it must be told.</param>
/// <param name="Reference">
/// The CPO's own-network tariffs, against which a surcharge would show; null or empty = not provable.
/// </param>
public sealed record RatingRequest(
    Cdr Cdr,
    IReadOnlyList<Tariff> Tariffs,
    RatingPolicy Policy,
    NodaTime.DateTimeZone? Zone,
    bool ReservationExpired = false,
    IReadOnlyList<Tariff>? Reference = null);

/// <summary>A session, priced: every cent with its reason. Exact; nothing in here is rounded.</summary>
public sealed record RatedSession
{
    public required Cdr Cdr { get; init; }

    public required RatingPolicy Policy { get; init; }

    /// <summary>Empty where the session is not rateable; then a finding says why.</summary>
    public required IReadOnlyList<RatedLine> Lines { get; init; }

    /// <summary>Null where not rateable, and where prices include taxes (tariff tax_included YES).</summary>
    public required ExactAmount? BeforeTaxes { get; init; }

    /// <summary>Null where the tariff does not tell the tax.</summary>
    public required ExactAmount? AfterTaxes { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>False: no price can be told; the findings say why.</summary>
    public bool IsRateable => BeforeTaxes is not null || AfterTaxes is not null;

    /// <summary>What the periods add up to, priced or not.</summary>
    internal Measured Measured { get; init; }

    /// <summary>The same session in the CPO's own network.</summary>
    public Surcharge Surcharge { get; init; } = Surcharge.NotProvable;

    /// <summary>The line amounts include tax (tariff tax_included YES): <see cref="BeforeTaxes"/> is null.</summary>
    public bool AmountsIncludeTax => AfterTaxes is not null && BeforeTaxes is null;

    /// <summary>Which side of tax the prices are on.</summary>
    public PriceSide Side => AmountsIncludeTax ? PriceSide.AfterTax : PriceSide.BeforeTax;

    /// <summary>The price on that side; null where not rateable.</summary>
    public ExactAmount? Total => AmountsIncludeTax ? AfterTaxes : BeforeTaxes;

    /// <summary>
    /// A limit of the tariff that could not be held against the total here because it takes the tax first:
    /// after tax where the tax is unknown, before tax where prices include it.
    /// </summary>
    public PriceLimit? PendingMin { get; init; }

    public PriceLimit? PendingMax { get; init; }
}
