using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Payments;

/// <summary>Which balances can be brought along: all others are made here.</summary>
public enum OpeningAccount
{
    /// <summary>An open document of before: positive = the debtor owes it.</summary>
    Due,

    /// <summary>Money that matched nothing: positive = the payer paid it.</summary>
    Unapplied,
}

/// <summary>One balance of before. Minor units of its currency.</summary>
/// <param name="Debtor">Of an unapplied payment: the payer.</param>
/// <param name="Reference">The document or the payment it stands for; unique in the relationship.</param>
/// <param name="DueOn">Of a due.</param>
public sealed record OpeningLine(
    OpeningAccount Account, PartyId Debtor, PartyId Creditor, string Currency, long Amount, LocalDate On,
    string Reference, LocalDate? DueOn);

/// <summary>Facts of the streams <c>opening/{name}</c>: asked for by one person, approved by two others.</summary>
public abstract record OpeningFact : Fact
{
    private OpeningFact() { }

    /// <param name="FileSha256">Of the file the lines are from, hex.</param>
    public sealed record OpeningProposed(
        string Name, string FileSha256, IReadOnlyList<OpeningLine> Lines, string By) : OpeningFact;

    /// <summary>The first of two approvals.</summary>
    public sealed record OpeningApproved(string Name, string By) : OpeningFact;

    /// <summary>With the second approval the dues count; payments follow in their own streams.</summary>
    public sealed record OpeningImported(
        string Name, IReadOnlyList<OpeningLine> Dues, string ProposedBy, IReadOnlyList<string> ApprovedBy) : OpeningFact;
}

/// <summary>What balances of before post: each against the account <c>opening</c>.</summary>
internal static class OpeningEntries
{
    public static IReadOnlyList<JournalEntry> Of(OpeningFact fact) => fact switch
    {
        OpeningFact.OpeningImported e =>
        [
            .. e.Dues.Select(line => Of(
                line.Currency, line.On, $"opening {line.Reference}",
                JournalLine.Debit(Account.Due(line.Debtor, line.Creditor), line.Amount))),
        ],
        _ => [],
    };

    public static JournalEntry Of(string currency, LocalDate on, string reference, JournalLine line)
    {
        var other = JournalLine.Credit(Account.Opening, line.Posting.Debit - line.Posting.Credit);
        return new JournalEntry(JournalKind.Opening, currency, null, on, reference, [line, other]).Balanced();
    }
}
