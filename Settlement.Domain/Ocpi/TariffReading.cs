using Settlement.Domain.Rating;

namespace Settlement.Domain.Ocpi;

/// <summary>The outcome of reading one tariff.</summary>
public abstract record TariffReading
{
    private TariffReading() { }

    public IReadOnlyList<Finding> Findings { get; init; } = [];

    public int UnknownFields { get; init; }

    public IReadOnlyList<string> UnknownFieldNames { get; init; } = [];

    public sealed record Read(Tariff Tariff) : TariffReading;

    public sealed record Unreadable(Refusal Refusal) : TariffReading;
}
