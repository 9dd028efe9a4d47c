namespace Settlement.Domain.Rating;

/// <summary>A line before step_size: what one period has of one dimension, and the component that prices it.</summary>
internal struct DraftLine
{
    public ActiveComponent Component;
    public int Slice;
    public bool Reserves;

    /// <summary>kWh, seconds, or 1.</summary>
    public decimal Quantity;
    public decimal Billed;
}
