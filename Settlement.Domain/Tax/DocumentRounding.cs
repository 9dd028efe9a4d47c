using Settlement.Domain.Ledger;
using Settlement.Domain.Rating;

namespace Settlement.Domain.Tax;

/// <summary>A tax line that is on a document, with the CDR it was posted for.</summary>
public sealed record DocumentLine(string Cdr, TaxLine Line);

/// <summary>What one CDR's tax changes by when the tax of its document is rounded once.</summary>
public sealed record RoundingShare(string Cdr, string Tax, string Jurisdiction, string Rule, Money Share);

/// <summary>The tax of a document under one rule.</summary>
/// <param name="Base">Σ of the bases; zero for taxes per kWh.</param>
/// <param name="Posted">Σ of what was posted line by line.</param>
/// <param name="Tax">Half away from zero on the exact sum, once.</param>
public sealed record DocumentTax(
    string Name, string Jurisdiction, string Rule, decimal? Rate, decimal? PerKwh, Money Base, Money Posted,
    Money Tax,
    IReadOnlyList<RoundingShare> Shares)
{
    public Money Difference => Tax - Posted;
}

/// <summary>
/// Per-document rounding (Excise Tax Act s.165.2, Revenu Québec, SSUTA 324): each tax is rounded once on the
/// document, and the difference to what was posted is shared over the lines it comes from, largest remainder
/// first.
/// </summary>
public static class DocumentRounding
{
    /// <summary>Charged lines only; the order of the lines does not change any total.</summary>
    public static IReadOnlyList<DocumentTax> Of(IEnumerable<DocumentLine> lines) =>
        [.. lines.Where(each => each.Line.Disposition == Disposition.Charged)
            .GroupBy(each => (each.Line.Tax, each.Line.Jurisdiction, each.Line.Rule, each.Line.Rate))
            .OrderBy(group => group.Key.Jurisdiction, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Tax, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Rule, StringComparer.Ordinal)
            .Select(group => Of([.. group.OrderBy(each => each.Cdr, StringComparer.Ordinal)]))];

    private static DocumentTax Of(List<DocumentLine> lines)
    {
        var first = lines[0].Line;
        var currency = first.Amount.Currency;
        var exact = lines.ConvertAll(each => Exact(each.Line));
        var posted = lines.Sum(each => each.Line.Amount.Minor);
        var tax = (long)ExactAmount.Of(exact.Sum()).RoundTo(0);
        return new DocumentTax(
            first.Tax, first.Jurisdiction, first.Rule, first.Rate, first.PerKwh,
            new Money(lines.Sum(each => each.Line.Base.Minor), currency), new Money(posted, currency),
            new Money(tax, currency), Shares(lines, exact, tax - posted));
    }

    /// <summary>The lines that lost most by their own rounding get the cents first.</summary>
    private static List<RoundingShare> Shares(List<DocumentLine> lines, List<decimal> exact, long difference)
    {
        var sign = Math.Sign(difference);
        var (each, rest) = Math.DivRem(Math.Abs(difference), lines.Count);
        return [.. lines.Select((line, i) => (line, lost: (exact[i] - line.Line.Amount.Minor) * sign))
            .OrderByDescending(pair => pair.lost).ThenBy(pair => pair.line.Cdr, StringComparer.Ordinal)
            .Select((pair, i) => (pair.line, cents: each + (i < rest ? 1 : 0)))
            .Where(pair => pair.cents != 0)
            .Select(pair => new RoundingShare(
                pair.line.Cdr, pair.line.Line.Tax, pair.line.Line.Jurisdiction, pair.line.Line.Rule,
                new Money(sign * pair.cents, pair.line.Line.Amount.Currency)))];
    }

    /// <summary>In minor units.</summary>
    private static decimal Exact(TaxLine line) => line.PerKwh is { } perKwh
        ? perKwh * line.Kwh!.Value * line.Amount.Currency.Scale
        : line.Rate!.Value * line.Base.Minor;
}
