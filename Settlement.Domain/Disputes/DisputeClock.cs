using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Disputes;

/// <summary>Whether an issued statement can still be disputed, and what nobody disputed of it.</summary>
/// <param name="LastDay">The last day on which it can be disputed.</param>
/// <param name="IsAccepted">The window is over: what is not disputed counts as accepted.</param>
/// <param name="Undisputed">Total less what is withheld or credited, minor units.</param>
public sealed record DocumentAcceptance(string Document, LocalDate LastDay, bool IsAccepted, long Undisputed);

/// <summary>Clocks of disputes. All of it from dates given as arguments: nothing here happens by itself.</summary>
public static class DisputeClock
{
    public static LocalDate LastDay(LocalDate issued, Agreement terms) => issued.PlusDays(terms.DisputeWindowDays);

    /// <summary>No dispute by the end of the window: the rest of the document is deemed accepted (rules-money 24).</summary>
    /// <param name="withheld">Disputed or credited of this document.</param>
    public static DocumentAcceptance Accepted(
        string document, LocalDate issued, long total, long withheld, Agreement terms, LocalDate today) =>
        new(document, LastDay(issued, terms), today > LastDay(issued, terms), total - withheld);

    public static bool IsOverdue(Dispute dispute, LocalDate today) =>
        dispute is { IsUnanswered: true, State: not DisputeState.Escalated } && today > dispute.AnswerBy;

    /// <summary>
    /// What becomes of a dispute that nobody answered in time: the agreement's default where it names one, else it
    /// escalates and stays withheld. Nothing while there is time.
    /// </summary>
    public static Decision<DisputeFact> Expire(Dispute dispute, Agreement terms, LocalDate today, string by)
    {
        if (!IsOverdue(dispute, today))
        {
            return Decision.Nothing<DisputeFact>();
        }

        var because = $"not answered by {dispute.AnswerBy.Text()}";
        return terms.DisputeDefault switch
        {
            null => new DisputeFact.DisputeEscalated(because, today, by),
            DisputeDefault.Upheld => new DisputeFact.DisputeUpheld(
                dispute.Cdr!, dispute.Withheld, 0, $"{because}: upheld by the agreement", today, by),
            DisputeDefault.Denied => new DisputeFact.DisputeDenied(
                dispute.Cdr!, dispute.Withheld, $"{because}: denied by the agreement", today, by),
            var other => throw new InvalidOperationException($"{other} is no default of a dispute."),
        };
    }
}
