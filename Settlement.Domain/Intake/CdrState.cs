using System.Collections.Immutable;

namespace Settlement.Domain.Intake;

/// <summary>What decisions need to know of a CDR's stream.</summary>
public sealed record CdrState
{
    public static readonly CdrState Absent = new();

    /// <summary>The content that came first; null while only its credit is known.</summary>
    public CdrFact.CdrReceived? Received { get; init; }

    /// <summary>What is posted under this id; stays known after a credit or conflict took it back.</summary>
    public SettledCdr? Posted { get; init; }

    public CdrFact.CdrHeld? Held { get; init; }

    /// <summary>A credit CDR that came before this, its original.</summary>
    public CdrFact.CreditAwaited? Awaited { get; init; }

    public string? CreditedBy { get; init; }

    /// <summary>What this credit took back; null while it is none, or has no effect.</summary>
    public CdrFact.CreditPosted? Effect { get; init; }

    public bool InConflict { get; init; }

    /// <summary>In conflict, and what stands under it stays until a person decides, because it was issued.</summary>
    public bool IsIssued { get; init; }

    /// <summary>A person said that its session is not the one of another CDR.</summary>
    public bool IsOwnSession { get; init; }

    /// <summary>A person gave up on it.</summary>
    public bool IsRejected { get; init; }

    /// <summary>A release on evidence that waits for a second person.</summary>
    public CdrRelease? Proposal { get; init; }

    /// <summary>Evidence of every proposal that there ever was.</summary>
    public ImmutableHashSet<ReleaseEvidence> ProposedEvidence { get; init; } = [];

    /// <summary>Every other content that came under this id.</summary>
    public ImmutableList<CdrFact.CdrReceived> Others { get; init; } = [];

    /// <summary>Digest of the content a person chose; null while the first one counts.</summary>
    public string? Chosen { get; init; }

    /// <summary>The content that counts: the chosen one, else the first.</summary>
    public CdrFact.CdrReceived? Counting => Chosen is null || Chosen == Received?.Digest
        ? Received
        : Others.Find(other => other.Digest == Chosen);

    /// <summary>Digest of every content that came under this id.</summary>
    public ImmutableHashSet<string> Digests { get; init; } = [];

    /// <summary>Names of the corrections that were applied to it.</summary>
    public ImmutableHashSet<string> Corrections { get; init; } = [];

    /// <summary>The version of the stream, for an append on top of it.</summary>
    public long Version { get; init; }

    /// <summary>The amounts that count in the ledger now.</summary>
    public SettledCdr? Standing => (InConflict && !IsIssued) || CreditedBy is not null ? null : Posted;

    /// <summary>Waits for an answer that could still make it owed.</summary>
    public bool IsOpen => Held is not null && !InConflict && CreditedBy is null;

    /// <exception cref="InvalidOperationException">An unknown fact: history is wrong; stop, never skip.</exception>
    public static CdrState Evolve(CdrState state, CdrFact fact) => (fact switch
    {
        CdrFact.CdrReceived e => state with { Received = e, Digests = state.Digests.Add(e.Digest) },
        CdrFact.CdrRated e => state with { Posted = e.Settled, Held = null },
        CdrFact.CdrHeld e => state with { Held = e },
        CdrFact.CdrConflicted e => state with
        {
            InConflict = true,
            IsIssued = state.InConflict ? state.IsIssued : e.IsIssued,
            IsRejected = false, // new content is a new question
            Digests = state.Digests.Add(e.Other.Digest),
            Others = state.Others.Add(e.Other),
        },
        CdrFact.CdrRemarked e => (e.Counts ? Counted(state, e.Content) : state) with
        {
            Digests = state.Digests.Add(e.Content.Digest),
        },
        CdrFact.CreditAwaited e => state with { Awaited = e },
        CdrFact.CdrCredited e => state with { CreditedBy = e.CreditId },
        CdrFact.CdrUncredited e => state with
        {
            CreditedBy = null,
            Awaited = null,
            Posted = e.Due is null ? null : state.Posted,
        },
        CdrFact.CreditPosted e => state with { Held = null, Effect = e },
        CdrFact.CreditTakenBack => state with { Effect = null },
        CdrFact.ReleaseProposed { Release.Evidence: { } evidence } =>
            state with { ProposedEvidence = state.ProposedEvidence.Add(evidence) },
        CdrFact.ReleaseProposed => state,
        CdrFact.CdrRejected => state with { Held = null, IsRejected = true, InConflict = false, Posted = null },
        CdrFact.CdrReopened => state with { IsRejected = false },
        CdrFact.ContentChosen { Stays: true } e => state with { InConflict = false, IsIssued = false, Chosen = e.Digest },
        CdrFact.ContentChosen e => state with
        {
            InConflict = false,
            IsIssued = false,
            Chosen = e.Digest,
            Posted = null,
            Held = null,
        },
        CdrFact.SessionSeparated => state with { IsOwnSession = true },
        CdrFact.CdrReversed e => state with { Posted = null, Corrections = state.Corrections.Add(e.Correction) },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a CDR's stream."),
    }) with
    {
        Version = state.Version + 1,
        Proposal = (fact as CdrFact.ReleaseProposed)?.Release,
    };

    // in the place of the content that counted
    private static CdrState Counted(CdrState state, CdrFact.CdrReceived content) =>
        state.Counting is { } counting && counting != state.Received
            ? state with { Others = state.Others.Replace(counting, content), Chosen = content.Digest }
            : state with { Received = content, Chosen = state.Chosen is null ? null : content.Digest };

    public static CdrState Of(IEnumerable<CdrFact> facts) => facts.Aggregate(Absent, Evolve);
}
