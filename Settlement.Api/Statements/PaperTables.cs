using Settlement.Api.Files;
using Settlement.Api.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Statements;
using Settlement.Domain.Tax;

namespace Settlement.Api.Statements;

/// <summary>The tables that reports and statements share, in the reader's language.</summary>
internal sealed class PaperTables(Language words)
{
    public const string Arrow = " → ";

    public PaperBlock.Table Directions(IReadOnlyList<DirectionTotal> totals) => new(
        words[Word.ByDirection],
        [
            new(words[Word.ColumnDebtor]), new(words[Word.ColumnCreditor]), new(words[Word.Currency]),
            Figures(Word.ColumnSessions), Figures(Word.ColumnCredits), Figures(Word.ColumnEnergyKwh),
            Figures(Word.ColumnChargingHours), Figures(Word.ColumnNet), Figures(Word.ColumnTax),
            Figures(Word.ColumnDue), Figures(Word.ColumnNoReference),
        ],
        [
            new(null, [.. totals.Select(total => PaperRow.Of(
                total.Direction.Debtor.ToString(), total.Direction.Creditor.ToString(), total.Direction.CurrencyCode,
                words.Whole(total.Sums.Sessions), words.Whole(total.Sums.Credits), words.Kwh(total.Sums.EnergyKwh),
                words.Hours(total.Sums.ChargingSeconds), Amount(total.Sums.Net, total.Direction),
                Amount(total.Sums.Tax, total.Direction),
                new PaperCell(Amount(total.Sums.Due, total.Direction), PaperTone.Strong),
                words.Whole(total.Sums.NotProvable)))]),
        ]);

    /// <summary>Grouped by direction and currency, each group with its total.</summary>
    public PaperBlock.Table Places(IReadOnlyList<PlaceTotal> places)
    {
        var reserved = places.Any(total => total.Sums.Reservation != 0);
        var timed = places.Any(total => total.Sums.Time != 0);
        return new(
            words[Word.ByJurisdiction],
            [
                new(words[Word.ColumnJurisdiction]), Figures(Word.ColumnSessions), Figures(Word.ColumnEnergyKwh),
                Figures(Word.ColumnEnergy), .. timed ? [Figures(Word.ColumnTime)] : Array.Empty<PaperColumn>(),
                Figures(Word.ColumnParking), Figures(Word.ColumnFlat),
                .. reserved ? [Figures(Word.ColumnReservation)] : Array.Empty<PaperColumn>(),
                Figures(Word.ColumnNet), Figures(Word.ColumnTax), Figures(Word.ColumnDue),
            ],
            [.. Groups(places, place => place.Direction).Select(group => new PaperGroup(
                Who(group.Key),
                [.. group.OrderBy(total => total.Place, StringComparer.Ordinal)
                    .Select(total => Row(words.Place(total.Place), total.Sums, group.Key))],
                Row(words.Fill(Word.TotalCurrency, group.Key.CurrencyCode),
                    group.Aggregate(Sums.Zero, (sum, total) => sum + total.Sums), group.Key)))]);

        PaperRow Row(string name, Sums sums, Direction direction) => PaperRow.Of([
            name, words.Whole(sums.Sessions), words.Kwh(sums.EnergyKwh), Amount(sums.Energy, direction),
            .. timed ? [Amount(sums.Time, direction)] : Array.Empty<PaperCell>(), Amount(sums.Parking, direction),
            Amount(sums.Flat, direction),
            .. reserved ? [Amount(sums.Reservation, direction)] : Array.Empty<PaperCell>(),
            Amount(sums.Net, direction), Amount(sums.Tax, direction),
            new PaperCell(Amount(sums.Due, direction), PaperTone.Strong),
        ]);
    }

    public PaperBlock.Table Taxes(IReadOnlyList<TaxTotal> taxes) => new(
        words[Word.ByTax],
        [
            new(words[Word.ColumnJurisdiction]), new(words[Word.ColumnTaxName]), Figures(Word.ColumnRate),
            new(words[Word.ColumnTreatment]), new(words[Word.ColumnRemittedBy]), new(words[Word.ColumnRecoverable]),
            Figures(Word.ColumnBase), Figures(Word.ColumnAmount), Figures(Word.ColumnLines),
        ],
        [.. Groups(taxes, tax => tax.Direction).Select(group => new PaperGroup(
            Who(group.Key),
            [.. group.Select(TaxRow)],
            PaperRow.Of(
                words.Fill(Word.ChargedCurrency, group.Key.CurrencyCode), "", "", "", "", "", "",
                Amount(group.Where(IsCharged).Sum(tax => tax.Amount), group.Key), "")))]);

    public PaperBlock.Table Held(IReadOnlyList<HeldTotal> held) => new(
        words[Word.Held],
        [
            new(words[Word.ColumnReason]), new(words[Word.ColumnState]), new(words[Word.ColumnDirection]),
            new(words[Word.Currency]), Figures(Word.ColumnCdrs), Figures(Word.ColumnEnergyKwh),
            Figures(Word.ColumnClaimed), Figures(Word.ColumnReRated),
        ],
        [
            new(null, [.. held.Select(item => PaperRow.Of(
                HeldReason.Of(item.Reason).TitleIn(words), State(item.State), $"{item.Debtor}{Arrow}{item.Creditor}",
                item.Currency, words.Whole(item.Count), words.Kwh(item.EnergyKwh), Memo(item.Claimed, item.Currency),
                item.Expected is { } expected ? Memo(expected, item.Currency) : "–"))]),
        ]);

    public PaperBlock.Table Late(IReadOnlyList<LateTotal> late) => new(
        words[Word.Late],
        [
            new(words[Word.ColumnChargedIn]), new(words[Word.ColumnDirection]), new(words[Word.Currency]),
            Figures(Word.ColumnLines), Figures(Word.ColumnSessions), Figures(Word.ColumnEnergyKwh),
            Figures(Word.ColumnDue),
        ],
        [
            new(null, [.. late.Select(total => PaperRow.Of(
                words.Month(total.ChargePeriod), $"{total.Direction.Debtor}{Arrow}{total.Direction.Creditor}",
                total.Direction.CurrencyCode, words.Whole(total.Entries), words.Whole(total.Sessions),
                words.Kwh(total.EnergyKwh), new PaperCell(Amount(total.Due, total.Direction), PaperTone.Strong)))]),
        ]);

    public PaperBlock.Table TieOuts(IReadOnlyList<TieOut> ties) => new(
        words[Word.TieOuts],
        [
            new(words[Word.ColumnCheck]), new(words[Word.ColumnSubject]), Figures(Word.ColumnOneWay),
            Figures(Word.ColumnOtherWay), Figures(Word.ColumnDifference), new(words[Word.ColumnResult]),
        ],
        [
            new(null, [.. ties.Select(tie => PaperRow.Of(
                tie.Name, tie.Subject, Compared(tie, tie.One), Compared(tie, tie.Other),
                Compared(tie, tie.One - tie.Other),
                new PaperCell(
                    words[tie.Holds ? Word.Pass : Word.Fail], tie.Holds ? PaperTone.Good : PaperTone.Bad)))]),
        ]);

    /// <summary>How many hold, for the heading.</summary>
    public PaperCell Verdict(IReadOnlyList<TieOut> ties) => new(
        words.Fill(Word.TiesPass, ties.Count(tie => tie.Holds), ties.Count),
        ties.All(tie => tie.Holds) ? PaperTone.Good : PaperTone.Bad);

    public string Amount(long minor, Direction direction) => words.Amount(minor, direction.Currency);

    public static bool IsCharged(TaxTotal tax) => tax.Disposition == nameof(Disposition.Charged);

    public string State(string state) => state switch
    {
        "held" => words[Word.StateHeld],
        "conflict" => words[Word.StateConflict],
        "awaited" => words[Word.StateAwaited],
        "unbilled" => words[Word.StateUnbilled],
        _ => state,
    };

    public string Treatment(string disposition) => disposition switch
    {
        nameof(Disposition.Charged) => words[Word.TreatmentCharged],
        nameof(Disposition.Exempt) => words[Word.TreatmentExempt],
        nameof(Disposition.Included) => words[Word.TreatmentIncluded],
        nameof(Disposition.RemittedByDebtor) => words[Word.TreatmentRemittedByDebtor],
        _ => disposition,
    };

    /// <summary>The jurisdiction that levies it, where that is not the place itself or its country.</summary>
    public string TaxName(TaxTotal tax) =>
        tax.Jurisdiction == tax.Place || tax.Place.StartsWith(tax.Jurisdiction, StringComparison.Ordinal)
            ? words.Tax(tax.Tax)
            : $"{words.Tax(tax.Tax)} ({tax.Jurisdiction})";

    private static IOrderedEnumerable<IGrouping<Direction, T>> Groups<T>(
        IEnumerable<T> rows, Func<T, Direction> of) => rows.GroupBy(of).OrderBy(group => group.Key);

    private PaperRow TaxRow(TaxTotal tax) => PaperRow.Of(
        words.Place(tax.Place), TaxName(tax), words.Rate(tax.Rate), Treatment(tax.Disposition), tax.Remitter,
        tax.Amount == 0 ? "–" : words[tax.Recoverable ? Word.Yes : Word.No],
        tax.Kwh != 0 ? words.Kwh(tax.Kwh) + "\u00a0kWh" : Amount(tax.Base, tax.Direction),
        new PaperCell(Amount(tax.Amount, tax.Direction), PaperTone.Strong), words.Whole(tax.Lines));

    private string Who(Direction direction) =>
        $"{words.Fill(Word.Owes, direction.Debtor, direction.Creditor)}, {direction.CurrencyCode}";

    // a memo in the currency's decimals; one that is unknown gets two
    private string Memo(decimal amount, string currency) =>
        words.Number(amount, Currency.Find(currency)?.MinorUnits ?? 2);

    // a subject ends with the currency whose minor units are compared
    private string Compared(TieOut tie, decimal minor) =>
        Currency.Find(tie.Subject.Split(' ')[^1]) is { } currency && minor == decimal.Truncate(minor)
            ? words.Amount((long)minor, currency)
            : words.Number(minor, minor == decimal.Truncate(minor) ? 0 : 3);

    private PaperColumn Figures(Word head) => new(words[head], Figures: true);
}
