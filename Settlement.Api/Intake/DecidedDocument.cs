using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Projections.EventStore;

namespace Settlement.Api.Intake;

/// <summary>A document and what was read in it.</summary>
public sealed record ReadDocument(IncomingCdr Document, CdrReading Reading);

/// <summary>A document with what follows if its CDR is new; no decision for what can only be decided on top of the log.</summary>
public sealed record DecidedDocument(
    ReadDocument Document, string Tenant, Terms? Terms, CdrFact.CdrReceived? Received, CdrDecision? Decision)
{
    /// <summary>It shows a bug: kept whole, to be read again when that is mended.</summary>
    public static DecidedDocument Failed(ReadDocument document, Exception failure)
    {
        var cdr = ((CdrReading.Read)document.Reading).Cdr;
        var why = failure is LedgerRefusedException refused
            ? new Refusal(refused.Refusal.Code, $"{refused.Refusal.Message} It is kept and can be read again by an update.")
            : new Refusal("document.failed",
                $"This program failed on it ({failure.GetType().Name}). It is kept and can be read again by an update.");
        return new DecidedDocument(
            document with { Reading = new CdrReading.Unreadable(why, cdr.Key.Owner, cdr.TokenOwner, cdr.Key.Id) },
            CdrIntake.Unread, null, null, null);
    }

    /// <summary>The append of a CDR that nobody has seen: its stream must be new.</summary>
    public StoreCommand AsNew() => new(
        CdrStreams.Name(Received!.Cdr.Key), Convert.FromHexString(Received.Digest),
        [Streams.Of(Received.Cdr.Key, 0, Decision!.Own)], "intake")
    {
        Claims = ChargingSession.Names(Received, Terms!.Book.Home(Received.Cdr.Key.Owner)),
    };

    public IntakeAnswer Answer(CdrDecision decision) => decision.Own[^1] switch
    {
        CdrFact.CdrRated => Answer(IntakeOutcome.Posted),
        CdrFact.CdrHeld held => Answer(
            IntakeOutcome.Held, new Refusal(held.Reasons[0].Code, held.Reasons[0].Detail)),
        CdrFact.CdrConflicted => Answer(IntakeOutcome.Conflict, new Refusal(
            "cdr.conflict", $"{Received!.Cdr.Key} came before with other content; "
                + (decision.Own is [.., CdrFact.CdrConflicted { IsIssued: true }]
                    ? "what was issued stays until one is chosen."
                    : "nothing is owed until one is chosen."))),
        CdrFact.CreditPosted or CdrFact.CdrCredited => Answer(IntakeOutcome.Credited),
        CdrFact.CdrRemarked => Answer(IntakeOutcome.Repeated),
        var other => throw new InvalidOperationException($"{other.GetType().Name} ends no receipt."),
    };

    public IntakeAnswer Answer(IntakeOutcome outcome, Refusal? reason = null) =>
        new(outcome, Received!.Cdr.Key, Tenant, reason, Received.UnknownFields);
}
