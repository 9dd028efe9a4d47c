using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>What the reader cannot know from the document.</summary>
public sealed record CdrReadOptions
{
    /// <summary>Null: recognised from the document.</summary>
    public OcpiVersion? Version { get; init; }

    /// <summary>The CPO, for 2.1.1, whose CDRs do not name it.</summary>
    public PartyId? Owner { get; init; }

    /// <summary>The eMSP, for 2.1.1, and for 2.2 tokens without an owner.</summary>
    public PartyId? TokenOwner { get; init; }

    /// <summary>Tariffs read before; null = each embedded tariff is read anew.</summary>
    public TariffCache? Tariffs { get; init; }
}

/// <summary>The outcome of reading one CDR.</summary>
public abstract record CdrReading
{
    private CdrReading() { }

    /// <summary>Never holds a driver's identifier; at most <see cref="ReadingNotes.MaxFindings"/>.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>How many members no version of OCPI knows (2.3.0: these SHALL NOT cause rejection).</summary>
    public int UnknownFields { get; init; }

    /// <summary>Their first few names.</summary>
    public IReadOnlyList<string> UnknownFieldNames { get; init; } = [];

    /// <summary>Well-formed enough to be settled, or held under its key.</summary>
    public sealed record Read(Cdr Cdr, PersonalData Personal) : CdrReading;

    /// <summary>Kept whole by the caller, with what could be told.</summary>
    public sealed record Unreadable(
        Refusal Refusal, PartyId? Owner, PartyId? TokenOwner, string? Id) : CdrReading;
}
