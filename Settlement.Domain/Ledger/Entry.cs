namespace Settlement.Domain.Ledger;

/// <summary>One line of an entry: a debit or a credit, never a sign. Whole minor units.</summary>
public readonly record struct Posting(Account Account, long Debit, long Credit)
{
    /// <summary>The same line on the other side.</summary>
    public Posting Reversed => new(Account, Credit, Debit);
}

/// <summary>A balanced set of postings in one currency. An unbalanced one cannot be made.</summary>
public sealed record Entry
{
    private Entry(Currency currency, IReadOnlyList<Posting> postings) =>
        (Currency, Postings) = (currency, postings);

    public Currency Currency { get; }

    public IReadOnlyList<Posting> Postings { get; }

    /// <exception cref="UnbalancedEntryException">Debits and credits differ: a bug, nothing is written.</exception>
    public static Entry Of(Currency currency, IReadOnlyList<Posting> postings)
    {
        var debit = postings.Sum(posting => posting.Debit);
        var credit = postings.Sum(posting => posting.Credit);
        return debit == credit && postings.All(posting => posting is { Debit: >= 0, Credit: >= 0 })
            ? new Entry(currency, postings)
            : throw new UnbalancedEntryException(currency, debit, credit);
    }

    /// <summary>Everything on the other side: how a credit or a correction undoes an entry.</summary>
    public Entry Reversed() => new(Currency, [.. Postings.Select(posting => posting.Reversed)]);
}

/// <summary>An entry that does not sum to zero.</summary>
public sealed class UnbalancedEntryException(Currency currency, long debit, long credit)
    : InvalidOperationException($"Debit {debit} and credit {credit} minor units of {currency} differ.");
