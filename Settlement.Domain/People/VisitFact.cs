using NodaTime;

namespace Settlement.Domain.People;

/// <summary>
/// Facts of the reserved tenant <c>@access</c>: what somebody with an account read, or tried and was refused. Never what
/// was in it. Apart from <c>@admin</c>, which is read whole to know who may do what.
/// </summary>
public abstract record VisitFact : Fact
{
    private VisitFact() { }

    /// <summary>The account.</summary>
    public abstract string Name { get; init; }

    /// <param name="What">Method and address, or the verb.</param>
    /// <param name="Code">Of the refusal.</param>
    /// <param name="Address">Of the network; null: on the command line.</param>
    public sealed record AttemptRefused(
        string Name, string What, string Code, string? Address, Instant At) : VisitFact;

    /// <summary>A report, a statement, a CDR's explanation or a file was given out.</summary>
    public sealed record DocumentRead(string Name, string What, string? Address, Instant At) : VisitFact;
}
