using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using NodaTime;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Tax;

namespace Settlement.Tests.Intake;

/// <summary>What cannot have happened as a CDR states it is not owed, at the chargers and tariffs of the sample month.</summary>
public sealed class PlausibilityTests
{
    private static readonly DemoData Data = DemoMonth.Generate(new YearMonth(2026, 10), 0, 0);
    private static readonly ReferenceBook Book = DemoLoad.Facts(Data, Instant.FromUtc(2026, 9, 1, 0, 0))
        .Aggregate(ReferenceBook.Empty, (book, fact) => book.With(fact, 1));
    private static readonly Agreement Terms = DemoLoad.Terms(Data);
    private static readonly Instant Arrival = Instant.FromUtc(2026, 12, 1, 0, 0);

    [Theory]
    [InlineData("B15", "10 h of TIME in one hour", "period.time-exceeds-span")]
    [InlineData("B17", "a period that starts two days after the end", "periods.outside-session")]
    [InlineData("B18", "total_energy 1 of 10 kWh", "energy.differs")]
    [InlineData("B19", "a state that the CPO's own location contradicts", "place.contradicts-location")]
    [InlineData("B21", "a session that ends after its receipt", "time.after-receipt")]
    [InlineData("B22", "1000 kWh in a minute at 7.2 kW", "energy.exceeds-power")]
    [InlineData("C5", "50 kWh in no time", "energy.exceeds-power")]
    [InlineData("C6", "total_energy 10.4 of 10 kWh", "energy.differs")]
    [InlineData("C7", "total_energy 10.04 of 10 kWh", "energy.differs")]
    [InlineData("C8", "the same period twice", "period.sent-twice")]
    [InlineData("C13", "10 h of parking in 20 minutes", "period.time-exceeds-span")]
    public void Is_held_and_says_why(string id, string what, string code)
    {
        var held = Settle(Received(id)).ShouldBeOfType<CdrFact.CdrHeld>(what);
        held.Reasons.Select(reason => reason.Code).ShouldContain(code, what);
        held.Reasons.ShouldAllBe(reason => reason.Detail.Length > 0);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("0.0001", true)]
    public void A_hundred_thousand_equal_periods_are_compared_at_once(string? kwh, bool isTold)
    {
        var ordinary = Received("B9").Cdr;
        decimal? energy = kwh is null ? null : decimal.Parse(kwh, CultureInfo.InvariantCulture);
        var empty = new ChargingPeriod { Start = ordinary.Start };
        var holds = new List<Finding>();
        var watch = Stopwatch.StartNew();

        Plausibility.CheckSession(
            ordinary with { Periods = [.. Enumerable.Repeat(empty, 100_000), empty with { EnergyKwh = energy }, empty with { EnergyKwh = energy }] },
            new Site(null, null, null, new StationFacts()), Terms, holds);

        holds.Select(hold => hold.Code).Contains(Plausibility.SentTwice).ShouldBe(isTold);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void Clocks_may_differ_by_some_minutes(int minutes, bool isPosted)
    {
        var ordinary = Received("B9");
        var early = ordinary with { ReceivedAt = ordinary.Cdr.End - Duration.FromMinutes(minutes) };
        (Settle(early) is CdrFact.CdrRated).ShouldBe(isPosted);
        (Settle(early, Terms with { ClockDifferenceMinutes = 10 }) is CdrFact.CdrRated).ShouldBeTrue();
    }

    [Theory]
    [InlineData(1200, true)]
    [InlineData(1260, true)]
    [InlineData(1261, false)]
    public void Hours_may_exceed_the_timestamps_by_a_minute(int seconds, bool isPosted)
    {
        var ordinary = Received("B9");
        var longer = ordinary with
        {
            Cdr = ordinary.Cdr with { Periods = [ordinary.Cdr.Periods[0] with { TimeHours = decimal.Round(seconds / 3600m, 4) }] },
        };
        (Settle(longer) is CdrFact.CdrRated).ShouldBe(isPosted);
        (Settle(longer, Terms with { TimeToleranceSeconds = 120 }) is CdrFact.CdrRated).ShouldBeTrue();
    }

    [Theory]
    [InlineData(48.1, true)] // 125 kW for 20 minutes and one to spare is 43.75 kWh, and a tenth more is tolerated
    [InlineData(48.2, false)]
    public void A_connector_may_deliver_a_tenth_above_its_plate(double kwh, bool isPosted)
    {
        var energy = (decimal)kwh;
        var ordinary = Received("B9");
        var cdr = ordinary.Cdr with
        {
            Periods = [ordinary.Cdr.Periods[0] with { EnergyKwh = energy }],
            TotalEnergyKwh = energy,
            TotalCost = new Price(energy * 0.65m, null, []),
        };
        (Settle(ordinary with { Cdr = cdr }) is CdrFact.CdrRated).ShouldBe(isPosted);
        (Settle(ordinary with { Cdr = cdr }, Terms with { PowerTolerancePercent = 50 }) is CdrFact.CdrRated).ShouldBeTrue();
    }

    /// <summary>The faults of the sample month are others: what people are shown first must not be noise.</summary>
    [Fact]
    public void Nothing_in_the_sample_month_is_implausible()
    {
        var documents = DemoMonth.Generate(new YearMonth(2026, 10), 4_000, 7).Documents;
        var reasons = documents.Select(document =>
            {
                var cdr = CdrReader.Read(document.Json, new CdrReadOptions()).ShouldBeOfType<CdrReading.Read>().Cdr;
                var received = new CdrFact.CdrReceived(
                    cdr, "00", "driver", "", document.ReceivedAt, Terms.ChargePeriod(cdr.End), "test", 0, [], []);
                return cdr.Credit ? null : Settle(received) as CdrFact.CdrHeld;
            })
            .OfType<CdrFact.CdrHeld>().SelectMany(held => held.Reasons).Select(reason => reason.Code).Distinct().ToList();
        reasons.ShouldNotBeEmpty();
        reasons.Intersect([
            Plausibility.EndsAfterReceipt, Plausibility.TimeExceedsPeriod, Plausibility.SentTwice, Plausibility.EnergyExceedsPower,
            "place.contradicts-location", "period.order-decides", "energy.not-told",
        ]).ShouldBeEmpty();
    }

    [Fact]
    public void What_holds_is_answered_by_what_was_wrong()
    {
        HoldAnswers.Of("time.after-receipt").ShouldBe(HoldAnswer.Resend);
        HoldAnswers.Of("place.contradicts-location").ShouldBe(HoldAnswer.Fact);
        HoldAnswers.Of("location.evse-not-stated").ShouldBe(HoldAnswer.OtherDocument);
        HoldAnswers.Of("period.sent-twice").ShouldBe(HoldAnswer.Release);
    }

    /// <summary>The CPO corrects its own location: the CDR is settled as it is.</summary>
    [Fact]
    public void A_corrected_location_answers_a_contradiction()
    {
        var published = Book.PublishedLocation(PartyId.Parse("US-CPI")!.Value, "CPI-ON-03")!;
        var corrected = Book.With(
            published with { Location = published.Location with { State = "AB", PostalCode = "T2P 1J9" } }, 2);
        var cdr = Received("B19");
        var elsewhere = cdr with
        {
            Cdr = cdr.Cdr with { Location = cdr.Cdr.Location with { PostalCode = "T2P 1J9", City = "Calgary" } },
        };
        Settle(elsewhere).ShouldBeOfType<CdrFact.CdrHeld>().Reasons[0].Code.ShouldBe("place.contradicts-location");
        CdrSettlement.Settle(elsewhere, new Terms(new AgreementHistory([Terms]), corrected)).ShouldBeOfType<CdrFact.CdrRated>();
    }

    /// <summary>
    /// A 2.1.1 document with a whole site, AC and DC: in Wisconsin only DC bears the excise, in Ontario both bear HST.
    /// </summary>
    [Theory]
    [InlineData("WI", "53703", "USA", "USD", null)]
    [InlineData("ON", "K7M 0A8", "CAN", "CAD", 5650L)]
    public void A_site_with_several_connectors_is_settled_only_where_the_choice_does_not_matter(
        string state, string postalCode, string country, string currency, long? due)
    {
        foreach (var first in new[] { "ac", "dc" })
        {
            var file = Path.Combine(Checkout.Root, "Settlement.Tests", "Vectors", "Reports", "cdrs", $"63-211-{first}-first.json");
            var json = JsonNode.Parse(File.ReadAllText(file))!;
            var location = json["location"]!;
            (location["state"], location["postal_code"], location["country"]) = (state, postalCode, country);
            (json["currency"], json["tariffs"]![0]!["currency"]) = (currency, currency);
            var answer = Settle(Received(json));
            (answer as CdrFact.CdrRated)?.Settled.Due.ShouldBe(due!.Value, first);
            (answer as CdrFact.CdrHeld)?.Reasons.Select(reason => reason.Code).ShouldContain("location.evse-not-stated", first);
            (answer is CdrFact.CdrRated).ShouldBe(due is not null, first);
        }
    }

    private static CdrFact Settle(CdrFact.CdrReceived received, Agreement? terms = null) =>
        CdrSettlement.Settle(received, new Terms(new AgreementHistory([terms ?? Terms]), Book));

    private static CdrFact.CdrReceived Received(string id)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Stories", "Data", "money");
        return Received(new[] { "att1.jsonl", "att3.jsonl" }
            .SelectMany(file => File.ReadLines(Path.Combine(folder, file))).Select(line => JsonNode.Parse(line)!)
            .First(json => (string?)json["id"] == id));
    }

    private static CdrFact.CdrReceived Received(JsonNode json)
    {
        var options = new CdrReadOptions { Owner = DemoParties.ChargePoint.Id, TokenOwner = DemoParties.Flo.Id };
        var known = CheckedCdr.Of(CdrReader.Read(Encoding.UTF8.GetBytes(json.ToJsonString()), options)
            .ShouldBeOfType<CdrReading.Read>());
        return new CdrFact.CdrReceived(
            known.Cdr, "00", "driver", "", Arrival, Terms.ChargePeriod(known.Cdr.End), "test", 0, known.Holds, known.Notes);
    }
}
