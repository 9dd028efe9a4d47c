using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Tax;

/// <summary>Whose tax a line is, seen from one party.</summary>
public enum TaxSide
{
    /// <summary>It supplied, and remits.</summary>
    Output,

    /// <summary>It bought, and may recover.</summary>
    Input,
}

/// <summary>A posted tax line with what the report needs to know about its posting.</summary>
/// <param name="Delivered">Local day of delivery.</param>
/// <param name="Invoiced">Document date; null = not on a document yet.</param>
/// <param name="DocumentDateDecides">The rule's tax point is the earlier of paid or due.</param>
/// <param name="Period">Settlement month it was posted to.</param>
/// <param name="RecordedAt">When it was posted; after a month was filed it goes to the next one.</param>
/// <param name="IsCredit">A line of a credit: it takes its CDR out of the count again.</param>
public sealed record PostedTaxLine(
    string Cdr, PartyId Supplier, PartyId Recipient, TaxLine Line, LocalDate Delivered, LocalDate? Invoiced,
    bool DocumentDateDecides, YearMonth Period, Instant RecordedAt, bool IsCredit = false)
{
    /// <summary>
    /// Of what changes an invoiced CDR: the date of its own document, provisionally the last day of the month it is
    /// settled in. It is reported then, whatever the day of the session: an earlier month is not changed by it.
    /// </summary>
    public LocalDate? ReportedOn { get; init; }

    /// <summary>
    /// Of what stands beside a CDR's own entry: by how many it changes the count of CDRs in its row. 1 or -1 where its CDR
    /// enters or leaves a rate, 0 for a share of rounding or our own credit note; null of an entry.
    /// </summary>
    public int? CountsBeside { get; init; }

    public int Counts => CountsBeside ?? (IsCredit ? -1 : 1);

    /// <summary>The day whose month reports it.</summary>
    public LocalDate ReportDate => ReportedOn ?? TaxDate;

    public LocalDate TaxDate => DocumentDateDecides ? Invoiced ?? Delivered : Delivered;

    /// <summary>Its month may still move: the document date decides and there is none.</summary>
    public bool AwaitsInvoice => (DocumentDateDecides || ReportedOn is not null) && Invoiced is null;
}

/// <summary>One row of the report; money in whole minor units of <paramref name="Currency"/>.</summary>
/// <param name="Rate">Null for taxes per kWh.</param>
/// <param name="Reason">Why exempt; empty for taxed supplies.</param>
/// <param name="PriorPeriod">Its tax month was filed before it was posted.</param>
/// <param name="AwaitsInvoice">Listed, but its tax date may still move.</param>
/// <param name="Memo">Included in the price or remitted by the debtor: in no tax account.</param>
public sealed record TaxReportRow(
    TaxSide Side, string Jurisdiction, string Tax, decimal? Rate, decimal? PerKwh, string Currency,
    string Reason,
    bool PriorPeriod, bool AwaitsInvoice, long TaxableBase, long ExemptBase, decimal Kwh, long OutputTax,
    long InputRecoverable, long InputNotRecoverable, long Memo, int Cdrs);

/// <summary>Canadian tax billed in another currency, in CAD, one rounding per day.</summary>
public sealed record CadEquivalent(
    TaxSide Side, string Jurisdiction, string Tax, LocalDate Date, Money Amount, Money? InCad, decimal? Rate,
    string? Source);

/// <summary>From the report (by tax date) to the ledger (by settlement month), per tax account.</summary>
/// <param name="Reported">Charged tax in the report of the month.</param>
/// <param name="PostedElsewhere">Of it, posted to other settlement months.</param>
/// <param name="ReportedElsewhere">Posted to this settlement month, reported in another month.</param>
public sealed record TaxBridge(
    TaxSide Side, string Jurisdiction, string Tax, string Currency, long Reported, long PostedElsewhere,
    long ReportedElsewhere)
{
    /// <summary>What the tax account must have moved by in the settlement month.</summary>
    public long Ledger => Reported - PostedElsewhere + ReportedElsewhere;
}

/// <summary>Charged tax that one month's report has, minor units.</summary>
public sealed record ReportedTax(
    YearMonth Month, TaxSide Side, string Jurisdiction, string Tax, string Currency, long Amount);

/// <summary>A rate to CAD on a day, with where it comes from.</summary>
public sealed record CadRate(decimal Rate, string Source);

/// <summary>
/// What one party files for a month (rules-money 23). Pure: a function of the posted lines and the filings.
/// </summary>
public sealed record TaxReport(
    PartyId Party, YearMonth Month, IReadOnlyList<TaxReportRow> Rows, IReadOnlyList<TaxBridge> Bridge,
    IReadOnlyList<CadEquivalent> CadEquivalents)
{
    /// <summary>The bridge against the ledger's tax accounts; empty until <see cref="Against"/>.</summary>
    public IReadOnlyList<TaxTieOut> TieOuts { get; init; } = [];

    /// <summary>All months' reports added up against all that the tax accounts moved by; empty until <see cref="Against"/>.</summary>
    public IReadOnlyList<TaxTieOut> AllMonths { get; init; } = [];

    public bool TiesOut => TieOuts.Concat(AllMonths).All(tie => tie.Holds);

    /// <summary>The same report, with the reports of all months compared with the tax accounts of all months.</summary>
    public TaxReport AgainstAll(IReadOnlyList<ReportedTax> months, IReadOnlyList<TaxAccountMove> accounts)
    {
        // of its own month the report itself counts: a line that it lost is missing in the sum
        var own = Bridge.Where(line => line.Reported != 0)
            .Select(line => new ReportedTax(Month, line.Side, line.Jurisdiction, line.Tax, line.Currency, line.Reported));
        var sums = months.Where(each => each.Month != Month).Concat(own)
            .GroupBy(each => (each.Side, each.Jurisdiction, each.Tax, each.Currency))
            .Select(group => new TaxBridge(
                group.Key.Side, group.Key.Jurisdiction, group.Key.Tax, group.Key.Currency,
                group.Sum(each => each.Amount), 0, 0)).ToList();
        return this with { AllMonths = TaxTieOut.Of(sums, accounts) };
    }

    /// <summary>The same report, compared with the tax accounts of its month.</summary>
    public TaxReport Against(IReadOnlyList<TaxAccountMove> accounts) =>
        this with { TieOuts = TaxTieOut.Of(Bridge, accounts) };

    /// <param name="filings">Months that were filed, with when.</param>
    /// <param name="cadRate">Rate of a currency to CAD on a day; null = none published.</param>
    public static TaxReport Of(
        PartyId party, YearMonth month, IEnumerable<PostedTaxLine> lines,
        IReadOnlyDictionary<YearMonth, Instant> filings, Func<string, LocalDate, CadRate?> cadRate)
    {
        var own = lines.Where(line => line.Supplier == party || line.Recipient == party)
            .Select(line => (line, side: line.Supplier == party ? TaxSide.Output : TaxSide.Input,
                reported: ReportedIn(line, filings)))
            .Where(each => each.reported == month || each.line.Period == month).ToList();
        var reported = own.Where(each => each.reported == month)
            .Select(each => (each.line, each.side)).ToList();
        return new TaxReport(
            party, month,
            [.. reported.GroupBy(each => KeyOf(each.line, each.side, month)).Where(IsLeft).Select(Row)
                .OrderBy(row => row.Side).ThenBy(row => row.Jurisdiction, StringComparer.Ordinal)
                .ThenBy(row => row.Tax, StringComparer.Ordinal).ThenBy(row => row.Rate)
                .ThenBy(row => row.Reason, StringComparer.Ordinal)
                .ThenBy(row => row.Currency, StringComparer.Ordinal).ThenBy(row => row.PriorPeriod)
                .ThenBy(row => row.AwaitsInvoice)],
            [.. own.Where(each => IsCharged(each.line)).GroupBy(each => (
                    each.side, each.line.Line.Jurisdiction, each.line.Line.Tax,
                    Currency: each.line.Line.Amount.Currency.Code))
                .Select(group => new TaxBridge(
                    group.Key.side, group.Key.Jurisdiction, group.Key.Tax, group.Key.Currency,
                    group.Where(each => each.reported == month).Sum(Tax),
                    group.Where(each => each.reported == month && each.line.Period != month).Sum(Tax),
                    group.Where(each => each.reported != month).Sum(Tax)))
                .OrderBy(row => row.Side).ThenBy(row => row.Jurisdiction, StringComparer.Ordinal)
                .ThenBy(row => row.Tax, StringComparer.Ordinal)
                .ThenBy(row => row.Currency, StringComparer.Ordinal)],
            InCad(reported, cadRate));

        static long Tax((PostedTaxLine Line, TaxSide, YearMonth) each) => each.Line.Line.Amount.Minor;
    }

    /// <summary>
    /// The month of its tax date; where that was filed before the line was posted, the next one that was not.
    /// </summary>
    public static YearMonth ReportedIn(PostedTaxLine line, IReadOnlyDictionary<YearMonth, Instant> filings) =>
        ReportedIn(line.ReportDate.ToYearMonth(), line.RecordedAt, filings);

    /// <summary>The same, of what has its tax date in <paramref name="month"/>.</summary>
    public static YearMonth ReportedIn(YearMonth month, Instant recordedAt, IReadOnlyDictionary<YearMonth, Instant> filings)
    {
        while (filings.TryGetValue(month, out var filedAt) && recordedAt > filedAt)
        {
            month = month.PlusMonths(1);
        }

        return month;
    }

    private static bool IsCharged(PostedTaxLine line) => line.Line.Disposition == Disposition.Charged;

    private static RowKey KeyOf(PostedTaxLine posted, TaxSide side, YearMonth month)
    {
        var line = posted.Line;
        return new RowKey(
            side, line.Jurisdiction, line.Tax, line.Rate, line.PerKwh, line.Amount.Currency.Code,
            line.Disposition == Disposition.Exempt ? line.Reason : "",
            posted.ReportDate.ToYearMonth() != month, posted.AwaitsInvoice);
    }

    // a rate that another tax point replaced leaves no row of nothing
    private static bool IsLeft(IGrouping<RowKey, (PostedTaxLine Line, TaxSide Side)> group) =>
        group.Sum(each => each.Line.Line.Amount.Minor) != 0 || group.Sum(each => each.Line.Line.Base.Minor) != 0
        || group.Sum(each => each.Line.Line.Kwh ?? 0m) != 0 || !group.Any(each => each.Line.CountsBeside is not null);

    private static TaxReportRow Row(IGrouping<RowKey, (PostedTaxLine Line, TaxSide Side)> group)
    {
        var (taxable, exempt, kwh, output, recoverable, cost, memo) = (0L, 0L, 0m, 0L, 0L, 0L, 0L);
        foreach (var (posted, side) in group)
        {
            var line = posted.Line;
            kwh += line.Kwh ?? 0m;
            taxable += line.Disposition == Disposition.Exempt ? 0 : line.Base.Minor;
            exempt += line.Disposition == Disposition.Exempt ? line.Base.Minor : 0;
            switch (line.Disposition, side)
            {
                case (Disposition.Charged, TaxSide.Output): output += line.Amount.Minor; break;
                case (Disposition.Charged, TaxSide.Input) when line.Recoverable:
                    recoverable += line.Amount.Minor;
                    break;
                case (Disposition.Charged, TaxSide.Input): cost += line.Amount.Minor; break;
                case (Disposition.Included or Disposition.RemittedByDebtor, _):
                    memo += line.Amount.Minor;
                    break;
                case (Disposition.Exempt, _): break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(group), line.Disposition, "no disposition");
            }
        }

        var key = group.Key;
        var cdrs = group.DistinctBy(each => (each.Line.Cdr, each.Line.IsCredit, each.Line.Counts)).Sum(each => each.Line.Counts);
        return new TaxReportRow(
            key.Side, key.Jurisdiction, key.Tax, key.Rate, key.PerKwh, key.Currency, key.Reason,
            key.PriorPeriod,
            key.AwaitsInvoice, taxable, exempt, kwh, output, recoverable, cost, memo, cdrs);
    }

    private static List<CadEquivalent> InCad(
        List<(PostedTaxLine Line, TaxSide Side)> reported, Func<string, LocalDate, CadRate?> cadRate)
    {
        var cad = Currency.Of("CAD");
        return [.. reported
            .Where(each => IsCharged(each.Line) && each.Line.Line.Amount.Currency != cad
                && each.Line.Line.Jurisdiction.StartsWith("CA", StringComparison.Ordinal))
            .GroupBy(each => (
                each.Side, each.Line.Line.Jurisdiction, each.Line.Line.Tax, each.Line.TaxDate,
                each.Line.Line.Amount.Currency))
            .OrderBy(group => group.Key.Side).ThenBy(group => group.Key.Jurisdiction, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Tax, StringComparer.Ordinal).ThenBy(group => group.Key.TaxDate)
            .Select(group =>
            {
                var tax = new Money(group.Sum(each => each.Line.Line.Amount.Minor), group.Key.Currency);
                var rate = cadRate(group.Key.Currency.Code, group.Key.TaxDate);
                return new CadEquivalent(
                    group.Key.Side, group.Key.Jurisdiction, group.Key.Tax, group.Key.TaxDate, tax,
                    rate is null
                        ? null
                        : Money.Of(
                            Rating.ExactAmount.Of(tax.Amount * rate.Rate).RoundTo(cad.MinorUnits), cad),
                    rate?.Rate, rate?.Source);
            })];
    }

    private sealed record RowKey(
        TaxSide Side, string Jurisdiction, string Tax, decimal? Rate, decimal? PerKwh, string Currency,
        string Reason,
        bool PriorPeriod, bool AwaitsInvoice);
}
