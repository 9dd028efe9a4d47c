using Settlement.Domain.Ocpi;

namespace Settlement.Domain.Intake;

/// <summary>What follows from a received CDR: facts for its own stream, and for the one it is linked to.</summary>
/// <param name="Own">Empty: the same content was there before, nothing follows.</param>
/// <param name="Linked">The original of a credit, or the credit that waited for this original.</param>
public sealed record CdrDecision(IReadOnlyList<CdrFact> Own, CdrKey? Linked, IReadOnlyList<CdrFact> LinkedFacts)
{
    public static readonly CdrDecision Nothing = new([], null, []);

    public static CdrDecision Alone(params CdrFact[] own) => new(own, null, []);
}

/// <summary>Receives a CDR (rules-money 13 to 15). Pure.</summary>
/// <param name="Linked">State of the original, for a credit CDR; of the waiting credit, for its original.</param>
/// <param name="Known">Reasons to hold it that only the log knows.</param>
public sealed record ReceiveCdr(
    CdrFact.CdrReceived Received, CdrState Linked, Terms Terms, params IReadOnlyList<Finding> Known)
{
    /// <summary>What stands under the id is on an issued document: nothing takes it back by itself.</summary>
    public bool IsIssued { get; init; }

    private Cdr Cdr => Received.Cdr;

    private CdrHeading Heading => Received.Heading;

    /// <summary>The stream that must be known to decide: see <see cref="Linked"/>.</summary>
    public static CdrKey? LinkOf(Cdr cdr, CdrState own) => own switch
    {
        { InConflict: true } => null,
        { Received: not null, CreditedBy: { } credit } => new CdrKey(cdr.Key.Owner, credit),
        { Received: not null } => own.Counting is { } content ? Original(content.Cdr) : null,
        _ when cdr.Credit => Original(cdr),
        { Awaited: { } credit } => new CdrKey(cdr.Key.Owner, credit.CreditId),
        _ => null,
    };

    /// <summary>The CDR that a credit credits; null for every other CDR, and where it names itself.</summary>
    public static CdrKey? Original(Cdr cdr) =>
        cdr is { Credit: true, CreditReferenceId: { } id } && new CdrKey(cdr.Key.Owner, id) is var key && key != cdr.Key
            ? key
            : null;

    /// <param name="own">With its tariffs, where something came under the id before.</param>
    public CdrDecision Decide(CdrState own) =>
        AfterItsEnd(own) is { } settles ? settles
        : own.Digests.Contains(Received.Digest) ? CdrDecision.Nothing
        : own.Received is not null ? Repeated(own) ?? Conflict(own)
        : Cdr.Credit ? Credit([Received])
        : Charge(own);

    /// <summary>Held because it came before its session ended: whether the same CDR was received later can decide it.</summary>
    public static bool WaitsForItsEnd(CdrState own) =>
        MayCount(own) && own.IsOpen && own.Held!.Reasons.Any(reason => reason.Code == Plausibility.EndsAfterReceipt);

    /// <summary>The same CDR, received when its session was over: it counts from here on. Null: it is not over yet.</summary>
    private CdrDecision? AfterItsEnd(CdrState own) =>
        ComesLater(Received, own) && Counting(own) is var decision
        && !(decision.Own[^1] is CdrFact.CdrHeld held && held.Reasons.Any(reason => reason.Code == Plausibility.EndsAfterReceipt))
            ? decision
            : null;

    private static bool ComesLater(CdrFact.CdrReceived received, CdrState own) => WaitsForItsEnd(own)
        && received.ReceivedAt > own.Counting!.ReceivedAt && CanonicalContent.SameMoney(own.Counting, received);

    /// <summary>
    /// The same CDR in other words, or with other remarks; null: it says something else about the money. A content that
    /// was received before meanings were compared has a digest of its bytes, so what was read is compared itself.
    /// </summary>
    private CdrDecision? Repeated(CdrState own)
    {
        var contents = DecideHeldCdr.Contents(own);
        var mayCount = MayCount(own) && CanonicalContent.SameMoney(own.Counting!, Received);
        return contents.Any(known => CanonicalContent.Same(known, Received))
                && !(mayCount && own.IsOpen && !CanonicalContent.IsSameMoney(own.Counting!.Cdr, Cdr))
            ? CdrDecision.Nothing
            : mayCount ? Counting(own)
            : contents.Any(known => CanonicalContent.SameMoney(known, Received))
            ? CdrDecision.Alone(new CdrFact.CdrRemarked(Heading, Received))
            : null;
    }

    /// <summary>
    /// While it is held, what came last counts and is decided: what it is held for may be mended in it. What is owed
    /// stays, and the session that it names now is its session too.
    /// </summary>
    private CdrDecision Counting(CdrState own)
    {
        var remark = new CdrFact.CdrRemarked(Heading, Received) { Counts = own.IsOpen || NamesSession(Cdr, own) };
        return CdrDecision.Alone(
            [remark, .. own.IsOpen ? ReviewHeldCdr.Decide(CdrState.Evolve(own, remark), Terms, Known) : []]);
    }

    /// <summary>
    /// Whether the session must be looked up to decide: for a new CDR, and for one that is held or names another session
    /// than before.
    /// </summary>
    public static bool NeedsSession(CdrFact.CdrReceived received, CdrState own) =>
        own.Received is null || ComesLater(received, own)
        || (!own.Digests.Contains(received.Digest) && MayCount(own) && (own.IsOpen || NamesSession(received.Cdr, own)));

    private static bool MayCount(CdrState own) =>
        own is { InConflict: false, CreditedBy: null, Counting.Cdr.Credit: false } && (own.IsOpen || own.Posted is not null);

    private static bool NamesSession(Cdr cdr, CdrState own) =>
        ChargingSession.IdName(cdr, cdr.Key.Owner) is { } name
        && name != ChargingSession.IdName(own.Counting!.Cdr, cdr.Key.Owner);

    /// <summary>
    /// Other content under the id: what stands under it is negated, and where that was a credit, or was credited, the
    /// two are apart again, so that every order of arrival leaves the same.
    /// </summary>
    private CdrDecision Conflict(CdrState own)
    {
        var conflict = new CdrFact.CdrConflicted(Heading, Received, own.InConflict || IsIssued ? null : own.Posted)
        {
            IsIssued = IsIssued && !own.InConflict,
        };
        if (own.InConflict || IsIssued)
        {
            return CdrDecision.Alone(conflict);
        }

        if (own is { CreditedBy: { } credit, Received: { } original })
        {
            var heading = Linked.Counting!.Heading;
            return new(
                [new CdrFact.CdrUncredited(original.Heading, credit, null), conflict],
                new CdrKey(Cdr.Key.Owner, credit),
                [
                    new CdrFact.CreditTakenBack(heading, Cdr.Key.Id, Linked.Effect?.Negated),
                    new CdrFact.CdrHeld(heading, [InConflict(Cdr.Key.Id)], null),
                ]);
        }

        if (LinkOf(Cdr, own) is not { } key || !Is(Cdr.Key.Id, Linked.CreditedBy ?? Linked.Awaited?.CreditId))
        {
            return CdrDecision.Alone(conflict);
        }

        var again = Uncredited();
        return own.Effect is { } effect
            ? new(
                [
                    new CdrFact.CreditTakenBack(effect.Cdr, effect.OriginalId, again.Due is null ? null : effect.Negated),
                    conflict,
                ], key, again.Facts)
            : new([conflict], key, Linked.Received is null ? again.Facts : []);
    }

    /// <summary>The original as it was before its credit; its session may be another CDR's by now.</summary>
    private (IReadOnlyList<CdrFact> Facts, long? Due) Uncredited()
    {
        var heading = Linked.Counting?.Heading ?? Linked.Awaited!.Cdr;
        var due = Known.Count == 0 ? Linked.Posted?.Due : null;
        CdrFact? more = Linked switch
        {
            { IsRejected: true } => new CdrFact.CdrRejected(heading, "as before its credit came", "intake"),
            { Posted: not null } when due is null => new CdrFact.CdrHeld(heading, Known, null),
            { Held: { } held } => held,
            _ => null,
        };
        var uncredited = new CdrFact.CdrUncredited(heading, Cdr.Key.Id, due);
        return (more is null ? [uncredited] : [uncredited, more], due);
    }

    private CdrDecision Charge(CdrState own)
    {
        var settled = CdrSettlement.Settle(Received, Terms, Known);
        if (own.Awaited is not { } credit)
        {
            return CdrDecision.Alone(Received, settled);
        }

        var creditKey = new CdrKey(Cdr.Key.Owner, credit.CreditId);
        var creditHeading = Linked.Received?.Heading ?? credit.Cdr with { Id = credit.CreditId };
        var total = Linked.Counting is { Cdr: { Credit: true } counting }
            ? counting.TotalCost
            : new Price(credit.CreditTotal, credit.CreditAfterTax, []);
        if (CreditTotals.Difference(total, credit.Cdr.Currency, Cdr) is { } differs)
        {
            return new([Received, settled], creditKey, [new CdrFact.CdrHeld(creditHeading, [differs], null)]);
        }

        return new(
            [Received, settled, new CdrFact.CdrCredited(Heading, credit.CreditId)], creditKey,
            [new CdrFact.CreditPosted(
                creditHeading, Cdr.Key.Id, Received.ReceivedAt, (settled as CdrFact.CdrRated)?.Settled)]);
    }

    /// <param name="first">The facts that bring the credit: it came, was chosen or is looked at again.</param>
    internal CdrDecision Credit(IReadOnlyList<CdrFact> first)
    {
        if (Received.Holds.Count > 0 || Original(Cdr) is not { } original)
        {
            return Hold(Received.Holds.Count > 0
                ? Received.Holds
                : [new("credit.without-original", "/credit_reference_id", "A credit CDR must name another CDR, its original.")]);
        }

        if (Linked.Received is null && Linked.Awaited is null)
        {
            var waits = new Finding("credit.waits-for-original", "/credit_reference_id",
                $"{original.Id} has not arrived yet; this credit takes effect with it.");
            return new([.. first, Held([waits])], original,
                [
                    new CdrFact.CreditAwaited(Heading with { Id = original.Id }, Cdr.Key.Id, Heading.ClaimedNet)
                    {
                        CreditAfterTax = Heading.ClaimedAfterTax,
                    },
                ]);
        }

        return Fault(original.Id) is { } fault ? Hold([fault]) : new(
            [.. first, new CdrFact.CreditPosted(Heading, original.Id, Received.ReceivedAt, Linked.Standing)], original,
            [new CdrFact.CdrCredited(Heading.Negated() with { Id = original.Id }, Cdr.Key.Id)]);

        CdrDecision Hold(IReadOnlyList<Finding> reasons) => CdrDecision.Alone([.. first, Held(reasons)]);
    }

    /// <summary>
    /// A held credit looked at again, because something about its original may be otherwise: it takes effect, waits, or
    /// is held for another reason; or nothing changed.
    /// </summary>
    public CdrDecision Again(CdrState own)
    {
        if (!own.IsOpen || (Linked is { Received: null, Awaited: { } awaited } && Is(Cdr.Key.Id, awaited.CreditId)))
        {
            return CdrDecision.Nothing;
        }

        var decision = Credit([]);
        return decision.Own is [CdrFact.CdrHeld held] && held.Reasons.SequenceEqual(own.Held!.Reasons)
            ? CdrDecision.Nothing
            : decision;
    }

    private Finding? Fault(string original) => Linked switch
    {
        { Received: null, Awaited: { } other } => Twice(original, other.CreditId),
        { CreditedBy: { } other } => Twice(original, other),
        { InConflict: true } => InConflict(original),
        { Counting.Cdr.Credit: true } => new("credit.of-credit", "/credit_reference_id",
            $"{original} is itself a credit; a credit cannot be credited."),
        { Counting.Cdr: { } counting } => CreditTotals.Difference(Cdr.TotalCost, Cdr.Currency, counting),
        _ => null,
    };

    private CdrFact.CdrHeld Held(IReadOnlyList<Finding> reasons) => new(Heading, reasons, null);

    private static bool Is(string id, string? other) => string.Equals(id, other, StringComparison.OrdinalIgnoreCase);

    private static Finding InConflict(string original) => new("credit.original-in-conflict", "/credit_reference_id",
        $"{original} came with different contents and nothing is owed under it; choose one of them first.");

    private static Finding Twice(string original, string by) => new("credit.twice", "/credit_reference_id",
        $"{original} was credited by {by} already.");
}

/// <summary>Looks again at a held CDR after reference facts changed. Pure.</summary>
public static class ReviewHeldCdr
{
    /// <summary>The new answer, or nothing while it is the same as before.</summary>
    public static IReadOnlyList<CdrFact> Decide(CdrState state, Terms terms, params IReadOnlyList<Finding> known)
    {
        if (!state.IsOpen || state.Counting is not { Cdr.Credit: false } received)
        {
            return [];
        }

        var answer = CdrSettlement.Settle(received, terms, known);
        return answer is CdrFact.CdrHeld held && held.Reasons.SequenceEqual(state.Held!.Reasons) ? [] : [answer];
    }
}
