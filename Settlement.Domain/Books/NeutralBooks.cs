namespace Settlement.Domain.Books;

/// <summary>The ledger as it is, both parties in it: nothing changes but the names, which get one of five kinds.</summary>
public sealed class NeutralBooks : IBooks
{
    public IReadOnlyList<BookPosting> Of(string currency, IReadOnlyList<NeutralPosting> entry) =>
        [.. entry.Select(posting => new BookPosting(
            AccountOf(posting.Account, currency), posting.Debit, posting.Credit))];

    public static BookAccount AccountOf(string name, string currency) =>
        new(NeutralAccount.Parse(name).Kind switch
        {
            NeutralKind.Due or NeutralKind.Disputed or NeutralKind.SetOff or NeutralKind.Payment => BookRoot.Assets,
            NeutralKind.Tax or NeutralKind.Unapplied => BookRoot.Liabilities,
            NeutralKind.Fx or NeutralKind.Opening => BookRoot.Equity,
            NeutralKind.Charge => BookRoot.Income,
            NeutralKind.Rounding or NeutralKind.WriteOff => BookRoot.Expenses,
            var kind => throw new InvalidOperationException($"{kind} has no root."),
        }, $"{name}:{currency}");
}
