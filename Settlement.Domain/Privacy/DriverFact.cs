using NodaTime;

namespace Settlement.Domain.Privacy;

/// <summary>
/// Facts of the reserved tenant <c>@admin</c>, streams <c>driver/{relationship}/{pseudonym}</c>. They name a driver by
/// pseudonym only, and they stand apart from the relationship's log, which an erasure does not touch.
/// </summary>
public abstract record DriverFact : Fact
{
    private DriverFact() { }

    /// <summary>The key is destroyed: what was sealed under it is unreadable for good.</summary>
    public sealed record DriverErased(string Relationship, string Driver, Instant At) : DriverFact;

    /// <summary>The law asks to keep the data for now.</summary>
    /// <param name="Reason">A case or a letter; nothing about the person.</param>
    public sealed record LegalHoldSet(string Relationship, string Driver, string Reason, Instant At) : DriverFact;

    public sealed record LegalHoldLifted(string Relationship, string Driver, Instant At) : DriverFact;
}

/// <summary>Who was erased, and whose data the law asks to keep.</summary>
public sealed record DriverRecord
{
    public static readonly DriverRecord None = new();

    public Instant? Erased { get; init; }

    public string? HeldBecause { get; init; }

    public static DriverRecord Of(IEnumerable<DriverFact> facts) => facts.Aggregate(None, (record, fact) => fact switch
    {
        DriverFact.DriverErased e => record with { Erased = e.At },
        DriverFact.LegalHoldSet e => record with { HeldBecause = e.Reason },
        DriverFact.LegalHoldLifted => record with { HeldBecause = null },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact about a driver."),
    });

    /// <summary>Why the key may not be destroyed now; null = it may.</summary>
    /// <param name="openDisputes">CDRs of the driver with money withheld.</param>
    public Refusal? Refuse(string driver, long openDisputes) =>
        HeldBecause is { } reason ? new Refusal(
            "driver.legal-hold", $"{driver} is kept for now: {reason}. Lift the hold first: erase {driver} --lift.")
        : openDisputes > 0 ? new Refusal(
            "driver.open-dispute",
            $"{openDisputes} CDRs of {driver} are in dispute; the data may be needed to settle them. Erase afterwards.")
        : null;
}
