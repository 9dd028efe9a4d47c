using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Disputes;

/// <summary>
/// The steps after a dispute was opened. Pure; the dispute given has everything until now in it, also that its CDR
/// was reversed: then nothing is withheld and no step moves money. The same step by the same person again is done
/// already, whatever happened since; a question or evidence only as long as nothing followed it, for the same evidence
/// can answer a second question.
/// </summary>
public static class AnswerDispute
{
    public static Decision<DisputeFact> Acknowledge(Dispute dispute, LocalDate on, string by) => dispute.State switch
    {
        DisputeState.Acknowledged => Decision.Nothing<DisputeFact>(),
        _ when Took<DisputeFact.DisputeAcknowledged>(dispute, step => step.By == by) => Decision.Nothing<DisputeFact>(),
        DisputeState.Opened => new DisputeFact.DisputeAcknowledged(on, by),
        _ => No(dispute, "acknowledged"),
    };

    public static Decision<DisputeFact> RequestEvidence(Dispute dispute, string question, LocalDate on, string by) =>
        JustTook<DisputeFact.EvidenceRequested>(dispute, step => step.Question == question.Trim() && step.By == by)
            ? Decision.Nothing<DisputeFact>()
        : !dispute.IsUnanswered ? No(dispute, "asked about")
        : OpenDispute.EvidenceFault(question, "") is { } fault ? fault
        : new DisputeFact.EvidenceRequested(question.Trim(), on, by);

    public static Decision<DisputeFact> ProvideEvidence(Dispute dispute, string text, string sha256, LocalDate on, string by) =>
        JustTook<DisputeFact.EvidenceProvided>(
            dispute, step => step.Evidence.Text == text.Trim() && step.Evidence.Sha256 == sha256 && step.Evidence.By == by)
            ? Decision.Nothing<DisputeFact>()
        : !dispute.IsUnanswered ? No(dispute, "given evidence")
        : OpenDispute.EvidenceFault(text, sha256) is { } fault ? fault
        : new DisputeFact.EvidenceProvided(new Evidence(text.Trim(), sha256, on, by));

    /// <param name="amount">What the creditor gives up; null = all that is withheld.</param>
    public static Decision<DisputeFact> Uphold(Dispute dispute, long? amount, string because, LocalDate on, string by)
    {
        if (!dispute.IsUnanswered)
        {
            return Took<DisputeFact.DisputeUpheld>(
                dispute, step => amount is null ? step.Returned == 0 : amount == step.Upheld)
                ? Decision.Nothing<DisputeFact>()
                : No(dispute, "upheld");
        }

        var upheld = amount ?? dispute.Withheld;
        return upheld <= 0 || upheld > dispute.Withheld
            ? new Refusal(
                "dispute.over-withheld",
                $"CDR {dispute.Cdr!.Key}: {Text(dispute, dispute.Withheld)} are withheld, {Text(dispute, upheld)} were to be upheld.")
            : new DisputeFact.DisputeUpheld(dispute.Cdr!, upheld, dispute.Withheld - upheld, because.Trim(), on, by);
    }

    public static Decision<DisputeFact> Deny(Dispute dispute, string because, LocalDate on, string by) =>
        dispute.State == DisputeState.Denied || Took<DisputeFact.DisputeDenied>(dispute, step => step.By == by)
            ? Decision.Nothing<DisputeFact>()
        : !dispute.IsUnanswered ? No(dispute, "denied")
        : because.Trim().Length == 0 ? new Refusal("reason.missing", "Say why it is denied.")
        : new DisputeFact.DisputeDenied(dispute.Cdr!, dispute.Withheld, because.Trim(), on, by);

    public static Decision<DisputeFact> Escalate(Dispute dispute, string because, LocalDate on, string by) =>
        dispute.State == DisputeState.Escalated
            || Took<DisputeFact.DisputeEscalated>(dispute, step => step.Because == because.Trim() && step.By == by)
            ? Decision.Nothing<DisputeFact>()
        : !dispute.IsUnanswered ? No(dispute, "escalated")
        : because.Trim().Length == 0 ? new Refusal("reason.missing", "Say why it is escalated.")
        : new DisputeFact.DisputeEscalated(because.Trim(), on, by);

    public static Decision<DisputeFact> Withdraw(Dispute dispute, string because, LocalDate on, string by) =>
        dispute.State == DisputeState.Withdrawn || Took<DisputeFact.DisputeWithdrawn>(dispute, step => step.By == by)
            ? Decision.Nothing<DisputeFact>()
        : !dispute.IsRunning ? No(dispute, "withdrawn")
        : new DisputeFact.DisputeWithdrawn(dispute.Cdr!, dispute.Withheld, because.Trim(), on, by);

    /// <summary>
    /// Our own credit note for what was upheld; for a whole CDR of a CPO that can send a credit CDR, that is waited for
    /// (rules-money 24). Another person than the one who upheld it.
    /// </summary>
    /// <param name="number">The next of the series.</param>
    public static Decision<DisputeFact> Credit(
        Dispute dispute, StandingCdr standing, string number, LocalDate on, string by)
    {
        if (dispute.State is not (DisputeState.Upheld or DisputeState.PartlyUpheld))
        {
            return dispute.State == DisputeState.Credited || Took<DisputeFact.CreditNoteIssued>(dispute, step => step.By == by)
                ? Decision.Nothing<DisputeFact>()
                : No(dispute, "credited");
        }

        if (dispute.Withheld == standing.Gross && !dispute.IsOcpi211)
        {
            return new Refusal(
                "dispute.credit-cdr-expected",
                $"All of CDR {dispute.Cdr!.Key} was upheld: {dispute.Cdr.Creditor} sends a credit CDR; our own credit note "
                + "is for a part, or for a partner on OCPI 2.1.1.");
        }

        if (by == dispute.DecidedBy)
        {
            return new Refusal("user.same-person", $"{by} upheld this; somebody else must credit it.");
        }

        if (dispute.Withheld > standing.Gross)
        {
            return new Refusal(
                "dispute.over-due",
                $"CDR {dispute.Cdr!.Key} stands at {Text(dispute, standing.Gross)}, {Text(dispute, dispute.Withheld)} were to be credited.");
        }

        var (charges, taxes) = standing.Split(dispute.Withheld);
        return new DisputeFact.CreditNoteIssued(
            dispute.Cdr!, number, dispute.Document, dispute.Reason, dispute.Withheld, charges, taxes, on, by);
    }

    public static Decision<DisputeFact> Close(Dispute dispute, string because, LocalDate on, string by) => dispute.State switch
    {
        DisputeState.Closed => Decision.Nothing<DisputeFact>(),
        DisputeState.Denied or DisputeState.Withdrawn or DisputeState.Credited =>
            new DisputeFact.DisputeClosed(because.Trim(), on, by),
        _ => No(dispute, "closed"),
    };

    private static bool JustTook<TStep>(Dispute dispute, Func<TStep, bool> same)
        where TStep : DisputeFact => dispute.Steps is [.., TStep last] && same(last);

    private static bool Took<TStep>(Dispute dispute, Func<TStep, bool> same)
        where TStep : DisputeFact => dispute.Steps.OfType<TStep>().Any(same);

    private static Decision<DisputeFact> No(Dispute dispute, string step) =>
        dispute.State == DisputeState.None
            ? new Refusal("dispute.unknown", "Nobody disputed this CDR.")
            : new Refusal(
                "dispute.wrong-state",
                $"The dispute of CDR {dispute.Cdr!.Key} is {DisputeWords.Of(dispute.State)}; it cannot be {step}.");

    private static string Text(Dispute dispute, long minor) =>
        new Money(minor, Currency.Of(dispute.Cdr!.Currency)).ToString();
}
