using Settlement.Domain.Agreements;

namespace Settlement.Domain.Books;

/// <summary>
/// One party's own books of a relationship (rules-money 22). Where it is the creditor an entry stands as it is; where
/// it is the debtor debit and credit change places. So both parties' books mirror each other line by line.
/// </summary>
/// <remarks>
/// due → receivable | payable; charge → revenue | cost; tax → output tax | input credit if recoverable, else cost;
/// payment → bank; unapplied → owed to the payer | advance; fx → a trading account, so that each currency balances
/// alone. Accounts that name no side (fx, rounding, somebody else's tax) take that of the rest of their entry; where an
/// entry goes both ways, the only such account takes what balances it.
/// </remarks>
public sealed class PartyBooks : IBooks
{
    private readonly PartyId counterparty;
    private readonly HashSet<PartyId> own;

    /// <param name="party">Home id.</param>
    /// <param name="aliases">Further ids it charges or drives under.</param>
    public PartyBooks(PartyId party, IEnumerable<PartyId> aliases, Relationship relationship)
    {
        own = [party, .. aliases];
        counterparty = relationship.Other(party);
    }

    /// <exception cref="AmbiguousDirectionException">It cannot be told whose side a line is on.</exception>
    public IReadOnlyList<BookPosting> Of(string currency, IReadOnlyList<NeutralPosting> entry)
    {
        var accounts = entry.Select(posting => NeutralAccount.Parse(posting.Account)).ToList();
        var sides = accounts.Select(IsCreditor).ToList();
        var common = Common(accounts, sides);
        var lines = new BookPosting[entry.Count];
        var open = -1;
        var balance = 0L;
        for (var i = 0; i < lines.Length; i++)
        {
            if ((sides[i] ?? common) is not { } isCreditor)
            {
                open = open < 0 ? i : throw new AmbiguousDirectionException(entry[open].Account, entry[i].Account);
                continue;
            }

            lines[i] = Line(accounts[i], entry[i], isCreditor, currency);
            balance += lines[i].Debit - lines[i].Credit;
        }

        if (open >= 0)
        {
            var account = AccountOf(accounts[open], isCreditor: true, entry[open].Recoverable, currency);
            lines[open] = new BookPosting(account, Math.Max(-balance, 0), Math.Max(balance, 0));
        }

        return lines;
    }

    /// <summary>Where nothing tells it: GST, HST and QST are recovered by a business, other taxes are not.</summary>
    public static bool IsRecoverable(string tax) => tax is "GST" or "HST" or "QST";

    private BookPosting Line(NeutralAccount account, NeutralPosting posting, bool isCreditor, string currency) => new(
        AccountOf(account, isCreditor, posting.Recoverable, currency),
        isCreditor ? posting.Debit : posting.Credit,
        isCreditor ? posting.Credit : posting.Debit);

    /// <summary>Whether the account itself says that the party is its creditor; null where it does not.</summary>
    private bool? IsCreditor(NeutralAccount account) => account.Kind switch
    {
        NeutralKind.Due or NeutralKind.SetOff or NeutralKind.Disputed or NeutralKind.Charge =>
            own.Contains(account.Creditor!.Value),
        NeutralKind.Tax when PartyId.Parse(account.Remitter) is { } remitter && IsOneOfTheTwo(remitter) =>
            own.Contains(remitter),
        _ => null,
    };

    private bool IsOneOfTheTwo(PartyId party) => own.Contains(party) || party == counterparty;

    /// <summary>
    /// The one side that an entry's accounts name; where none does, that of money that matches nothing, else of
    /// money that was paid: who paid is the debtor.
    /// </summary>
    private bool? Common(List<NeutralAccount> accounts, List<bool?> sides)
    {
        var named = sides.OfType<bool>().Distinct().ToList();
        if (named.Count > 0)
        {
            return named.Count == 1 ? named[0] : null;
        }

        var payer = accounts.Find(account => account.Kind == NeutralKind.Unapplied)
            ?? accounts.Find(account => account.Kind == NeutralKind.Payment);
        if (payer is not null)
        {
            return !own.Contains(payer.Debtor!.Value);
        }

        var giver = accounts.Find(account => account.Kind == NeutralKind.WriteOff);
        return giver is null ? true : own.Contains(giver.Creditor!.Value);
    }

    private BookAccount AccountOf(NeutralAccount account, bool isCreditor, bool? recoverable, string currency)
    {
        var other = counterparty.ToString();
        return account.Kind switch
        {
            NeutralKind.Due => isCreditor
                ? BookAccount.Of(BookRoot.Assets, "receivable", other, currency)
                : BookAccount.Of(BookRoot.Liabilities, "payable", other, currency),
            NeutralKind.Disputed => isCreditor
                ? BookAccount.Of(BookRoot.Assets, "receivable-disputed", other, currency)
                : BookAccount.Of(BookRoot.Liabilities, "payable-disputed", other, currency),
            NeutralKind.SetOff => isCreditor
                ? BookAccount.Of(BookRoot.Assets, "set-off", other, currency)
                : BookAccount.Of(BookRoot.Liabilities, "set-off", other, currency),
            NeutralKind.Charge => isCreditor
                ? BookAccount.Of(BookRoot.Income, "roaming", account.Detail, currency)
                : BookAccount.Of(BookRoot.Expenses, "roaming", account.Detail, currency),
            NeutralKind.Tax => Tax(account, isCreditor, recoverable, currency),
            NeutralKind.Payment => BookAccount.Of(BookRoot.Assets, "bank", currency),
            NeutralKind.Unapplied => isCreditor
                ? BookAccount.Of(BookRoot.Liabilities, "unapplied", other, currency)
                : BookAccount.Of(BookRoot.Assets, "advance", other, currency),
            NeutralKind.Fx => BookAccount.Of(BookRoot.Equity, "trading", account.Detail, currency),
            NeutralKind.Rounding => BookAccount.Of(BookRoot.Expenses, "rounding", currency),
            NeutralKind.Opening => BookAccount.Of(BookRoot.Equity, "opening", currency),
            NeutralKind.WriteOff => isCreditor
                ? BookAccount.Of(BookRoot.Expenses, "write-off", other, currency)
                : BookAccount.Of(BookRoot.Income, "write-off", other, currency),
            _ => throw new InvalidOperationException($"{account.Kind} has no place in the books."),
        };
    }

    private BookAccount Tax(NeutralAccount account, bool isCreditor, bool? recoverable, string currency)
    {
        var tax = account.Detail[(account.Detail.LastIndexOf(':') + 1)..];
        if (!isCreditor)
        {
            return recoverable ?? IsRecoverable(tax)
                ? BookAccount.Of(BookRoot.Assets, "input-tax", account.Detail, currency)
                : BookAccount.Of(BookRoot.Expenses, "tax", account.Detail, currency);
        }

        // collected for the owner of the station, who remits it
        return PartyId.Parse(account.Remitter) is { } remitter && own.Contains(remitter)
            ? BookAccount.Of(BookRoot.Liabilities, "tax", account.Detail, currency)
            : BookAccount.Of(BookRoot.Liabilities, "tax-of", account.Remitter!, account.Detail, currency);
    }
}

/// <summary>An entry goes both ways and more than one of its accounts names no side: post one entry per direction.</summary>
public sealed class AmbiguousDirectionException(string one, string other)
    : InvalidOperationException($"It cannot be told whose side {one} and {other} are on.");
