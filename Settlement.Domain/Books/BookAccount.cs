namespace Settlement.Domain.Books;

/// <summary>The five kinds of accounts that any set of books has.</summary>
public enum BookRoot
{
    Assets,
    Liabilities,
    Equity,
    Income,
    Expenses,
}

/// <summary>An account of somebody's books: kind, what it is about, and its currency as the last part.</summary>
/// <param name="Path">Parts joined by colons: <c>receivable:US-CPI:CAD</c>.</param>
public readonly record struct BookAccount(BookRoot Root, string Path) : IComparable<BookAccount>
{
    /// <summary>As plain-text accounting writes it: <c>assets:receivable:US-CPI:CAD</c>.</summary>
    public string Name => Root switch
    {
        BookRoot.Assets => "assets:",
        BookRoot.Liabilities => "liabilities:",
        BookRoot.Equity => "equity:",
        BookRoot.Income => "revenue:",
        BookRoot.Expenses => "expenses:",
        _ => throw new InvalidOperationException($"{Root} is no kind of account."),
    } + Path;

    public static BookAccount Of(BookRoot root, params IReadOnlyList<string> parts) => new(root, string.Join(':', parts));

    public int CompareTo(BookAccount other) => string.CompareOrdinal(Name, other.Name);

    public static bool operator <(BookAccount left, BookAccount right) => left.CompareTo(right) < 0;

    public static bool operator >(BookAccount left, BookAccount right) => left.CompareTo(right) > 0;

    public static bool operator <=(BookAccount left, BookAccount right) => left.CompareTo(right) <= 0;

    public static bool operator >=(BookAccount left, BookAccount right) => left.CompareTo(right) >= 0;
}

/// <summary>One line in somebody's books. Whole minor units; debit or credit, never a sign.</summary>
public readonly record struct BookPosting(BookAccount Account, long Debit, long Credit);

/// <summary>One line of a ledger entry, as the mapping needs it.</summary>
/// <param name="Account">Name in the neutral ledger.</param>
/// <param name="Recoverable">
/// Of a tax: whether its buyer may recover it. Null where the line does not tell; then the tax's nature decides.
/// </param>
public readonly record struct NeutralPosting(string Account, long Debit, long Credit, bool? Recoverable = null);

/// <summary>A ledger entry seen in a set of books.</summary>
public interface IBooks
{
    /// <summary>The same number of lines in the same order, balanced.</summary>
    IReadOnlyList<BookPosting> Of(string currency, IReadOnlyList<NeutralPosting> entry);
}
