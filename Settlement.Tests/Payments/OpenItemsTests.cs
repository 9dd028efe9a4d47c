using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Disputes;
using Settlement.Domain.Payments;

namespace Settlement.Tests.Payments;

/// <summary>What is open under which document (facts/finance.md §1.2, §3.1; rules-money 25).</summary>
public sealed class OpenItemsTests
{
    private static readonly PartyId Flo = PartyId.Parse("CA-FLO")!.Value;
    private static readonly PartyId Cpi = PartyId.Parse("US-CPI")!.Value;
    private static readonly LocalDate Third = new(2026, 11, 3);
    private static readonly DisputedCdr Cdr = new(Cpi, "C1", Flo, Cpi, "CAD", new YearMonth(2026, 10), 50);

    private static ItemMove Invoice(string number, long total, LocalDate date, int month = 10) => new(
        ItemMoveKind.Document, number, Flo, Cpi, "CAD", total, date, "statement")
    {
        DueOn = date.PlusDays(30),
        Month = new YearMonth(2026, month),
        UpTo = 100,
    };

    private static ItemMove Move(ItemMoveKind kind, string item, long amount, string reference = "x") =>
        new(kind, item, Flo, Cpi, "CAD", amount, Third, reference);

    [Fact]
    public void Set_off_goes_to_the_oldest_document_first()
    {
        var open = OpenItems.Of(
        [
            Invoice("INV-2", 500, Third.PlusDays(30), 11), Invoice("INV-1", 300, Third),
            Move(ItemMoveKind.SetOff, "", 400),
        ]);

        open.Find("INV-1")!.Open.ShouldBe(0);
        open.Find("INV-2")!.ShouldSatisfyAllConditions(
            item => item.SetOff.ShouldBe(100), item => item.Open.ShouldBe(400));
    }

    [Fact]
    public void A_dispute_before_issue_follows_its_CDR_onto_the_document()
    {
        var before = ItemMove.About(Cdr, ItemMoveKind.Disputed, 120, Third);
        OpenItems.Of([before]).All.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            item => item.Name.ShouldBe(""), item => item.Open.ShouldBe(-120));

        var open = OpenItems.Of([before, Invoice("INV-1", 1000, Third)]);

        open.Find("INV-1")!.Open.ShouldBe(880);
        open.All.Sum(item => item.Open).ShouldBe(880);
    }

    [Fact]
    public void A_credit_note_settles_its_invoice_as_far_as_that_is_open()
    {
        var open = OpenItems.Of(
        [
            Invoice("INV-1", 1000, Third), Move(ItemMoveKind.Paid, "INV-1", 950),
            Invoice("CN-1", -200, Third.PlusDays(30), 11), Move(ItemMoveKind.Amend, "INV-1", 200, "CN-1"),
        ]);

        open.Find("INV-1")!.Open.ShouldBe(0);
        open.Find("CN-1")!.Open.ShouldBe(-150); // the payer has this to get
    }

    [Fact]
    public void Our_credit_note_moves_from_disputed_to_credited_and_opens_nothing()
    {
        var open = OpenItems.Of(
        [
            Invoice("INV-1", 1000, Third), ItemMove.About(Cdr, ItemMoveKind.Disputed, 120, Third),
            ItemMove.About(Cdr, ItemMoveKind.Credited, 120, Third),
        ]).Find("INV-1")!;

        (open.Disputed, open.Credited, open.Open).ShouldBe((0L, 120L, 880L));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(30, 1)]
    [InlineData(31, 2)]
    [InlineData(60, 2)]
    [InlineData(61, 3)]
    [InlineData(90, 3)]
    [InlineData(91, 4)]
    [InlineData(120, 4)]
    [InlineData(121, 5)]
    public void Days_after_the_due_date_decide_the_column(int days, int column)
    {
        var due = Third.PlusDays(30);
        var row = Ageing.Of([Invoice("INV-1", 1000, Third)], due.PlusDays(days)).ShouldHaveSingleItem();

        new[] { row.NotDue, row.To30, row.To60, row.To90, row.To120, row.Over120 }[column].ShouldBe(1000);
        row.Open.ShouldBe(1000);
    }

    [Fact]
    public void Ages_as_of_a_day_know_nothing_later_and_keep_disputed_and_unapplied_apart()
    {
        IReadOnlyList<ItemMove> moves =
        [
            Invoice("INV-1", 1000, Third), ItemMove.About(Cdr, ItemMoveKind.Disputed, 120, Third),
            new(ItemMoveKind.Unapplied, "", Flo, Cpi, "CAD", 70, Third, "payment P"),
            new(ItemMoveKind.Paid, "INV-1", Flo, Cpi, "CAD", 500, Third.PlusDays(20), "payment Q"),
        ];

        Ageing.Of(moves, Third.PlusDays(19)).ShouldHaveSingleItem()
            .ShouldBe(new AgeingRow(Flo, Cpi, "CAD", 880, 0, 0, 0, 0, 0, 120, 70));
        Ageing.Of(moves, Third.PlusDays(20)).ShouldHaveSingleItem().NotDue.ShouldBe(380);
        Ageing.Of(moves, Third.PlusDays(-1)).ShouldBeEmpty();
    }

    [Fact]
    public void Whatever_moves_what_is_open_is_the_sum_of_all_moves()
    {
        var moves = from n in Gen.Choose(0, 5)
                    from amount in Gen.Choose(-500, 500)
                    select n switch
                    {
                        0 => Invoice($"INV-{amount % 3}", amount, Third),
                        1 => Move(ItemMoveKind.SetOff, "", Math.Abs(amount)),
                        2 => Move(ItemMoveKind.Converted, "", amount),
                        3 => Move(ItemMoveKind.Paid, $"INV-{amount % 3}", amount),
                        4 => ItemMove.About(Cdr, ItemMoveKind.Disputed, amount, Third),
                        _ => ItemMove.About(Cdr, ItemMoveKind.Credited, amount, Third),
                    };
        Prop.ForAll(Arb.From(Gen.ListOf(moves)), list =>
            OpenItems.Of(list).All.Sum(item => item.Open) == list.Sum(move => move.Kind switch
            {
                ItemMoveKind.Document => move.Amount,
                ItemMoveKind.Credited => 0,
                _ => -move.Amount,
            })).Check(Laws.Config(100));
    }
}
