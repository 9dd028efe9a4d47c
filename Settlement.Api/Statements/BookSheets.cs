using Settlement.Api.Files;
using Settlement.Api.Intake;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Statements;

namespace Settlement.Api.Statements;

/// <summary>
/// The sheets that reports and statements share: flat tables to filter and to sum, one grain each, direction and currency
/// in every row, heads in the reader's language.
/// </summary>
internal sealed class BookSheets(XlsxBook book, Language words)
{
    public XlsxBook Book => book;

    public Language Words => words;

    /// <summary>Label and value, one below the other.</summary>
    public void Control(string name, IEnumerable<(string Label, Action<IRows> Value)> facts)
    {
        var rows = book.Sheet(name, [new(words[Word.ColumnSubject], 34), new(words[Word.SheetValue], 60)]);
        foreach (var (label, value) in facts)
        {
            rows.Text(label);
            value(rows);
            rows.EndRow();
        }

        rows.Finish();
    }

    public void Directions(IReadOnlyList<DirectionTotal> totals)
    {
        var rows = book.Sheet(words[Word.SheetSummary], [.. DirectionHeads(), .. SumHeads()]);
        foreach (var (direction, sums) in totals)
        {
            Head(rows, direction);
            Sums(rows, sums, direction.Currency);
            rows.EndRow();
        }

        rows.Finish();
    }

    public void Places(IReadOnlyList<PlaceTotal> places)
    {
        var rows = book.Sheet(words[Word.ByJurisdiction],
            [.. DirectionHeads(), new(words[Word.SheetCode], 9), new(words[Word.ColumnJurisdiction], 24), .. SumHeads()]);
        foreach (var (direction, place, sums) in places)
        {
            Head(rows, direction);
            rows.Text(place);
            rows.Text(words.Place(place));
            Sums(rows, sums, direction.Currency);
            rows.EndRow();
        }

        rows.Finish();
    }

    public void Taxes(IReadOnlyList<TaxTotal> taxes)
    {
        var tables = new PaperTables(words);
        var rows = book.Sheet(words[Word.ByTax],
        [
            .. DirectionHeads(), new(words[Word.SheetCode], 9), new(words[Word.ColumnJurisdiction], 24),
            new(words[Word.ColumnTaxName], 14), new(words[Word.SheetLevied], 16), new(words[Word.ColumnRate], 10),
            new(words[Word.ColumnTreatment], 20), new(words[Word.ColumnRemittedBy], 12),
            new(words[Word.ColumnRecoverable], 12), new(words[Word.ColumnBase], 15), new(words[Word.ColumnEnergyKwh], 14),
            new(words[Word.ColumnAmount], 14), new(words[Word.ColumnLines], 10),
        ]);
        foreach (var tax in taxes)
        {
            Head(rows, tax.Direction);
            rows.Text(tax.Place);
            rows.Text(words.Place(tax.Place));
            rows.Text(words.Tax(tax.Tax));
            rows.Text(tax.Jurisdiction);
            rows.Text(words.Rate(tax.Rate));
            rows.Text(tables.Treatment(tax.Disposition));
            rows.Text(tax.Remitter);
            rows.Text(tax.Amount == 0 ? null : words[tax.Recoverable ? Word.Yes : Word.No]);
            rows.Amount(tax.Base, tax.Direction.Currency);
            rows.Number(tax.Kwh);
            rows.Amount(tax.Amount, tax.Direction.Currency);
            rows.Whole(tax.Lines);
            rows.EndRow();
        }

        rows.Finish();
    }

    public void Held(IReadOnlyList<HeldTotal> held)
    {
        var tables = new PaperTables(words);
        var rows = book.Sheet(words[Word.SheetHeld],
        [
            .. DirectionHeads(), new(words[Word.ColumnState], 12), new(words[Word.SheetCode], 26),
            new(words[Word.ColumnReason], 40), new(words[Word.ColumnCdrs], 9), new(words[Word.ColumnEnergyKwh], 13),
            new(words[Word.ColumnClaimed], 13), new(words[Word.ColumnReRated], 18),
        ]);
        foreach (var item in held)
        {
            Head(rows, item.Relationship.ToString(), item.Debtor, item.Creditor, item.Currency);
            rows.Text(tables.State(item.State));
            rows.Text(item.Reason);
            rows.Text(HeldReason.Of(item.Reason).TitleIn(words));
            rows.Whole(item.Count);
            rows.Number(item.EnergyKwh);
            rows.Exact(item.Claimed);
            rows.Exact(item.Expected);
            rows.EndRow();
        }

        rows.Finish();
    }

    public void TieOuts(IReadOnlyList<TieOut> ties)
    {
        var rows = book.Sheet(words[Word.TieOuts],
        [
            new(words[Word.ColumnCheck], 52), new(words[Word.ColumnSubject], 32), new(words[Word.ColumnOneWay], 17),
            new(words[Word.ColumnOtherWay], 17), new(words[Word.ColumnDifference], 14), new(words[Word.ColumnResult], 11),
        ]);
        foreach (var tie in ties)
        {
            rows.Text(tie.Name);
            rows.Text(tie.Subject);
            Compared(rows, tie, tie.One);
            Compared(rows, tie, tie.Other);
            Compared(rows, tie, tie.One - tie.Other);
            rows.Text(words[tie.Holds ? Word.Pass : Word.Fail]);
            rows.EndRow();
        }

        rows.Finish();
    }

    public IEnumerable<Column> DirectionHeads() =>
    [
        new(words[Word.Relationship], 18), new(words[Word.ColumnDebtor], 10), new(words[Word.ColumnCreditor], 10),
        new(words[Word.Currency], 9),
    ];

    public static void Head(IRows rows, Direction direction) => Head(
        rows, direction.Relationship.ToString(), direction.Debtor, direction.Creditor, direction.CurrencyCode);

    public static void Head(IRows rows, string relationship, PartyId debtor, PartyId creditor, string currency)
    {
        rows.Text(relationship);
        rows.Text(debtor.ToString());
        rows.Text(creditor.ToString());
        rows.Text(currency);
    }

    private static void Compared(IRows rows, TieOut tie, decimal minor)
    {
        if (Currency.Find(tie.Subject.Split(' ')[^1]) is { } currency && minor == decimal.Truncate(minor))
        {
            rows.Amount((long)minor, currency);
        }
        else
        {
            rows.Number(minor);
        }
    }

    private IEnumerable<Column> SumHeads() =>
    [
        new(words[Word.ColumnSessions], 10), new(words[Word.ColumnCredits], 9), new(words[Word.ColumnNoReference], 13),
        new(words[Word.ColumnEnergyKwh], 14), new(words[Word.ColumnChargingHours], 12), new(words[Word.SheetParkingHours], 12),
        .. new[]
        {
            Word.ColumnEnergy, Word.ColumnTime, Word.ColumnParking, Word.ColumnFlat, Word.ColumnReservation,
            Word.ColumnNet, Word.ColumnTax, Word.ColumnDue,
        }.Select(word => new Column(words[word], 14)),
    ];

    private static void Sums(IRows rows, Sums sums, Currency currency)
    {
        rows.Whole(sums.Sessions);
        rows.Whole(sums.Credits);
        rows.Whole(sums.NotProvable);
        rows.Number(sums.EnergyKwh);
        rows.Number(decimal.Round(sums.ChargingSeconds / 3600m, 4, MidpointRounding.AwayFromZero));
        rows.Number(decimal.Round(sums.ParkingSeconds / 3600m, 4, MidpointRounding.AwayFromZero));
        foreach (var minor in new[]
        {
            sums.Energy, sums.Time, sums.Parking, sums.Flat, sums.Reservation, sums.Net, sums.Tax, sums.Due,
        })
        {
            rows.Amount(minor, currency);
        }
    }
}
