using Settlement.Api.Files;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Periods;
using Settlement.Domain.Statements;
using Settlement.Projections.Statements;

namespace Settlement.Api.Statements;

/// <summary>The monthly report as a workbook: what a controller opens first, then one grain per sheet, then every line.</summary>
internal static class ReportBook
{
    public static async Task Write(Stream to, MonthlyReport report, ReportSources sources, CancellationToken stop)
    {
        var words = Language.English;
        using var book = new XlsxBook(to, $"{words[Word.MonthlyReport]} {words.Month(report.Month)}");
        var sheets = new BookSheets(book, words);
        sheets.Control(words[Word.SheetControl], Control(report, words, sources.Issued));
        sheets.Directions(report.Directions);
        sheets.Places(report.Places);
        await RollForward(book, report, sources.Periods, words, stop);
        sheets.Taxes(report.Taxes);
        Energy(book, sheets, report.Places, words);
        Late(book, sheets, report.Late, words);
        sheets.Held(report.Held);
        var shown = report.Positions.Select(position => position.Tenant).ToHashSet(StringComparer.Ordinal);
        await sheets.Exceptions(
            sources.Held, new HeldFilter(report.Month), cdr => shown.Contains(cdr.Tenant), stop);
        foreach (var part in ReportParts.Of(report.Side is not null))
        {
            part.Write(book, report, words);
        }

        sheets.TieOuts(report.TieOuts);
        await Lines(book, report, sources.Reports, words, stop);
        book.Finish();
    }

    private static IEnumerable<(string, Action<IRows>)> Control(
        MonthlyReport report, Language words, bool issued)
    {
        yield return (words[Word.SheetFirstDay], rows => rows.Day(report.Month.OnDayOfMonth(1)));
        yield return (words[Word.SheetLastDay], rows => rows.Day(report.Month.PlusMonths(1).OnDayOfMonth(1).PlusDays(-1)));
        yield return (words[Word.StatusLabel], rows => rows.Text(words[issued ? Word.StatusIssued : Word.StatusPreliminary]));
        yield return (words[Word.PositionsDigest], rows => rows.Text(report.PositionsDigest));
        foreach (var position in report.Positions)
        {
            yield return ($"{words[Word.LogPosition]} {position.Tenant}", rows => rows.Whole(position.Number));
        }

        yield return (words[Word.TieOuts], rows => rows.Text(
            words.Fill(Word.TiesPass, report.TieOuts.Count(tie => tie.Holds), report.TieOuts.Count)));
        foreach (var group in report.Directions.GroupBy(total => total.Direction.CurrencyCode))
        {
            var currency = Domain.Ledger.Currency.Of(group.Key);
            yield return ($"{words[Word.ColumnSessions]} {group.Key}", rows => rows.Whole(group.Sum(total => total.Sums.Sessions)));
            yield return ($"{words[Word.ColumnEnergyKwh]} {group.Key}", rows => rows.Number(group.Sum(total => total.Sums.EnergyKwh)));
            yield return ($"{words[Word.ColumnNet]} {group.Key}", rows => rows.Amount(group.Sum(total => total.Sums.Net), currency));
            yield return ($"{words[Word.ColumnTax]} {group.Key}", rows => rows.Amount(group.Sum(total => total.Sums.Tax), currency));
            yield return ($"{words[Word.ColumnDue]} {group.Key}", rows => rows.Amount(group.Sum(total => total.Sums.Due), currency));
        }
    }

    // opening + moves of each kind = closing; a debit balance is positive
    private static async Task RollForward(
        XlsxBook book, MonthlyReport report, PeriodQueries queries, Language words, CancellationToken stop)
    {
        var accounts = new List<(string Tenant, AccountRoll Roll)>();
        foreach (var position in report.Positions)
        {
            var rolls = await queries.Rolls(Relationship.Parse(position.Tenant)!.Value, report.Month, stop);
            accounts.AddRange(rolls.Select(roll => (position.Tenant, roll)));
        }

        var kinds = accounts.SelectMany(account => account.Roll.Moves).Select(move => move.Kind)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var rows = book.Sheet(words[Word.SheetRollForward],
        [
            new(words[Word.Relationship], 18), new(words[Word.Currency], 9), new(words[Word.SheetAccount], 38),
            new(words[Word.OpeningBalance], 16), .. kinds.Select(kind => new Column(kind, 14)),
            new(words[Word.ClosingBalance], 16),
        ]);
        foreach (var (tenant, roll) in accounts)
        {
            var currency = Domain.Ledger.Currency.Of(roll.Currency);
            rows.Text(tenant);
            rows.Text(roll.Currency);
            rows.Text(roll.Account);
            rows.Amount(roll.Opening, currency);
            foreach (var kind in kinds)
            {
                rows.Amount(roll.Moves.Where(move => move.Kind == kind).Sum(move => move.Amount), currency);
            }

            rows.Amount(roll.Closing, currency);
            rows.EndRow();
        }

        rows.Finish();
    }

    private static void Energy(XlsxBook book, BookSheets sheets, IReadOnlyList<PlaceTotal> places, Language words)
    {
        var rows = book.Sheet(words[Word.ColumnEnergy],
        [
            .. sheets.DirectionHeads(), new(words[Word.SheetCode], 9), new(words[Word.ColumnJurisdiction], 24),
            new(words[Word.ColumnSessions], 10), new(words[Word.ColumnEnergyKwh], 14), new(words[Word.SheetMeanKwh], 13),
            new(words[Word.ColumnEnergy], 14), new(words[Word.SheetPricePerKwh], 14),
        ]);
        foreach (var (direction, place, sums) in places)
        {
            BookSheets.Head(rows, direction);
            rows.Text(place);
            rows.Text(words.Place(place));
            rows.Whole(sums.Sessions);
            rows.Number(sums.EnergyKwh);
            rows.Number(sums.Sessions == 0 ? null : decimal.Round(sums.EnergyKwh / sums.Sessions, 3, MidpointRounding.AwayFromZero));
            rows.Amount(sums.Energy, direction.Currency);
            rows.Number(sums.EnergyKwh == 0 ? null : decimal.Round(
                new Domain.Ledger.Money(sums.Energy, direction.Currency).Amount / sums.EnergyKwh, 4, MidpointRounding.AwayFromZero));
            rows.EndRow();
        }

        rows.Finish();
    }

    private static void Late(XlsxBook book, BookSheets sheets, IReadOnlyList<LateTotal> late, Language words)
    {
        var rows = book.Sheet(words[Word.SheetLate],
        [
            .. sheets.DirectionHeads(), new(words[Word.ColumnChargedIn], 12), new(words[Word.ColumnLines], 10),
            new(words[Word.ColumnSessions], 10), new(words[Word.ColumnEnergyKwh], 14), new(words[Word.ColumnDue], 14),
        ]);
        foreach (var total in late)
        {
            BookSheets.Head(rows, total.Direction);
            rows.Text(total.ChargePeriod.Text());
            rows.Whole(total.Entries);
            rows.Whole(total.Sessions);
            rows.Number(total.EnergyKwh);
            rows.Amount(total.Due, total.Direction.Currency);
            rows.EndRow();
        }

        rows.Finish();
    }

    // "in" is what the relationship's first party is owed
    private static async Task Lines(
        XlsxBook book, MonthlyReport report, ReportQueries queries, Language words, CancellationToken stop)
    {
        var rows = book.Sheet(words[Word.SheetLines], DetailRows.Columns);
        foreach (var position in report.Positions)
        {
            var pair = Relationship.Parse(position.Tenant)!.Value;
            await using var reading = await queries.Reading(
                pair.A, pair.B, report.Month, Agreement.ProvisionalFor(pair), stop);
            var detail = new DetailRows(rows, $"{Projections.Tables.Ids.Text(report.Month)}-{position.Tenant}", pair.A);
            await foreach (var line in reading.Lines(stop))
            {
                detail.Write(line);
            }

            await foreach (var line in reading.Beside(stop))
            {
                detail.Write(DetailLine.Of(line));
            }
        }

        rows.Finish();
    }
}

/// <summary>Where a report's longer lists come from.</summary>
internal sealed record ReportSources(ReportQueries Reports, HeldQueries Held, PeriodQueries Periods, bool Issued);
