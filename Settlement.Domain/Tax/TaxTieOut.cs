namespace Settlement.Domain.Tax;

/// <summary>What a tax account moved by in one settlement month: credits less debits, minor units.</summary>
/// <param name="Remitter">The CPO that remits it, or a word such as STATION_OWNER.</param>
/// <param name="Side">Output where the remitter is the party itself, Input where it is the other party of the
/// relationship; null where the account does not say who supplied.</param>
public sealed record TaxAccountMove(
    string Remitter, TaxSide? Side, string Jurisdiction, string Tax, string Currency, decimal Credit);

/// <summary>The bridge of a tax report against the ledger's own tax accounts.</summary>
/// <param name="Side">Null where an account is shared by both sides: then both are compared together.</param>
/// <param name="Lines">The lines of the bridge that are compared; none where only the ledger knows the tax.</param>
/// <param name="Ledger">What the accounts moved by, minor units; kept by postings, not by tax lines.</param>
public sealed record TaxTieOut(
    TaxSide? Side, string Jurisdiction, string Tax, string Currency, IReadOnlyList<TaxBridge> Lines,
    decimal Ledger)
{
    /// <summary>What the report says that the accounts must have moved by.</summary>
    public decimal Bridged => Lines.Sum(line => line.Ledger);

    public bool Holds => Bridged == Ledger;

    /// <summary>Every line of the bridge and every account is in exactly one comparison.</summary>
    public static IReadOnlyList<TaxTieOut> Of(
        IReadOnlyList<TaxBridge> bridge, IReadOnlyList<TaxAccountMove> accounts)
    {
        var shared = accounts.Where(account => account.Side is null)
            .Select(account => (account.Jurisdiction, account.Tax, account.Currency)).ToHashSet();
        var lines = bridge.ToLookup(line => (
            Side: SideOf(line.Side, (line.Jurisdiction, line.Tax, line.Currency)), line.Jurisdiction, line.Tax,
            line.Currency));
        var moves = accounts.ToLookup(account => (
            Side: SideOf(account.Side, (account.Jurisdiction, account.Tax, account.Currency)),
            account.Jurisdiction, account.Tax, account.Currency));
        return [.. lines.Select(group => group.Key).Union(moves.Select(group => group.Key))
            .OrderBy(key => key.Side).ThenBy(key => key.Jurisdiction, StringComparer.Ordinal)
            .ThenBy(key => key.Tax, StringComparer.Ordinal).ThenBy(key => key.Currency, StringComparer.Ordinal)
            .Select(key => new TaxTieOut(
                key.Side, key.Jurisdiction, key.Tax, key.Currency, [.. lines[key]],
                moves[key].Sum(account => account.Credit)))];

        TaxSide? SideOf(TaxSide? side, (string, string, string) tax) => shared.Contains(tax) ? null : side;
    }
}
