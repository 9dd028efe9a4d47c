using NodaTime;
using Settlement.Domain.Disputes;
using Settlement.Domain.Intake;
using Settlement.Domain.Payments;
using Settlement.Domain.Periods;

namespace Settlement.Domain.Ledger;

/// <summary>Why an entry that is not a CDR's own was made.</summary>
public enum JournalKind
{
    /// <summary>Tax of a document rounded once: what that changes, per CDR.</summary>
    Rounding,

    /// <summary>The document date falls under another tax rule than the delivery did.</summary>
    TaxPoint,

    /// <summary>Mutual dues settled against each other.</summary>
    Netting,

    /// <summary>A due carried over into the settlement currency.</summary>
    Conversion,

    /// <summary>A due is withheld, or no longer is.</summary>
    Dispute,

    /// <summary>Our own credit note on behalf of a CPO that sends no credit CDR.</summary>
    CreditNote,

    Payment,

    WriteOff,

    /// <summary>Balances brought along from before.</summary>
    Opening,

    /// <summary>What stood beside a CDR's entry is taken back together with it (rules-money 14).</summary>
    TakenBack,

    /// <summary>What a credit took back beside a CDR's entry stands again: the credit counts no longer.</summary>
    GivenBack,
}

/// <summary>
/// A balanced entry in one currency that does not stem from a CDR being settled or negated. It names the document,
/// dispute or payment it belongs to; there are no free journals (rules-money 1).
/// </summary>
/// <param name="Period">The month it belongs to whatever the date; null = that of <paramref name="On"/>, or the
/// first month still open after it.</param>
/// <param name="On">Date of the document, payment or decision.</param>
/// <param name="Reference">What it belongs to: <c>statement 2026-10</c>, <c>payment P-1</c>, …</param>
public sealed record JournalEntry(
    JournalKind Kind, string Currency, YearMonth? Period, LocalDate On, string Reference,
    IReadOnlyList<JournalLine> Lines)
{
    /// <summary>Where no month is given: one it goes to as long as that month's statement is not being
    /// prepared, whatever the date, so that what is withheld before issue is not settled at issue.</summary>
    public YearMonth? Concerns { get; init; }

    /// <summary>Number of the document that charges or credits it; null where it is on none, or on that of its CDR.</summary>
    public string? Document { get; init; }

    /// <exception cref="UnbalancedEntryException">Debits and credits differ: a bug, nothing is written.</exception>
    public JournalEntry Balanced()
    {
        _ = Entry.Of(Ledger.Currency.Of(Currency), [.. Lines.Select(line => line.Posting)]);
        return this;
    }
}

/// <summary>One debit or credit of a journal entry.</summary>
/// <param name="Cdr">The CDR it changes; null where it is about none.</param>
/// <param name="Tax">The tax line behind a posting to a tax account, signed as in an invoice.</param>
public sealed record JournalLine(Posting Posting, CdrKey? Cdr = null, PostedTax? Tax = null)
{
    public static JournalLine Debit(Account account, long amount, CdrKey? cdr = null, PostedTax? tax = null) =>
        new(Side(account, amount), cdr, tax);

    public static JournalLine Credit(Account account, long amount, CdrKey? cdr = null, PostedTax? tax = null) =>
        new(Side(account, -amount), cdr, tax);

    private static Posting Side(Account account, long debit) =>
        new(account, Math.Max(debit, 0), Math.Max(-debit, 0));
}

/// <summary>The journal entries that follow from a fact. The only place that says so.</summary>
public static class Journals
{
    public static IReadOnlyList<JournalEntry> Of(Fact fact) => fact switch
    {
        PeriodFact.StatementIssued e => StatementEntries.Of(e.Draft, e.Numbers),
        DisputeFact e => DisputeEntries.Of(e),
        PaymentFact e => PaymentEntries.Of(e),
        WriteOffFact e => PaymentEntries.Of(e),
        OpeningFact e => OpeningEntries.Of(e),
        _ => [],
    };
}
