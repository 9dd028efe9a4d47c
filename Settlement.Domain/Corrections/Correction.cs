using System.Collections.Immutable;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Corrections;

/// <summary>How far a correction is.</summary>
public enum CorrectionState
{
    Proposed,

    /// <summary>Two people other than the proposer approved it.</summary>
    Approved,

    /// <summary>Some of its pages are posted: apply goes on with the next.</summary>
    Posting,
    Applied,
    Withdrawn,
}

/// <summary>One correction, a fold of its stream, and the decisions on it. Pure.</summary>
public sealed record Correction(CorrectionFact.CorrectionProposed Proposed)
{
    /// <summary>Most CDRs that are proposed, shown and posted together.</summary>
    public const int PageSize = 1000;

    public ImmutableList<string> Approvals { get; init; } = [];

    /// <summary>The pages that are posted, in order.</summary>
    public ImmutableList<CorrectionFact.CorrectionPagePosted> Posted { get; init; } = [];

    public CorrectionFact.CorrectionApplied? Applied { get; init; }

    public IReadOnlyList<LeftOutCdr> LeftOut => [.. Posted.SelectMany(page => page.LeftOut), .. Applied?.LeftOut ?? []];

    public CorrectionFact.CorrectionWithdrawn? Withdrawn { get; init; }

    /// <summary>Version of the stream, for an append on top of it.</summary>
    public long Version { get; init; } = 1;

    public CorrectionState State => this switch
    {
        { Applied: not null } => CorrectionState.Applied,
        { Withdrawn: not null } => CorrectionState.Withdrawn,
        { Posted.IsEmpty: false } => CorrectionState.Posting,
        { Approvals.Count: >= 2 } => CorrectionState.Approved,
        _ => CorrectionState.Proposed,
    };

    public static Correction Evolve(Correction? state, CorrectionFact fact) => (state, fact) switch
    {
        (null, CorrectionFact.CorrectionProposed e) => new Correction(e),
        ({ } s, CorrectionFact.CorrectionApproved e) => s with { Approvals = s.Approvals.Add(e.By), Version = s.Version + 1 },
        ({ } s, CorrectionFact.CorrectionPagePosted e) => s with { Posted = s.Posted.Add(e), Version = s.Version + 1 },
        ({ } s, CorrectionFact.CorrectionApplied e) => s with { Applied = e, Version = s.Version + 1 },
        ({ } s, CorrectionFact.CorrectionWithdrawn e) => s with { Withdrawn = e, Version = s.Version + 1 },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} does not follow here."),
    };

    /// <summary>How many amounts it changes; a change of nothing is no correction.</summary>
    public static Decision<CorrectionFact> Propose(
        string id, string cause, CorrectionSelection selection, IReadOnlyList<CorrectedCdr> cdrs, string digest, string by) =>
        selection.IsEmpty ? new Refusal("correction.everything", "Say which CDRs: month, CPO, place, tariff, tax rule or ids.")
        : cause.Trim().Length == 0 ? new Refusal("reason.missing", "Say what was wrong: it goes on the next statement.")
        : cdrs.Count == 0 ? new Refusal("correction.nothing", "Nothing would change: there is nothing to correct.")
        : new CorrectionFact.CorrectionProposed(id, cause.Trim(), selection, cdrs, digest, by);

    public Decision<CorrectionFact> Approve(string by) => State switch
    {
        _ when Approvals.Contains(by) => Decision.Nothing<CorrectionFact>(), // said again: it counts once
        CorrectionState.Applied or CorrectionState.Withdrawn => new Refusal(
            "correction.closed", $"{Proposed.Id} is {State.ToString().ToLowerInvariant()} already."),
        _ when by == Proposed.By => new Refusal("user.same-person", $"{by} proposed {Proposed.Id}; two other people must approve it."),
        CorrectionState.Approved or CorrectionState.Posting => Decision.Nothing<CorrectionFact>(),
        _ => new CorrectionFact.CorrectionApproved(Proposed.Id, Proposed.Digest, by),
    };

    /// <summary>Null = it may be applied.</summary>
    public Refusal? NotApplicable() => State switch
    {
        CorrectionState.Approved or CorrectionState.Posting or CorrectionState.Applied => null,
        CorrectionState.Withdrawn => new("correction.closed", $"{Proposed.Id} was withdrawn: {Withdrawn!.Reason}"),
        _ => new("correction.not-approved",
            $"{Proposed.Id} has {Approvals.Count} of 2 approvals by people other than {Proposed.By}."),
    };

    public Decision<CorrectionFact> Withdraw(string reason, string by) =>
        Withdrawn is { } known && known.Reason == reason.Trim() && known.By == by ? Decision.Nothing<CorrectionFact>()
        : State is CorrectionState.Applied or CorrectionState.Withdrawn
            ? new Refusal("correction.closed", $"{Proposed.Id} is {State.ToString().ToLowerInvariant()} already.")
            : State is CorrectionState.Posting ? new Refusal(
                "correction.begun", $"{Posted.Count} pages of {Proposed.Id} are posted already; apply it to the end.")
            : reason.Trim().Length == 0 ? new Refusal("reason.missing", "Say why it is withdrawn.")
            : new CorrectionFact.CorrectionWithdrawn(Proposed.Id, reason.Trim(), by);
}

/// <summary>A posted CDR settled again under what is known now (rules-money 27). Pure.</summary>
public static class CorrectCdr
{
    /// <summary>
    /// The two facts of a correction, or why the CDR is left as it is. Null and null: nothing would change.
    /// What a person released stays released at that amount.
    /// </summary>
    public static (IReadOnlyList<CdrFact>? Facts, Refusal? LeftOut) Decide(
        CdrState state, Terms terms, string correction, string cause)
    {
        if (state is not { Standing: { } before, Counting: { } received })
        {
            return (null, new("correction.not-posted", "Nothing is posted under it now."));
        }

        var (after, refusal) = Again(received, terms, before.Release);
        return after is null ? (null, refusal)
            : !Differ(before, after.Settled) ? (null, null)
            : ([
                new CdrFact.CdrReversed(before.Cdr, before, correction, cause),
                after with { Settled = after.Settled with { Cause = cause } },
            ], null);
    }

    /// <summary>Whether anything that is posted or reported of it is not the same.</summary>
    public static bool Differ(SettledCdr one, SettledCdr other) =>
        one.Net != other.Net || one.Tax != other.Tax || one.Due != other.Due || one.Place != other.Place
        || one.TaxDate != other.TaxDate || one.OwedBy != other.OwedBy || one.OwedTo != other.OwedTo
        || !one.Charges.SequenceEqual(other.Charges)
        || !one.Taxes.Select(Posted).SequenceEqual(other.Taxes.Select(Posted));

    /// <summary>What is not the same, in words.</summary>
    public static string What(SettledCdr one, SettledCdr other) => string.Join(", ", new[]
    {
        one.Net != other.Net || !one.Charges.SequenceEqual(other.Charges) ? "price" : null,
        one.Tax != other.Tax ? "tax" : null,
        Any(one, other, tax => tax.Rule) ? "tax rule" : null,
        Any(one, other, tax => $"{tax.Disposition}") ? "charged or exempt" : null,
        Any(one, other, tax => $"{tax.Recoverable}") ? "recoverable or not" : null,
        Any(one, other, tax => $"{tax.Registration} {tax.Certificate}") ? "registration" : null,
        one.Place != other.Place ? "place" : null,
        one.TaxDate != other.TaxDate ? "tax date" : null,
        one.OwedBy != other.OwedBy || one.OwedTo != other.OwedTo ? "parties" : null,
    }.OfType<string>()) is { Length: > 0 } words ? words : "tax lines";

    private static bool Any(SettledCdr one, SettledCdr other, Func<PostedTax, string> part) =>
        !one.Taxes.Select(part).SequenceEqual(other.Taxes.Select(part), StringComparer.Ordinal);

    private static PostedTax Posted(PostedTax tax) => tax with { Reason = "" }; // words are no difference

    private static (CdrFact.CdrRated?, Refusal?) Again(CdrFact.CdrReceived received, Terms terms, CdrRelease? release)
    {
        if (release is not null)
        {
            return CdrRelease.Settle(received, terms, release);
        }

        return CdrSettlement.Settle(received, terms) switch
        {
            CdrFact.CdrRated rated => (rated, null),
            CdrFact.CdrHeld held => (null, new(held.Reasons[0].Code, $"It would be held now: {held.Reasons[0].Detail}")),
            _ => throw new InvalidOperationException("A CDR is settled or held."),
        };
    }
}
