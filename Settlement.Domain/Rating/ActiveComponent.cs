namespace Settlement.Domain.Rating;

/// <summary>A price component in its tariff and element, with what it takes for it to be active.</summary>
internal sealed class ActiveComponent
{
    private string? reason;

    public required Dimension Dimension
    {
        get;
        init
        {
            field = value;
            Denominator = value is Dimension.TIME or Dimension.PARKING_TIME ? 3600 : 1;
        }
    }

    public required string TariffId { get; init; }

    public required int Element { get; init; }

    public required int Component { get; init; }

    public required decimal Price { get; init; }

    public required int StepSize { get; init; }

    public required decimal? VatPercent
    {
        get;
        init
        {
            field = value;
            VatKey = value is not { } percent ? -1
                : Exact.TryDigits(Exact.Shortest(percent), out var digits, out var scale) && digits is >= 0 and < 1L << 50
                    ? digits << 8 | (long)scale
                : -2;
        }
    }

    /// <summary>Equal for equal percentages; -1 not stated, -2 too long to tell by this.</summary>
    public long VatKey { get; private init; } = -1;

    public TaxIncluded TaxIncluded { get; init; }

    public ElementCondition Condition { get; init; } = ElementCondition.Always;

    /// <summary>Another component of the same dimension stands after it in the same element.</summary>
    public bool IsDuplicated { get; init; }

    /// <summary>Prices of time are per hour and multiply whole seconds: exact over 3600.</summary>
    public long Denominator { get; private init; } = 1;

    /// <summary>Why it applies, in words: made once, said on every line.</summary>
    public string Reason => reason ??= LineReason.Why(this);

    public bool PricesLike(ActiveComponent? other) =>
        other is not null && Price == other.Price && VatPercent == other.VatPercent;
}
