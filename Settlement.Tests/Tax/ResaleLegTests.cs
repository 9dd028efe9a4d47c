using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;
using static Settlement.Tests.Tax.TaxCase;

namespace Settlement.Tests.Tax;

/// <summary>
/// The leg that is settled, CPO to eMSP: who is charged, who is exempt, what is held (rules-money 3–6).
/// </summary>
public class ResaleLegTests
{
    [Theory]
    [InlineData("CA-QC", "GST 5.00 + QST 9.98 = 114.98")]
    [InlineData("CA-ON", "HST 13.00 = 113.00")]
    public void GST_HST_and_QST_are_charged_and_recoverable(string place, string expected)
    {
        Reseller(place, "2026-10-01").Told().ShouldBe(expected);
        Reseller(place, "2026-10-01").Determined().Lines.ShouldAllBe(line => line.Recoverable);
        Driver(place, "2026-10-01").Determined().Lines.ShouldAllBe(line => !line.Recoverable);
    }

    [Theory]
    [InlineData("CA-SK", "GST 5.00 + PST exempt = 105.00", "GST 5.00 + PST 6.00 = 111.00")]
    [InlineData("CA-MB", "GST 5.00 + RST exempt = 105.00", "GST 5.00 + RST 7.00 = 112.00")]
    [InlineData("US-CT", "SALES exempt = 100.00", "SALES 6.35 = 106.35")]
    public void Retail_taxes_are_exempt_with_a_certificate_of_the_chargers_state_and_charged_without(
        string place, string with, string without)
    {
        Reseller(place, "2026-10-01").Told().ShouldBe(with);
        Reseller(place, "2026-10-01").WithoutCertificate().Told().ShouldBe(without);
        var elsewhere = new ResaleCertificate("US-NY", "NY-1", null, null);
        var question = Reseller(place, "2026-10-01");
        (question with { Recipient = question.Recipient with { Certificates = [elsewhere] } }).Told()
            .ShouldBe(without);
    }

    [Fact]
    public void An_exempt_line_carries_base_reason_and_certificate()
    {
        var line = Reseller("US-CT", "2026-10-01").Determined().Lines.Single();
        (line.Base.Text(), line.Amount.Text(), line.Reason, line.Certificate, line.Rate)
            .ShouldBe(("100.00", "0.00", "exempt: resale", "RC-1", 0.0635m));
    }

    [Fact]
    public void A_buyer_that_is_exempt_itself_has_its_own_reason()
    {
        var question = Reseller("US-CT", "2026-10-01");
        var exempt = new ResaleCertificate("US-CT", "E-7", null, null) { Kind = "exemption" };
        (question with { Recipient = question.Recipient with { Certificates = [exempt] } })
            .Determined().Lines.Single().Reason.ShouldBe("exempt: buyer");
    }

    [Theory]
    [InlineData("2026-09-30", "SALES 6.35 = 106.35")]
    [InlineData("2026-10-01", "SALES exempt = 100.00")]
    [InlineData("2026-12-31", "SALES exempt = 100.00")]
    [InlineData("2027-01-01", "SALES 6.35 = 106.35")]
    public void A_certificate_counts_from_its_first_to_its_last_day(string day, string expected)
    {
        var question = Reseller("US-CT", day);
        var dated = new ResaleCertificate("US-CT", "CT-1", Day("2026-10-01"), Day("2026-12-31"));
        (question with { Recipient = question.Recipient with { Certificates = [dated] } }).Told()
            .ShouldBe(expected);
    }

    [Fact] // rules-money 6
    public void A_supplier_whose_registration_is_not_known_holds_the_CDR_and_says_which()
    {
        var question = Reseller("CA-QC", "2026-10-01");
        var asked = (question with { Supplier = new TaxParty { Id = Cpo } }).Undetermined();
        (asked.Code, asked.Jurisdiction, asked.Rule)
            .ShouldBe(("tax.registration-missing", "CA-QC", "CA-QC:GST:2008-01-01"));
    }

    [Fact] // rules-money 6
    public void A_supplier_recorded_as_not_registered_charges_nothing_and_the_line_says_why()
    {
        var supplier = new TaxParty
        {
            Id = Cpo,
            Registrations = [new("GST", "CA", null, null, null), new("QST", "CA-QC", null, null, null)],
        };
        var answer = (Reseller("CA-QC", "2026-10-01") with { Supplier = supplier }).Determined();
        answer.Tax.Text().ShouldBe("0.00");
        answer.Lines.Select(line => (line.Tax, line.Disposition, line.Base.Text(), line.Reason)).ShouldBe(
        [
            ("GST", Disposition.Exempt, "100.00", "CA-FLO is not registered for GST on 2026-10-01"),
            ("QST", Disposition.Exempt, "100.00", "CA-FLO is not registered for QST on 2026-10-01"),
        ]);
    }

    [Theory]
    [InlineData("2026-06-30", "HST exempt = 100.00")]
    [InlineData("2026-07-01", "HST 13.00 = 113.00")]
    public void A_registration_counts_from_its_first_day(string day, string expected)
    {
        var supplier = new TaxParty { Id = Cpo,
            Registrations = [new("GST", "CA", "1RT", Day("2026-07-01"), null)] };
        (Reseller("CA-ON", day) with { Supplier = supplier }).Told().ShouldBe(expected);
    }

    [Fact]
    public void GST_and_HST_are_one_registration_and_its_number_is_on_the_line() =>
        Reseller("CA-ON", "2026-10-01").Determined().Lines.Single().Registration.ShouldBe("123456789RT0001");

    [Fact] // rules-money 5: an answer that cannot change what is due is not waited for
    public void A_missing_registration_does_not_hold_a_free_session() =>
        (Reseller("CA-ON", "2026-10-01", "0.00") with { Supplier = new TaxParty { Id = Cpo } })
            .Told().ShouldBe("HST 0.00 = 0.00");

    [Fact]
    public void A_reseller_recorded_as_not_registered_cannot_recover_the_tax()
    {
        var question = Reseller("CA-ON", "2026-10-01");
        var recipient = question.Recipient with { Registrations = [new("GST", "CA", null, null, null)] };
        (question with { Recipient = recipient }).Determined().Lines.Single().Recoverable.ShouldBeFalse();
    }

    [Fact] // rules-money 3
    public void An_excise_that_the_agreement_absorbs_is_shown_and_not_due()
    {
        var question = Reseller("US-IA", "2026-10-01").Kwh(30m);
        var answer = (question with { Terms = new SupplyTerms { ExciseAbsorbed = true } }).Determined();
        (answer.Lines[0].Disposition, answer.Lines[0].Amount.Text(), answer.Tax.Text())
            .ShouldBe((Disposition.Included, "0.78", "0.00"));
    }

    [Fact] // rules-money 3
    public void Sales_tax_that_the_debtor_remits_as_facilitator_is_shown_and_not_due()
    {
        var answer = (Driver("US-CT", "2026-10-01") with
        {
            Terms = new SupplyTerms { DebtorRemitsSalesTaxIn = ["US-CT"] },
        }).Determined();
        (answer.Lines[0].Disposition, answer.Lines[0].Amount.Text(), answer.Tax.Text())
            .ShouldBe((Disposition.RemittedByDebtor, "6.35", "0.00"));
    }

    [Fact]
    // 3 × 0.10 × 5 % = 0.015, not 3 × 0.01
    public void Each_tax_is_rounded_once_on_the_sum_of_what_it_covers() =>
        Reseller("CA-AB", "2026-10-01")
            .Parts((ChargeComponent.ENERGY, "0.10"), (ChargeComponent.TIME, "0.10"),
                (ChargeComponent.FLAT, "0.10"))
            .Told().ShouldBe("GST 0.02 = 0.32");

    // rules-money 6: with the zone missing, two possible days are one answer unless a rule differs between
    // them
    [Fact]
    public void Two_days_under_the_same_rules_give_the_same_taxes()
    {
        Reseller("CA-NS", "2025-03-30").Determined().IsSameAs(Reseller("CA-NS", "2025-03-31").Determined())
            .ShouldBeTrue();
        Reseller("CA-NS", "2025-03-31").Determined().IsSameAs(Reseller("CA-NS", "2025-04-01").Determined())
            .ShouldBeFalse();
    }

    [Fact]
    public void A_line_tells_the_whole_evidence()
    {
        var line = Reseller("CA-QC", "2026-10-01").Determined().Lines[1];
        (line.Tax, line.Jurisdiction, line.Rule, line.Rate, line.Remitter, line.Components, line.PlaceFoundBy)
            .ShouldBe(("QST", "CA-QC", "CA-QC:QST:2013-01-01", 0.09975m, "CPO", "ENERGY", "state"));
        line.Base.ShouldBe(Money.Of(100m, Currency.Of("CAD")));
    }
}
