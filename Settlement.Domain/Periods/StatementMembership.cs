using System.Collections.Immutable;
using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Periods;

/// <summary>
/// Which issued document each line of a month is on, and its place in the statement's Merkle tree. Lines are asked for
/// in the order of their numbers, every one of them.
/// </summary>
public sealed class StatementMembership(PeriodBook periods, YearMonth month)
{
    private readonly ImmutableList<IssuedStatement> issued = periods.Month(month).Issued;
    private readonly Dictionary<(int Version, PartyId Supplier, string Currency, bool Takes), string?> known = [];
    private readonly long[] leaves = new long[periods.Month(month).Issued.Count];

    /// <summary>Null, null while the line is on no issued statement.</summary>
    /// <param name="corrects">The entry it takes back and the month of that entry; null where it takes back none.</param>
    public (string? Document, long? Leaf) Of(
        long number, PartyId supplier, string currency, (long Entry, YearMonth Month)? corrects)
    {
        for (var version = 0; version < issued.Count; version++)
        {
            if (IsOn(issued[version].Draft, number))
            {
                var takesBack = TakesBack(version, supplier, currency, corrects);
                return (Document(version, supplier, currency, takesBack), leaves[version]++);
            }
        }

        return (null, null);
    }

    /// <summary>The document of what was reversed beside a CDR's entry; null while it is on none.</summary>
    /// <param name="corrects">The CDR's entry and its month.</param>
    public string? OfBeside(long number, PartyId supplier, string currency, (long Entry, YearMonth Month)? corrects)
    {
        var version = issued.FindIndex(each => IsOn(each.Draft, number));
        return version < 0 ? null : Document(version, supplier, currency, TakesBack(version, supplier, currency, corrects));
    }

    private bool TakesBack(
        int version, PartyId supplier, string currency, (long Entry, YearMonth Month)? corrects) =>
        corrects is { } earlier && !(earlier.Month == month && IsOn(issued[version].Draft, earlier.Entry))
        && periods.DocumentOf(earlier.Month, earlier.Entry, supplier, currency) is not null;

    private static bool IsOn(StatementDraft draft, long number) =>
        number > draft.PreviousCutOff && number <= draft.CutOff;

    // what takes back a line of an earlier document is on the credit note, everything else is not
    private string? Document(int version, PartyId supplier, string currency, bool takesBack)
    {
        if (!known.TryGetValue((version, supplier, currency, takesBack), out var number))
        {
            var statement = issued[version];
            var index = statement.Draft.Documents.ToList().FindIndex(document => document.Supplier == supplier
                && document.Currency == currency && (document.Kind == DocumentKind.CreditNote) == takesBack);
            known[(version, supplier, currency, takesBack)] = number = index < 0 ? null : statement.Numbers[index];
        }

        return number;
    }
}
