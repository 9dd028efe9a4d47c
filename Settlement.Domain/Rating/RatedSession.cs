using Settlement.Domain.Intake;

namespace Settlement.Domain.Rating;

/// <summary>What is to be rated.</summary>
/// <param name="Tariffs">In order of preference; the CDR's own first. Empty = not rateable.</param>
/// <param name="Zone">Zone of the charger; null = unknown, and never guessed.</param>
/// <param name="ReservationExpired">A CDR has no such flag; it must be told.</param>
public sealed record RatingRequest(
    Cdr Cdr,
    IReadOnlyList<Tariff> Tariffs,
    RatingPolicy Policy,
    NodaTime.DateTimeZone? Zone,
    bool ReservationExpired = false);

/// <summary>A session, priced: every cent with its reason. Exact; nothing in here is rounded.</summary>
public sealed record RatedSession
{
    public required Cdr Cdr { get; init; }

    public required RatingPolicy Policy { get; init; }

    /// <summary>Empty where the session is not rateable; then a finding says why.</summary>
    public required IReadOnlyList<RatedLine> Lines { get; init; }

    /// <summary>Null where not rateable, and where prices include taxes the tariff does not name.</summary>
    public required ExactAmount? BeforeTaxes { get; init; }

    /// <summary>Null where the tariff does not tell the tax.</summary>
    public required ExactAmount? AfterTaxes { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>False: no price can be told; the findings say why.</summary>
    public bool IsRateable => BeforeTaxes is not null || AfterTaxes is not null;
}

/// <summary>One priced line.</summary>
/// <param name="Phase">CHARGING or RESERVATION.</param>
/// <param name="Period">Index of the charging period whose component this is (the last one for a step).</param>
/// <param name="Element">Index of the tariff element; -1 for a min/max price adjustment.</param>
/// <param name="Component">Index of the component in its element; -1 for an adjustment.</param>
/// <param name="Quantity">As measured: kWh, whole seconds, or 1 for FLAT.</param>
/// <param name="BilledQuantity">After step_size.</param>
/// <param name="Unit">kWh, s or session.</param>
/// <param name="Price">Per kWh, per hour or once.</param>
/// <param name="Amount">BilledQuantity × Price, exact; before taxes, or after where the tariff includes them.</param>
/// <param name="VatPercent">Null: the tariff does not say.</param>
/// <param name="Because">The rule in words: which element, why it matched, which step.</param>
public sealed record RatedLine(
    Dimension Dimension,
    string Phase,
    int Period,
    string TariffId,
    int Element,
    int Component,
    decimal Quantity,
    decimal BilledQuantity,
    string Unit,
    decimal Price,
    ExactAmount Amount,
    decimal? VatPercent,
    string Because);
