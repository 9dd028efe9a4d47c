namespace Settlement.Domain.Intake;

/// <summary>
/// A person's decisions on a CDR that is received and not owed. Pure. Each answers with the facts of its stream, or
/// says why not; what the reason to hold does not allow is refused (rules-money 9, 13).
/// </summary>
public static class DecideHeldCdr
{
    /// <summary>It is owed at the amount a person names: priced and taxed under the facts known now.</summary>
    /// <param name="known">Reasons to hold it that only the log knows.</param>
    public static Decision<CdrFact> Release(
        CdrState state, Terms terms, CdrRelease release, params IReadOnlyList<Finding> known)
    {
        if (state.Standing?.Release is { } stored && stored == release with { Reason = release.Reason.Trim() })
        {
            return Decision.Nothing<CdrFact>(); // said again
        }

        if ((NotOpen(state) ?? MissingReason(release.Reason)) is { } refusal)
        {
            return refusal;
        }

        if (state.Counting is not { Cdr.Credit: false } received)
        {
            return new Refusal("release.credit",
                "A credit reverses what its original posted and nothing else; no amount can be named for it.");
        }

        var (rated, no) = CdrRelease.Settle(received, terms, release with { Reason = release.Reason.Trim() }, known);
        return rated is null ? no! : rated;
    }

    /// <summary>It shall be owed at an amount that rests on evidence; somebody else must approve that.</summary>
    public static Decision<CdrFact> Propose(
        CdrState state, Terms terms, CdrRelease release, params IReadOnlyList<Finding> known)
    {
        var asked = release with { Reason = release.Reason.Trim(), ApprovedBy = null };
        return state.Proposal == asked ? Decision.Nothing<CdrFact>()
            : Release(state, terms, asked, known) is Decision<CdrFact>.Refused refused ? refused
            : new CdrFact.ReleaseProposed(Heading(state), asked);
    }

    /// <summary>A second person stands for it: it is owed, under the facts known now.</summary>
    /// <param name="amount">What they read and approve; null where they name the version of the CDR instead.</param>
    /// <param name="isOfVersion">They named the version that they read, and it is this one.</param>
    public static Decision<CdrFact> Approve(
        CdrState state, Terms terms, decimal? amount, string by, bool isOfVersion, params IReadOnlyList<Finding> known) =>
        state.Standing?.Release is { ApprovedBy: { } approver } done && (amount ?? done.Amount) == done.Amount
            && string.Equals(approver, by, StringComparison.OrdinalIgnoreCase) ? Decision.Nothing<CdrFact>() // said again
        : state.Proposal is not { } asked
            ? NotOpen(state) ?? new Refusal("release.not-proposed", "Nobody proposed to release it on evidence.")
        : amount is { } read && read != asked.Amount
            ? new Refusal("release.other-amount",
                $"{asked.By} proposes {CdrRelease.Text(asked.Amount)} {Heading(state).Currency}; the approval names "
                + $"{CdrRelease.Text(read)} {Heading(state).Currency}. Read the proposal again before you approve it.")
        : state.ProposedEvidence.Count > 1 && !isOfVersion
            ? new Refusal("release.evidence-replaced",
                $"It was proposed on other evidence before; {asked.By} now proposes it on {asked.Evidence}. Read the proposal again "
                + $"and approve version {state.Version} of the CDR.")
        : string.Equals(asked.By, by, StringComparison.OrdinalIgnoreCase)
            ? new Refusal("user.same-person", $"{by} proposed this; somebody else must approve it.")
        : Release(state, terms, asked with { ApprovedBy = by }, known);

    /// <summary>A person gives up on it. Another content under the same id, or a second look, can bring it back.</summary>
    public static Decision<CdrFact> Reject(CdrState state, string reason, string by)
    {
        if (state.IsRejected)
        {
            return Decision.Nothing<CdrFact>();
        }

        if (((state.InConflict ? null : NotOpen(state)) ?? MissingReason(reason)) is { } refusal)
        {
            return refusal;
        }

        if (state.IsIssued)
        {
            return new Refusal("reject.issued",
                "What stands under it was issued; choose the content that counts, or let the CPO send a credit CDR.");
        }

        if (!state.InConflict && !HoldAnswers.MayReject(state.Held!.Reasons[0].Code))
        {
            return new Refusal("reject.credit-waits",
                $"{state.Held.Cdr.Id} takes effect with its original and changes nothing until then; when the original "
                + "comes both are closed.");
        }

        return new CdrFact.CdrRejected(Heading(state), reason.Trim(), by);
    }

    /// <summary>That content was chosen already, and counts.</summary>
    public static bool IsChosen(CdrState state, string digest) =>
        state is { InConflict: false, Others.Count: > 0, Counting.Digest: { } counting } && Names(digest, counting);

    /// <summary>The content that a digest, or its first characters, names; or why a person cannot choose it.</summary>
    public static (CdrFact.CdrReceived? Chosen, Refusal? Refusal) Named(CdrState state, string digest)
    {
        if (!state.InConflict)
        {
            return (null, new("choice.none", "It is not in conflict: there is nothing to choose."));
        }

        var contents = Contents(state);
        return contents.Where(each => Names(digest, each.Digest)).ToList() is [var chosen]
            ? (chosen, null)
            : (null, new("choice.unknown",
                $"'{digest}' names none, or more than one, of the {contents.Count} contents: "
                + string.Join(", ", contents.Select(each => each.Digest[..12])) + "."));
    }

    /// <summary>
    /// One of the contents under one id counts from here on, as if it had come alone; the others stay kept.
    /// </summary>
    /// <remarks>
    /// Where the standing content was issued, its choice changes nothing; with another one what was issued is taken back
    /// and the difference goes out with the next statement.
    /// </remarks>
    /// <param name="original">State of the original, where a credit is chosen.</param>
    public static (CdrDecision? Decision, Refusal? Refusal) Choose(
        CdrState state, CdrFact.CdrReceived chosen, Terms terms, CdrState original, string reason, string by,
        params IReadOnlyList<Finding> known)
    {
        if (MissingReason(reason) is { } refusal)
        {
            return (null, refusal);
        }

        var choice = new CdrFact.ContentChosen(chosen.Heading, chosen.Digest, reason.Trim(), by)
        {
            Stays = state.IsIssued && chosen.Digest == state.Counting!.Digest,
        };
        if (choice.Stays)
        {
            return (CdrDecision.Alone(choice), null);
        }

        if (state is { IsIssued: true } and ({ CreditedBy: not null } or { Effect: not null }))
        {
            return (null, new("choice.credited",
                "What was issued was credited, or is a credit: only the content that stands can be chosen; for another "
                + "amount the CPO sends a CDR of its own."));
        }

        IReadOnlyList<CdrFact> first = state is { IsIssued: true, Posted: { } issued }
            ? [new CdrFact.CdrReversed(issued.Cdr, issued, $"choice {chosen.Digest[..12]}", reason.Trim()), choice]
            : [choice];
        return (
            chosen.Cdr.Credit
                ? new ReceiveCdr(chosen, original, terms).Credit(first)
                : CdrDecision.Alone([.. first, CdrSettlement.Settle(chosen, terms, known)]),
            null);
    }

    /// <summary>It is owed beside the CDR that it was held for: a person knows that these are two sessions.</summary>
    /// <param name="holder">The CDR whose session it seemed to be; null = it is held for none.</param>
    public static Decision<CdrFact> Separate(
        CdrState state, Terms terms, CdrKey? holder, string reason, string by, params IReadOnlyList<Finding> known)
    {
        if ((NotOpen(state) ?? MissingReason(reason)) is { } refusal)
        {
            return refusal;
        }

        if (holder is not { } other || state.Counting is not { Cdr.Credit: false } received)
        {
            return new Refusal("session.not-second", "It is not held as the second CDR of a session.");
        }

        return new Decision<CdrFact>.Accepted(
        [
            new CdrFact.SessionSeparated(received.Heading, other.ToString(), reason.Trim(), by),
            CdrSettlement.Settle(received, terms, known),
        ]);
    }

    /// <summary>A rejected CDR is put in question again and settled if it can be now.</summary>
    /// <param name="original">State of the original, for a credit.</param>
    public static (CdrDecision? Decision, Refusal? Refusal) LookAgain(
        CdrState state, Terms terms, CdrState original, string reason, string by, params IReadOnlyList<Finding> known)
    {
        if (!state.IsRejected)
        {
            return (null, new("cdr.not-rejected", "It was not rejected: a held CDR is re-evaluated automatically."));
        }

        if (MissingReason(reason) is { } refusal)
        {
            return (null, refusal);
        }

        var received = state.Counting!;
        var reopened = new CdrFact.CdrReopened(received.Heading, reason.Trim(), by);
        return (
            received.Cdr.Credit
                ? new ReceiveCdr(received, original, terms).Credit([reopened])
                : CdrDecision.Alone(reopened, CdrSettlement.Settle(received, terms, known)),
            null);
    }

    /// <summary>Every content that came under the id, the first one first.</summary>
    public static IReadOnlyList<CdrFact.CdrReceived> Contents(CdrState state) =>
        state.Received is { } first ? [first, .. state.Others] : [];

    private static bool Names(string prefix, string digest) =>
        prefix.Length >= 6 && digest.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    private static CdrHeading Heading(CdrState state) => state.Held?.Cdr ?? state.Counting!.Heading;

    private static Refusal? NotOpen(CdrState state) => state switch
    {
        { InConflict: true } => new("cdr.in-conflict", "It came with different contents; choose one of them first."),
        { CreditedBy: { } credit } => new("cdr.credited", $"It was credited by {credit}: nothing is owed under it."),
        { IsRejected: true } => new("cdr.rejected", "It was rejected; look at it again first."),
        { Held: null } => new("cdr.not-held", "It is not held: there is nothing to decide."),
        _ => null,
    };

    private static Refusal? MissingReason(string reason) =>
        reason.Trim().Length == 0 ? new Refusal("reason.missing", "Say why: the reason is recorded with the decision.") : null;
}
