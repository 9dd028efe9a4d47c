using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Payments;
using Settlement.Tests.Intake;
using Settlement.Tests.Periods;
using static Settlement.Tests.Payments.MoneyTown;

namespace Settlement.Tests.Payments;

/// <summary>Every open item can reach zero: paid, refunded, offset against a document, or written off (rules-money 25).</summary>
public sealed class EveryItemReachesZeroTests
{
    private static readonly LocalDate Today = new(2026, 12, 1);
    private static readonly PartyId Debtor = Pair.A;
    private static readonly PartyId Creditor = Pair.B;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>How somebody gets rid of what is open.</summary>
    public enum Way
    {
        Pay,
        Offset,
        WriteOff,
    }

    [Fact]
    public void Whatever_was_invoiced_credited_and_paid_is_settled_to_nothing_by_the_ways_there_are() => Prop.ForAll(
        Documents.Zip(Ways).ToArbitrary(), story =>
        {
            var (documents, ways) = story;
            List<Fact> facts = [];
            List<ItemMove> moves = [.. documents.SelectMany((amount, i) => Document(amount, i))];
            var before = Items().All.Sum(item => item.Open);
            for (var i = 0; Items() is var open && i < 100; i++)
            {
                if (open.All.FirstOrDefault(item => item.Open != 0) is { } item)
                {
                    Do(Settle(open, item, ways[i % ways.Length], i));
                }
                else if (open.Money.Count > 0)
                {
                    var id = open.Money[0].Reference["payment ".Length..];
                    var state = facts.OfType<PaymentFact>().Where(fact => Id(fact) == id)
                        .Aggregate(PaymentState.None, (known, fact) => known.With(fact));
                    Do(Accepted(PaymentDecisions.Refund(state, null, Today, "ana")));
                }
            }

            var due = facts.SelectMany(Journals.Of).SelectMany(entry => entry.Lines).Select(line => line.Posting)
                .Where(posting => posting.Account == Account.Due(Debtor, Creditor)).Sum(posting => posting.Debit - posting.Credit);
            return Items() is { Money.Count: 0 } left && left.All.All(item => item.Open == 0) && due == -before;

            OpenItems Items() => OpenItems.Of(moves);

            void Do(IEnumerable<Fact> done)
            {
                var list = done.ToList();
                facts.AddRange(list);
                moves.AddRange(list.SelectMany(ItemMove.Of));
            }
        }).Check(Laws.Config(200));

    [Fact]
    public async Task Money_that_came_twice_is_shown_and_refunded_and_a_credit_note_after_it_too()
    {
        await using var town = await Town.Begin();
        await town.Import([NovaScotia.Session("A", 57.00m)]);
        await Close(town, NovaScotia.March, NovaScotia.ThirdOfApril);
        var desk = town.Engine.Payments;
        var invoice = (await desk.Open(Pair, null, Stop)).All.ShouldHaveSingleItem();
        foreach (var id in new[] { "Bank-1", "Bank-2" })
        {
            (await desk.Record(Pair, Payment(id, invoice, 6498), [], Today, "ana", Stop)).ShouldBeNull();
        }

        // an id compares without case: the same payment again is the same payment
        (await desk.Record(Pair, Payment("BANK-1", invoice, 6498), [], Today, "ana", Stop)).ShouldBeNull();
        var (exit, output, _) = await town.Program("payments", "items", Pair.ToString());
        exit.ShouldBe(0);
        output.ShouldContain("payment Bank-2");
        output.ShouldContain("-64.98");

        (await desk.Refund(Pair, "bank-2", null, Today, "ana", Stop)).ShouldBeNull();
        await town.Import([NovaScotia.Credit("A-C", "A", 57.00m, new LocalDate(2025, 4, 20))]);
        await Close(town, NovaScotia.April, new LocalDate(2025, 5, 5));
        var note = (await desk.Open(Pair, null, Stop)).All.Single(item => item.Open != 0);
        note.Open.ShouldBe(-6498);

        // the creditor pays it back
        var back = new Payment("Refund-1", note.Creditor, note.Debtor, "CAD", 6498, Today, $"refund of {note.Name}");
        (await desk.Record(Pair, back, [], Today, "ana", Stop)).ShouldBeNull();

        var left = await desk.Open(Pair, null, Stop);
        left.All.ShouldAllBe(item => item.Open == 0);
        left.Money.ShouldBeEmpty();
        await TiesOut(town);
        (await town.Count("select count(*) from (select account from balances group by 1 having sum(debit) <> sum(credit) "
            + "and account not like 'payment:%') left_over")).ShouldBe(0);
        (await town.Rebuild()).ShouldAllBe(tenant => tenant.IsEqual);
    }

    private static readonly Gen<int[]> Documents =
        Gen.Choose(-400, 600).Select(amount => amount == 0 ? 1 : amount).NonEmptyListOf().Select(list => list.Take(5).ToArray());

    private static readonly Gen<Way[]> Ways = Gen.Elements(Way.Pay, Way.Offset, Way.WriteOff).NonEmptyListOf().Select(list => list.ToArray());

    private static IEnumerable<ItemMove> Document(int amount, int i) =>
    [
        new ItemMove(
            ItemMoveKind.Document, $"{(amount < 0 ? "CN" : "INV")}-{i + 1}", Debtor, Creditor, "CAD", amount,
            new LocalDate(2026, 11, 3 + i), "statement") { DueOn = new LocalDate(2026, 11, 20 + i) },
    ];

    private static IEnumerable<Fact> Settle(OpenItems open, OpenItem item, Way way, int i)
    {
        var other = open.All.FirstOrDefault(each => Math.Sign(each.Open) == -Math.Sign(item.Open));
        if (way == Way.Offset && other is not null)
        {
            var (credit, invoice) = item.Open < 0 ? (item, other) : (other, item);
            return Accepted(OffsetCredit.Decide(open, credit.Name, invoice.Name, null, Today, "ana"));
        }

        if (way == Way.WriteOff && Math.Abs(item.Open) <= 100)
        {
            var asked = Accepted(WriteOff.None.Propose(item, item.Name, 100, "small", Today, "ana")).ToList();
            return asked.Concat(Accepted(WriteOff.None.With((WriteOffFact)asked[0]).Approve(item, item.Name, 100, Today, "bruno")));
        }

        // more than is open: the rest matches nothing, or pays the next one
        var (payer, payee) = item.Open > 0 ? (Debtor, Creditor) : (Creditor, Debtor);
        var payment = new Payment($"P-{i}", payer, payee, "CAD", Math.Abs(item.Open) + (i % 3), Today, "");
        return Accepted(PaymentDecisions.Record(
            PaymentState.None, payment, Pair, open, [new RemittanceLine(item.Name, null)], Today, "ana"));
    }

    private static IEnumerable<Fact> Accepted<T>(Decision<T> decision)
        where T : Fact => ((Decision<T>.Accepted)decision).Facts.Cast<Fact>();

    private static string Id(PaymentFact fact) => fact switch
    {
        PaymentFact.PaymentRecorded e => e.Payment.Id,
        PaymentFact.PaymentApplied e => e.Payment.Id,
        PaymentFact.PaymentRefunded e => e.Payment.Id,
        _ => "",
    };
}
