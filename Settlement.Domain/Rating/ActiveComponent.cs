namespace Settlement.Domain.Rating;

/// <summary>A price component in its tariff and element, with what it takes for it to be active.</summary>
internal sealed class ActiveComponent
{
    public required Dimension Dimension { get; init; }

    public required string TariffId { get; init; }

    public required int Element { get; init; }

    public required int Component { get; init; }

    public required decimal Price { get; init; }

    public required int StepSize { get; init; }

    public required decimal? VatPercent { get; init; }

    public TaxIncluded TaxIncluded { get; init; }

    public ElementCondition Condition { get; init; } = ElementCondition.Always;

    /// <summary>Another component of the same dimension stands after it in the same element.</summary>
    public bool IsDuplicated { get; init; }

    /// <summary>Prices of time are per hour and multiply whole seconds: exact over 3600.</summary>
    public long Denominator => Dimension is Dimension.TIME or Dimension.PARKING_TIME ? 3600 : 1;

    public bool PricesLike(ActiveComponent? other) =>
        other is not null && Price == other.Price && VatPercent == other.VatPercent;
}
