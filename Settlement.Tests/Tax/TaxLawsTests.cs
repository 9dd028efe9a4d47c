using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;
using static Settlement.Tests.Tax.TaxCase;

namespace Settlement.Tests.Tax;

/// <summary>What holds for every session, whatever its place, day, price, station and buyer.</summary>
public class TaxLawsTests
{
    private static readonly string[] Places =
        [.. TaxBook.Shipped.All.Select(each => each.Rule.Jurisdiction).Distinct().Order()];

    private static readonly Gen<StationFacts> Stations =
        from kw in Gen.Elements<decimal?>(null, 1.4m, 7.2m, 19.2m, 20m, 25m, 49.9m, 50m, 150m)
        from installed in Gen.Elements<string?>(null, "2020-01-01", "2022-07-01", "2024-03-21", "2024-03-22")
        from flags in Gen.Choose(0, 7)
        select new StationFacts
        {
            PowerKw = kw,
            InstalledOn = installed is null ? null : Day(installed),
            IsPublic = (flags & 1) == 0,
            OnStateProperty = (flags & 2) != 0,
            IsResidence = (flags & 4) != 0,
        };

    private static readonly Gen<TaxQuestion> Sessions =
        from place in Gen.Elements(Places)
        from day in Gen.Choose(0, 7300)
        from energy in Gen.Choose(0, 20_000)
        from time in Gen.Choose(0, 5_000)
        from flat in Gen.Choose(0, 300)
        from station in Stations
        from wh in Gen.Choose(0, 150_000)
        from kind in Gen.Choose(0, 7)
        let question = (kind & 1) == 0 ? Driver(place, "2026-01-01") : Reseller(place, "2026-01-01")
        select ((kind & 2) == 0 ? question : question.WithoutCertificate()) with
        {
            Delivery = new LocalDate(2008, 1, 1).PlusDays(day),
            Amounts =
            [
                new ComponentAmount(ChargeComponent.ENERGY, new Money(energy, question.Currency)),
                new ComponentAmount(
                    ChargeComponent.TIME, new Money((kind & 4) == 0 ? 0 : time, question.Currency)),
                new ComponentAmount(
                    ChargeComponent.FLAT, new Money((kind & 4) == 0 ? 0 : flat, question.Currency)),
            ],
            EnergyKwh = wh / 1000m,
            Station = station,
            StateTaxOnly = true,
        };

    [Fact]
    public void The_charged_lines_sum_to_the_tax_and_exempt_lines_are_zero() => Holds(Sessions, question =>
        TaxEngine.Determine(question, TaxBook.Shipped) is not TaxAnswer.Determined answer
        || (
            answer.Tax.Minor == answer.Lines.Where(line => line.Disposition == Disposition.Charged)
                .Sum(line => line.Amount.Minor)
            && answer.Lines.All(line => line.Disposition != Disposition.Exempt || line.Amount.Minor == 0)));

    [Fact]
    public void Base_times_rate_gives_the_amount_of_every_charged_line() => Holds(Sessions, question =>
        TaxEngine.Determine(question, TaxBook.Shipped) is not TaxAnswer.Determined answer
        || answer.Lines.Where(line => line.Disposition == Disposition.Charged).All(line =>
            Math.Abs(line.Amount.Minor - Exact(line)) <= 0.5m));

    [Fact]
    public void A_price_that_includes_tax_is_net_and_tax_to_the_cent() => Holds(Sessions, question =>
        TaxEngine.Determine(question with { AmountsIncludeTax = true, Buyer = Buyer.Driver }, TaxBook.Shipped)
            is not TaxAnswer.Determined answer
        || question.Amounts.All(each => each.Amount.Minor == 0)
        || (answer.Net + answer.Tax).Minor == question.Amounts.Sum(each => each.Amount.Minor));

    [Fact]
    public void Inclusive_and_exclusive_agree_within_the_residual_cent() => Holds(Sessions, question =>
    {
        var driver = question with
        {
            Buyer = Buyer.Driver,
            Amounts = [question.Amounts[0]],
        };
        if (TaxEngine.Determine(driver, TaxBook.Shipped) is not TaxAnswer.Determined exclusive
            || exclusive.Net.Minor == 0)
        {
            return true;
        }

        var total = new ComponentAmount(ChargeComponent.ENERGY, exclusive.Net + exclusive.Tax);
        var inclusive = (driver with { AmountsIncludeTax = true, Amounts = [total] }).Determined();
        return Math.Abs(inclusive.Net.Minor - exclusive.Net.Minor) <= 1;
    });

    [Fact] // rules-money 14
    public void A_credit_and_its_original_are_zero_in_every_tax() => Holds(Sessions, question =>
        TaxEngine.Determine(question, TaxBook.Shipped) is not TaxAnswer.Determined answer
        || answer.Lines.Concat(answer.Lines.Select(line => line.Negated()))
            .GroupBy(line => (line.Tax, line.Jurisdiction)).All(tax =>
                tax.Sum(line => line.Amount.Minor) == 0 && tax.Sum(line => line.Base.Minor) == 0
                && tax.Sum(line => line.Kwh ?? 0m) == 0m));

    [Fact]
    public void A_rule_recorded_later_changes_nothing_that_was_decided_earlier()
    {
        var now = Instant.FromUtc(2026, 11, 23, 9, 0);
        var later = TaxBook.Shipped.All.Select(each => each.Rule).Aggregate(TaxBook.Shipped, (book, rule) =>
            book.Record(rule with { Version = 2, Treatment = Treatment.Exempt, Reason = "test" },
                now + Duration.Epsilon));
        Holds(Sessions, question => Same(
            TaxEngine.Determine(question, TaxBook.Shipped),
            TaxEngine.Determine(question with { KnownAt = now }, later)));
    }

    [Fact]
    public void The_order_of_the_components_does_not_matter() => Holds(Sessions, question => Same(
        TaxEngine.Determine(question, TaxBook.Shipped),
        TaxEngine.Determine(question with { Amounts = [.. question.Amounts.Reverse()] }, TaxBook.Shipped),
        componentsInOrder: false));

    [Fact] // rules-money 5
    public void A_reseller_with_a_certificate_is_never_held_for_sales_tax() => Holds(Sessions, question =>
        TaxEngine.Determine(
            question with { Buyer = Buyer.Reseller,
                Recipient = Reseller(question.Place.Code, "2026-01-01").Recipient },
            TaxBook.Shipped) is not TaxAnswer.Undetermined asked
        || asked.Rule?.Contains(":SALES:", StringComparison.Ordinal) != true);

    private static decimal Exact(TaxLine line) =>
        line.PerKwh * line.Kwh * 100m ?? line.Rate!.Value * line.Base.Minor;

    private static bool Same(TaxAnswer one, TaxAnswer other, bool componentsInOrder = true)
    {
        return (one, other) switch
        {
            (TaxAnswer.Determined a, TaxAnswer.Determined b) => a.Net == b.Net
                && a.Lines.Select(Plain).SequenceEqual(b.Lines.Select(Plain)),
            (TaxAnswer.Undetermined a, TaxAnswer.Undetermined b) =>
                !componentsInOrder || (a.Code == b.Code && a.Rule == b.Rule),
            _ => false,
        };

        TaxLine Plain(TaxLine line) => componentsInOrder ? line : line with { Components = "" };
    }

    private static void Holds(Gen<TaxQuestion> gen, Func<TaxQuestion, bool> law) =>
        Prop.ForAll(gen.ToArbitrary(), law)
            .Check(Laws.Config(1000));
}
