using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Disputes;

/// <summary>Withholds an amount of one CDR (rules-money 24).</summary>
/// <param name="Standing">Gross that stands of it: settled, changed by its document, less our credit notes.</param>
/// <param name="IssuedOn">Day its document was issued, in the agreement's zone; null before issue.</param>
/// <param name="Terms">The agreement.</param>
/// <param name="Disputed">Gross minor units; null = all of it, or what <paramref name="Proposed"/> leaves.</param>
/// <param name="Proposed">What the debtor holds right for the whole CDR; null = gross less disputed.</param>
/// <param name="Today">In the agreement's zone.</param>
public sealed record OpenDispute(
    DisputedCdr Cdr, long Standing, string? Document, LocalDate? IssuedOn, bool IsOcpi211, Agreement Terms, string Reason,
    long? Disputed, long? Proposed, string Evidence, string EvidenceSha256, string? Batch, LocalDate Today, string By)
{
    private const int MostCharacters = 2000;

    private string Name => $"CDR {Cdr.Key}";

    /// <param name="now">The dispute with everything until now.</param>
    public Decision<DisputeFact> Decide(Dispute now)
    {
        var amount = Disputed ?? Standing - (Proposed ?? 0);
        if (now.IsRunning && now.Reason == Reason && now.Disputed == amount && now.OpenedBy == By)
        {
            return Decision.Nothing<DisputeFact>(); // asked again
        }

        return (Fault(amount) ?? Running(now)) is { } refusal
            ? refusal
            : new DisputeFact.DisputeOpened(
                Cdr, Reason, Standing, amount, Proposed ?? Standing - amount, Document, IsOcpi211,
                new Evidence(Evidence.Trim(), EvidenceSha256, Today, By), Today.PlusDays(Terms.DisputeAnswerDays), Batch,
                By);
    }

    private Refusal? Fault(long amount) =>
        DisputeReasons.Fault(Reason)
        ?? EvidenceFault(Evidence, EvidenceSha256)
        ?? (amount <= 0 || amount > Standing
            ? new Refusal(
                "dispute.over-due", $"{Name} stands at {Text(Standing)}, {Text(amount)} were to be disputed.")
            : null)
        ?? (Disputed is { } disputed && Proposed is { } proposed && disputed + proposed != Standing
            ? new Refusal(
                "dispute.sums-differ",
                $"{Name}: disputed {Text(disputed)} and proposed {Text(proposed)} are not its {Text(Standing)}.")
            : null)
        ?? Late();

    private Refusal? Late() => IssuedOn is { } issued && DisputeClock.LastDay(issued, Terms) is var last && Today > last
        ? new Refusal(
            "dispute.window-over",
            $"{Name} is on {Document}, issued {issued.Text()}: it could be disputed until {last.Text()}, "
            + $"today is {Today.Text()}.")
        : null;

    private Refusal? Running(Dispute now) => now.IsRunning
        ? new Refusal(
            "dispute.open-already",
            $"{Name} is disputed already: {now.Reason}, {Text(now.Disputed)}, {DisputeWords.Of(now.State)}.")
        : null;

    internal static Refusal? EvidenceFault(string text, string sha256) =>
        text.Trim().Length is 0 or > MostCharacters
            ? new Refusal("dispute.evidence", $"Say what is wrong, in 1 to {MostCharacters} characters, not {text.Trim().Length}.")
            : sha256.Length is not 0 and not 64 || !sha256.All(char.IsAsciiHexDigit)
                ? new Refusal("dispute.evidence-hash", "The hash of a file is SHA-256: 64 hex digits.")
                : null;

    private string Text(long minor) => new Money(minor, Currency.Of(Cdr.Currency)).ToString();
}
