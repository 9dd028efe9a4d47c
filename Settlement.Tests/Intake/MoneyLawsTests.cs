using FsCheck;
using FsCheck.Fluent;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;
using static Settlement.Tests.Intake.Counter;
using static Settlement.Tests.Rating.Sessions;

namespace Settlement.Tests.Intake;

/// <summary>What holds for every CDR, whatever it claims, wherever tax stands and whatever its CPO published.</summary>
public sealed class MoneyLawsTests
{
    [Fact]
    public void Nothing_is_due_above_the_price_or_the_claim_with_their_taxes() => Holds(bill =>
    {
        if (Settle(bill.Cdr, bill.Book, bill.Agreed) is not CdrFact.CdrRated { Settled: var settled })
        {
            return true;
        }

        var price = WithTaxes(bill, bill.Cdr.Rate().Total!.Value);
        var claim = bill.Cdr.TotalCost.AfterTaxes is { } after ? Cents(after)
            : WithTaxes(bill, ExactAmount.Of(bill.Cdr.TotalCost.BeforeTaxes!.Value));
        return settled.Due <= Math.Max(price, claim);
    });

    [Fact]
    public void Nothing_is_due_above_the_own_networks_price_with_its_taxes() => Holds(bill =>
    {
        if (bill.Own is not { } own || bill.Agreed.SettleNotComparable
            || Settle(bill.Cdr, bill.Book, bill.Agreed) is not CdrFact.CdrRated { Settled: var settled })
        {
            return true;
        }

        var normal = bill.Cdr with { Tariffs = [own], Periods = [.. bill.Cdr.Periods.Select(p => p with { TariffId = null })] };
        // a stated total may be a cent off by rule 8
        return settled.Due <= WithTaxes(bill with { Cdr = normal }, normal.Rate().Total!.Value) + 1;
    });

    [Fact]
    public void A_tariff_that_no_period_uses_changes_nothing() => Holds(bill =>
    {
        var unused = Tariff(Element(Energy(9m))) with { Id = "UNUSED", ContentHash = "unused" };
        var named = bill.Cdr with { Periods = [.. bill.Cdr.Periods.Select(period => period with { TariffId = "ROAM" })] };
        string Of(params IReadOnlyList<Tariff> tariffs) => Words(Settle(named with { Tariffs = tariffs }, bill.Book, bill.Agreed));
        return Of(named.Tariffs[0]) == Of(named.Tariffs[0], unused) && Of(named.Tariffs[0]) == Of(unused, named.Tariffs[0]);
    });

    [Fact]
    public void A_full_credit_takes_back_all_and_a_part_of_it_nothing_in_either_order() => Holds(bill =>
    {
        var claim = bill.Cdr.TotalCost;
        var full = CreditTotalTests.CreditOf(bill.Cdr, new Price(-claim.BeforeTaxes, -claim.AfterTaxes, []));
        var part = CreditTotalTests.CreditOf(bill.Cdr, new Price(-claim.BeforeTaxes + 1m, -claim.AfterTaxes + 1m, []));
        return new[] { false, true }.All(creditFirst =>
            CreditTotalTests.Posted(bill.Cdr, full, creditFirst) == "credited"
            && CreditTotalTests.Posted(bill.Cdr, part, creditFirst) == "held credit.differs");
    });

    [Fact]
    public void A_released_amount_is_never_above_claim_price_and_own_network() => Holds(bill =>
    {
        var terms = Terms(bill.Book, bill.Agreed);
        if (CdrRelease.Offer(Received(bill.Cdr), terms).Bounds is not { } bounds)
        {
            return true;
        }

        (CdrFact.CdrRated? Rated, Settlement.Domain.Refusal? Refusal) At(decimal amount) =>
            CdrRelease.Settle(Received(bill.Cdr), terms, new CdrRelease(amount, "letter", "ana"));
        var above = At(bounds.Highest + 0.01m);
        return above.Rated is null && above.Refusal is not null
            && (At(bounds.Highest).Rated is not { } settled
                || (settled.Settled.Due <= WithTaxes(bill, bill.Cdr.Rate().Total!.Value)
                    && (bill.Cdr.TotalCost is not { AfterTaxes: null, BeforeTaxes: { } claim } || settled.Settled.Net <= Cents(claim))));
    });

    /// <summary>The bills reach what the laws speak of: both sides of tax, settled and held for each reason.</summary>
    [Fact]
    public void The_bills_reach_every_kind_of_answer()
    {
        var answers = Bills.Examples(3000, 3000).Select(bill => Words(Settle(bill.Cdr, bill.Book, bill.Agreed)).Split(' '))
            .Select(words => words[0] == "net" ? "net" : words[1]).Distinct().ToList();
        new[] { "net", "claim.differs", "claim.nothing", "claim.missing", "surcharge", "surcharge.not-comparable", "tax.differs" }
            .Except(answers).ShouldBeEmpty();
    }

    private static long WithTaxes(Bill bill, ExactAmount total)
    {
        var side = bill.Cdr.Tariffs[0].TaxIncluded == TaxIncluded.YES;
        var exact = bill.Cdr with
        {
            TotalCost = side ? After(total.RoundTo(2)) : Before(total.RoundTo(2)),
            Tariffs = [Tariff(Element(Fee(total.RoundTo(2)))) with { Id = "ROAM", TaxIncluded = bill.Cdr.Tariffs[0].TaxIncluded }],
        };
        return Settle(exact).ShouldBeOfType<CdrFact.CdrRated>().Settled.Due;
    }

    private static long Cents(decimal amount) =>
        (long)decimal.Round(amount * 100m, MidpointRounding.AwayFromZero);

    private sealed record Bill(Cdr Cdr, Tariff? Own, string? State, int Tolerance)
    {
        public ReferenceBook Book => Own is null ? Counter.Book() : Counter.Book(Publishes(Own), Connector(Own.Id));

        public Agreement Agreed => Counter.Agreed with { ToleranceMinor = Tolerance };

        public override string ToString() =>
            $"{Cdr.TotalEnergyKwh} kWh in {State}, tariff {Text(Cdr.Tariffs[0])}, own {(Own is null ? "none" : Text(Own))}, "
            + $"claim {Cdr.TotalCost.BeforeTaxes}|{Cdr.TotalCost.AfterTaxes}, tolerance {Tolerance}";

        private static string Text(Tariff tariff) =>
            $"{tariff.Elements[0].Components[0].Price} vat {tariff.Elements[0].Components[0].VatPercent} {tariff.TaxIncluded}"
            + $" {tariff.Currency}";
    }

    private static readonly Gen<Bill> Bills =
        from state in Gen.Elements("QC", "ON", "AB", "NS")
        from kwh in Gen.Choose(1, 240)
        from price in Gen.Frequency((9, Gen.Choose(100, 9000)), (1, Gen.Choose(1, 20)))
        from vat in Gen.Elements<decimal?>(null, 0m, 5m, 13m, 14.975m)
        from included in Gen.Frequency((3, Gen.Constant(TaxIncluded.NO)), (1, Gen.Constant(TaxIncluded.YES)))
        from ownPrice in Gen.Frequency((3, Gen.Constant(0)), (2, Gen.Choose(-300, 300)))
        from ownKind in Gen.Choose(0, 9)
        from claim in Gen.Choose(-3, 3)
        from sides in Gen.Choose(0, 5)
        from tolerance in Gen.Elements(0, 0, 3)
        select Of(state, kwh / 10m, price / 10_000m, vat, included, ownPrice / 10_000m, ownKind, claim, sides, tolerance);

    private static Bill Of(
        string state, decimal kwh, decimal price, decimal? vat, TaxIncluded included, decimal more, int ownKind, int off,
        int sides, int tolerance)
    {
        var tariff = Tariff(Element(Energy(price, vat: vat))) with { Id = "ROAM", ContentHash = "roam", TaxIncluded = included };
        var own = tariff with
        {
            Id = ownKind < 3 ? "ROAM" : "OWN",
            ContentHash = "own",
            Elements = [Element(Energy(Math.Max(0m, price + more)))],
            TaxIncluded = ownKind == 9 ? TaxIncluded.YES : included,
            Currency = ownKind == 8 ? "USD" : "CAD",
        };
        var cdr = Charged(tariff, Before(0m), state, kwh);
        var (rate, total) = (state switch { "QC" => 0.14975m, "ON" => 0.13m, "AB" => 0.05m, _ => 0.14m }, cdr.Rate().Total!.Value);
        var isIncluded = included == TaxIncluded.YES;
        var before = decimal.Round(isIncluded ? total.LineScale() / (1m + rate) : total.LineScale(), 2) + off / 100m;
        var after = decimal.Round(isIncluded ? total.LineScale() : total.LineScale() * (1m + rate), 2) + off / 100m;
        var told = sides switch { 0 or 1 => After(after), 2 => new Price(before - off / 100m, after, []), _ => isIncluded ? After(after) : Before(before) };
        told = sides == 5 && isIncluded ? Before(before) : told;
        return new Bill(cdr with { TotalCost = told }, ownKind is >= 0 and < 2 ? null : own, state, tolerance);
    }

    private static IEnumerable<Bill> Smaller(Bill bill)
    {
        if (bill.Own is not null)
        {
            yield return bill with { Own = null };
        }

        if (bill.Tolerance > 0)
        {
            yield return bill with { Tolerance = 0 };
        }

        if (bill.State != "AB")
        {
            yield return bill with { State = "AB", Cdr = At(bill.Cdr, "AB") };
        }
    }

    private static void Holds(Func<Bill, bool> law) => Prop.ForAll(Arb.From(Bills, Smaller), law)
        .Check(Laws.Config(400));
}
