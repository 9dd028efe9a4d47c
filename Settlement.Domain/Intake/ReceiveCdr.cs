using System.Globalization;

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
    private Cdr Cdr => Received.Cdr;

    private CdrHeading Heading => Received.Heading;

    /// <summary>The stream that must be known to decide: see <see cref="Linked"/>.</summary>
    public static CdrKey? LinkOf(Cdr cdr, CdrState own) =>
        cdr is { Credit: true, CreditReferenceId: { } original } ? new CdrKey(cdr.Key.Owner, original)
        : own is { Received: null, Awaited: { } credit } ? new CdrKey(cdr.Key.Owner, credit.CreditId)
        : null;

    public CdrDecision Decide(CdrState own)
    {
        if (own.Digests.Contains(Received.Digest))
        {
            return CdrDecision.Nothing;
        }

        if (own.Received is not null)
        {
            return CdrDecision.Alone(new CdrFact.CdrConflicted(Heading, Received, own.Standing));
        }

        return Cdr.Credit ? Credit() : Charge(own);
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
        if (credit.CreditTotal != -Heading.ClaimedNet)
        {
            return new([Received, settled], creditKey,
                [new CdrFact.CdrHeld(creditHeading, [Differs(credit.CreditTotal, Heading.ClaimedNet)], null)]);
        }

        return new(
            [Received, settled, new CdrFact.CdrCredited(Heading, credit.CreditId)], creditKey,
            [new CdrFact.CreditPosted(
                creditHeading, Cdr.Key.Id, Received.ReceivedAt, (settled as CdrFact.CdrRated)?.Settled)]);
    }

    private CdrDecision Credit()
    {
        if (Received.Holds.Count > 0 || Cdr.CreditReferenceId is not { } original)
        {
            return CdrDecision.Alone(Received, Held(Received.Holds.Count > 0
                ? Received.Holds
                : [new("credit.without-original", "/credit_reference_id", "A credit CDR must name its original.")]));
        }

        var key = new CdrKey(Cdr.Key.Owner, original);
        if (Linked.Received is null && Linked.Awaited is null)
        {
            var waits = new Finding("credit.waits-for-original", "/credit_reference_id",
                $"{original} has not arrived yet; this credit takes effect with it.");
            return new([Received, Held([waits])], key,
                [new CdrFact.CreditAwaited(Heading with { Id = original }, Cdr.Key.Id, Heading.ClaimedNet)]);
        }

        return Fault(original) is { } fault ? CdrDecision.Alone(Received, Held([fault])) : Effect(key, [Received]);
    }

    private CdrDecision Effect(CdrKey original, IReadOnlyList<CdrFact> before) => new(
        [.. before, new CdrFact.CreditPosted(Heading, original.Id, Received.ReceivedAt, Linked.Standing)], original,
        [new CdrFact.CdrCredited(Heading with { Id = original.Id, ClaimedNet = -Heading.ClaimedNet }, Cdr.Key.Id)]);

    /// <summary>
    /// A held credit looked at again, because the content of its original was chosen: it takes effect, or is held for
    /// another reason, or nothing changed.
    /// </summary>
    public CdrDecision Again(CdrState own)
    {
        if (!own.IsOpen || Linked.Received is null || Cdr.CreditReferenceId is not { } original
            || own.Held!.Reasons[0].Code is not ("credit.original-in-conflict" or "credit.differs"))
        {
            return CdrDecision.Nothing;
        }

        return Fault(original) switch
        {
            null => Effect(new CdrKey(Cdr.Key.Owner, original), []),
            { } fault when own.Held.Reasons.SequenceEqual([fault]) => CdrDecision.Nothing,
            { } fault => CdrDecision.Alone(Held([fault])),
        };
    }

    /// <summary>A rejected credit that is looked at again.</summary>
    internal CdrDecision Reopen(CdrFact.CdrReopened reopened) => Cdr.CreditReferenceId is not { } original
        || Linked.Received is null
        ? CdrDecision.Alone(reopened, Held([new(
            "credit.without-original", "/credit_reference_id", "Nothing is known of the CDR that it credits.")]))
        : Fault(original) is { } fault ? CdrDecision.Alone(reopened, Held([fault]))
        : Effect(new CdrKey(Cdr.Key.Owner, original), [reopened]);

    private Finding? Fault(string original) => Linked switch
    {
        { Received: null, Awaited: { } other } => Twice(original, other.CreditId),
        { CreditedBy: { } other } => Twice(original, other),
        { Received.Cdr.Credit: true } => new("credit.of-credit", "/credit_reference_id",
            $"{original} is itself a credit; a credit cannot be credited."),
        { InConflict: true } => new("credit.original-in-conflict", "/credit_reference_id",
            $"{original} came with different contents and nothing is owed under it; choose one of them first."),
        { Counting.Cdr.TotalCost.BeforeTaxes: var total } when total != -Heading.ClaimedNet =>
            Differs(Heading.ClaimedNet, total ?? 0m),
        _ => null,
    };

    private CdrFact.CdrHeld Held(IReadOnlyList<Finding> reasons) => new(Heading, reasons, null);

    private static Finding Twice(string original, string by) => new("credit.twice", "/credit_reference_id",
        $"{original} was credited by {by} already.");

    private static Finding Differs(decimal credit, decimal original) => new("credit.differs", "/total_cost",
        $"The credit is {Text(credit)}, its original {Text(original)}: a credit negates the whole total; "
        + "ask the CPO to resend.");

    private static string Text(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);
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
