using System.Globalization;

namespace Settlement.Domain.Rating;

/// <summary>One priced line: what one period has of one dimension, priced by the component active at its start.</summary>
public sealed record RatedLine
{
    private readonly ActiveComponent component;
    private readonly bool reserves;
    private string? because;

    internal RatedLine(ActiveComponent component, bool reserves, int period, decimal quantity)
    {
        this.component = component;
        this.reserves = reserves;
        Period = period;
        Quantity = quantity;
        BilledQuantity = quantity;
        Amount = new(Exact.Multiply(quantity, component.Price), component.Denominator);
    }

    /// <summary>For lines that no rating made: an adjustment to a price limit, or an example.</summary>
    public RatedLine(
        Dimension dimension, string phase, int period, string tariffId, int element, int componentIndex,
        decimal quantity, decimal billedQuantity, string unit, decimal price, ExactAmount amount, decimal? vatPercent,
        string because)
        : this(
            new ActiveComponent
            {
                Dimension = dimension,
                TariffId = tariffId,
                Element = element,
                Component = componentIndex,
                Price = price,
                StepSize = 0,
                VatPercent = vatPercent,
            },
            phase == "RESERVATION", period, quantity)
    {
        BilledQuantity = billedQuantity;
        Amount = amount;
        this.because = because;
        if (unit != Unit)
        {
            throw new ArgumentException($"{dimension} is measured in {Unit}.", nameof(unit));
        }
    }

    public Dimension Dimension => component.Dimension;

    /// <summary>CHARGING or RESERVATION.</summary>
    public string Phase => reserves ? "RESERVATION" : "CHARGING";

    /// <summary>A price of the reservation phase.</summary>
    public bool IsReservation => reserves;

    /// <summary>Index of the charging period whose component this is; -1 for a min/max price adjustment.</summary>
    public int Period { get; }

    public string TariffId => component.TariffId;

    /// <summary>Index of the tariff element; -1 for a min/max price adjustment.</summary>
    public int Element => component.Element;

    /// <summary>Index of the component in its element; -1 for an adjustment.</summary>
    public int Component => component.Component;

    /// <summary>A difference to a price limit, not a price of something used.</summary>
    public bool IsAdjustment => component.Element < 0;

    /// <summary>As measured: kWh, whole seconds, or 1 for FLAT.</summary>
    public decimal Quantity { get; }

    /// <summary>After step_size; what a rounding adds stands on the last priced line of its dimension.</summary>
    public decimal BilledQuantity { get; private set; }

    /// <summary>kWh, s or session.</summary>
    public string Unit => component.Dimension switch
    {
        Dimension.ENERGY => "kWh",
        Dimension.TIME or Dimension.PARKING_TIME => "s",
        _ => "session",
    };

    /// <summary>Per kWh, per hour or once; of an adjustment: the limit.</summary>
    public decimal Price => component.Price;

    public int StepSize => component.StepSize;

    /// <summary>BilledQuantity × Price, exact; before taxes, or after where the tariff includes them.</summary>
    public ExactAmount Amount { get; private set; }

    /// <summary>Null: the tariff does not say.</summary>
    public decimal? VatPercent => component.VatPercent;

    /// <summary>The rule in words: which element, why it matched, which step.</summary>
    public string Because => because ??= LineReason.Of(this, component);

    internal ActiveComponent ActiveComponent => component;

    /// <summary>What step_size adds, while the session is still being rated.</summary>
    internal void Round(decimal added)
    {
        BilledQuantity = Exact.Add(BilledQuantity, added);
        Amount = new(Exact.Multiply(BilledQuantity, component.Price), component.Denominator);
    }

    public bool Equals(RatedLine? other) => other is not null
        && (Dimension, Phase, Period, TariffId, Element, Component) ==
            (other.Dimension, other.Phase, other.Period, other.TariffId, other.Element, other.Component)
        && (Quantity, BilledQuantity, Price, Amount, VatPercent) ==
            (other.Quantity, other.BilledQuantity, other.Price, other.Amount, other.VatPercent);

    public override int GetHashCode() => HashCode.Combine(Dimension, Period, Element, Component, BilledQuantity);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Phase} {Dimension} period {Period}: {BilledQuantity} {Unit} × {Price} = {Amount}");
}
