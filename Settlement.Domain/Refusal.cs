namespace Settlement.Domain;

/// <summary>An expected no: a stable code for programs and one sentence for people.</summary>
/// <param name="Code">Stable, <c>noun.reason</c>; listed in ops/refusals.md.</param>
/// <param name="Message">Where, what, both numbers, and what to do about it. Never a driver's identifier.</param>
public sealed record Refusal(string Code, string Message)
{
    public override string ToString() => $"{Message} ({Code})";
}

/// <summary>Something found while reading, rating or taxing that a person may need to know.</summary>
/// <param name="Code">Stable, <c>noun.reason</c>.</param>
/// <param name="Pointer">JSON pointer (RFC 6901) into the document it was found in; empty for the whole.</param>
/// <param name="Detail">One sentence with the numbers. Never a driver's identifier.</param>
public sealed record Finding(string Code, string Pointer, string Detail);

/// <summary>Decisions in words.</summary>
public static class Decision
{
    /// <summary>It was already so.</summary>
    public static Decision<TFact> Nothing<TFact>() => new Decision<TFact>.Accepted([]);
}

/// <summary>The answer of a decision: the facts that follow, or one refusal.</summary>
public abstract record Decision<TFact>
{
    private Decision() { }

    public static implicit operator Decision<TFact>(TFact fact) => new Accepted([fact]);

    public static implicit operator Decision<TFact>(Refusal refusal) => new Refused(refusal);

    /// <summary>Yes. No facts means that it was already so.</summary>
    public sealed record Accepted(IReadOnlyList<TFact> Facts) : Decision<TFact>;

    public sealed record Refused(Refusal Refusal) : Decision<TFact>;
}

/// <summary>A fact that happened and was recorded: the base of every event's payload.</summary>
/// <remarks>
/// Payloads hold only strings, numbers, booleans, lists and records, so that any JSON reader can read them.
/// </remarks>
public abstract record Fact;
