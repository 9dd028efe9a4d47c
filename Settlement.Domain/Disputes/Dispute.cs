using System.Collections.Immutable;
using System.Text.Json.Serialization;
using NodaTime;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Disputes;

/// <summary>How far a dispute is.</summary>
public enum DisputeState
{
    None,
    Opened,
    Acknowledged,
    EvidenceRequested,
    EvidenceProvided,
    Escalated,

    /// <summary>Credit expected for all of it.</summary>
    Upheld,

    /// <summary>Credit expected for a part; the rest is due again.</summary>
    PartlyUpheld,
    Denied,
    Withdrawn,

    /// <summary>A credit CDR took the CDR back, or our credit note was issued.</summary>
    Credited,
    Closed,
}

/// <summary>One CDR's dispute, a fold of its stream. A CDR can be disputed again after the first round ended.</summary>
public sealed record Dispute
{
    public static readonly Dispute None = new();

    public DisputeState State { get; init; }

    /// <summary>Null while nothing was disputed.</summary>
    public DisputedCdr? Cdr { get; init; }

    public string Reason { get; init; } = "";

    public string? Document { get; init; }

    public bool IsOcpi211 { get; init; }

    public long Gross { get; init; }

    public long Disputed { get; init; }

    public long Proposed { get; init; }

    /// <summary>In the account <c>disputed</c> now.</summary>
    public long Withheld { get; init; }

    /// <summary>By our own credit notes, of all rounds.</summary>
    public long Credited { get; init; }

    public ImmutableList<string> Notes { get; init; } = [];

    public ImmutableList<Evidence> Evidence { get; init; } = [];

    public LocalDate OpenedOn { get; init; }

    public LocalDate AnswerBy { get; init; }

    public string OpenedBy { get; init; } = "";

    public string DecidedBy { get; init; } = "";

    /// <summary>The last sentence somebody wrote with a step.</summary>
    public string Because { get; init; } = "";

    public string? Batch { get; init; }

    /// <summary>The steps of this round, so that a step asked again is known; not a part of what tables keep.</summary>
    [JsonIgnore]
    public ImmutableList<DisputeFact> Steps { get; init; } = [];

    /// <summary>Number of the event that opened it: a CDR taken back after it needs no credit any more.</summary>
    public long OpenedAt { get; init; }

    /// <summary>Version of the stream, for an append on top of it.</summary>
    public long Version { get; init; }

    /// <summary>Nobody decided yet.</summary>
    public bool IsUnanswered => State is DisputeState.Opened or DisputeState.Acknowledged
        or DisputeState.EvidenceRequested or DisputeState.EvidenceProvided or DisputeState.Escalated;

    /// <summary>Unanswered, or upheld and not credited.</summary>
    public bool IsRunning => IsUnanswered || State is DisputeState.Upheld or DisputeState.PartlyUpheld;

    public static string Stream(CdrKey cdr) => $"dispute/{cdr.Owner.ToString().ToLowerInvariant()}/{cdr.Folded}";

    /// <exception cref="InvalidOperationException">An unknown fact: history is wrong; stop, never skip.</exception>
    public Dispute With(DisputeFact fact, long number) => (fact switch
    {
        DisputeFact.DisputeOpened e => Open(e, number),
        DisputeFact.DisputeAcknowledged => this with { State = DisputeState.Acknowledged },
        DisputeFact.EvidenceRequested e => this with { State = DisputeState.EvidenceRequested, Because = e.Question },
        DisputeFact.EvidenceProvided e => this with
        {
            State = DisputeState.EvidenceProvided,
            Evidence = Evidence.Add(e.Evidence),
        },
        DisputeFact.DisputeEscalated e => this with { State = DisputeState.Escalated, Because = e.Because },
        DisputeFact.DisputeUpheld e => this with
        {
            State = e.Upheld < Disputed ? DisputeState.PartlyUpheld : DisputeState.Upheld,
            Withheld = Withheld - e.Returned,
            Because = e.Because,
            DecidedBy = e.By,
        },
        DisputeFact.DisputeDenied e => Returned(DisputeState.Denied, e.Returned, e.Because, e.By),
        DisputeFact.DisputeWithdrawn e => Returned(DisputeState.Withdrawn, e.Returned, e.Because, e.By),
        DisputeFact.CreditNoteIssued e => this with
        {
            State = DisputeState.Credited,
            Withheld = Withheld - e.Amount,
            Credited = Credited + e.Amount,
            Notes = Notes.Add(e.Number),
        },
        DisputeFact.DisputeClosed e => this with { State = DisputeState.Closed, Because = e.Because },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a dispute's stream."),
    }) with
    {
        Version = Version + 1,
        Steps = fact is DisputeFact.DisputeOpened ? [] : Steps.Add(fact),
    };

    /// <summary>
    /// The CDR was credited, conflicted or corrected: the ledger took back everything beside its entry, so nothing is
    /// withheld or credited by us any more (rules-money 14).
    /// </summary>
    public Dispute TakenBack() => this with
    {
        State = IsRunning ? DisputeState.Credited : State,
        Withheld = 0,
        Credited = 0,
    };

    private Dispute Open(DisputeFact.DisputeOpened e, long number) => this with
    {
        State = DisputeState.Opened,
        Cdr = e.Cdr,
        Reason = e.Reason,
        Document = e.Document,
        IsOcpi211 = e.IsOcpi211,
        Gross = e.Gross,
        Disputed = e.Disputed,
        Proposed = e.Proposed,
        Withheld = e.Disputed,
        Evidence = [e.Evidence],
        OpenedOn = e.Evidence.On,
        AnswerBy = e.AnswerBy,
        OpenedBy = e.By,
        DecidedBy = "",
        Because = "",
        Batch = e.Batch,
        OpenedAt = number,
    };

    private Dispute Returned(DisputeState state, long returned, string because, string by) => this with
    {
        State = state,
        Withheld = Withheld - returned,
        Because = because,
        DecidedBy = by,
    };
}
