using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Books;

/// <summary>
/// Facts of the stream <c>export/{party}/{month}</c> in a relationship's tenant: what went into a party's general
/// ledger, so that nothing is posted there twice unseen.
/// </summary>
public abstract record ExportFact : Fact
{
    private ExportFact() { }

    /// <summary>A month's entries were exported to be posted: all with a number up to this one.</summary>
    /// <param name="UpTo">Number of the last event whose entry is in the file; 0 = there was none.</param>
    /// <param name="Entries">How many are in it.</param>
    /// <param name="Shape">Which program's file.</param>
    /// <param name="Sha256">Of the file, hex.</param>
    public sealed record LedgerExported(
        PartyId Books, YearMonth Month, long UpTo, long Entries, string Shape, string Sha256, LocalDate On, string By) : ExportFact;

    public static string Stream(PartyId books, YearMonth month) =>
        $"export/{books.ToString().ToLowerInvariant()}/{month.Text()}";
}
