using System.Text;
using System.Text.Json;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Rating;
using Settlement.Tests.Rating;

namespace Settlement.Tests.Intake;

/// <summary>What holds for every CDR that is posted, whatever its session and its tariffs. Examples shrink to a few lines.</summary>
public sealed class SettlementLawTests
{
    private static readonly ReferenceBook Book =
        DemoLoad.Facts(DemoMonth.Generate(new YearMonth(2026, 10), 0, 0), Instant.MinValue)
            .Aggregate(ReferenceBook.Empty, (book, fact) => book.With(fact, 1));

    [Fact]
    public void No_more_time_is_billed_than_the_timestamps_leave_and_the_agreement_tolerates() => AnySession.Law(any =>
    {
        var request = Plain(any);
        if (request.Policy.TimeMeaning == TimeMeaning.Connected || Settle(request) is not CdrFact.CdrRated { Settled: var settled })
        {
            return null; // where TIME prices the connected time, parking is billed twice by agreement
        }

        var cdr = request.Cdr;
        var timed = settled.Lines.Where(line => line.Unit == "s").ToList();
        var tolerance = Agreement(request).TimeToleranceSeconds + 1;
        return timed.Sum(line => line.Quantity) <= Seconds(cdr.Start, cdr.End) + tolerance
            && timed.GroupBy(line => cdr.Periods[line.Period].Start).All(stretch =>
                stretch.Sum(line => line.Quantity) <= Seconds(stretch.Key, NextStart(cdr, stretch.Key)) + tolerance);
    });

    [Fact]
    public void The_order_of_periods_never_changes_what_is_due() => AnySession.Law(any =>
    {
        var request = Plain(any);
        var due = Due(Settle(request));
        return Due(Settle(WithPeriods(request, [.. request.Cdr.Periods.Reverse()]))) == due
            && Due(Settle(WithPeriods(request, [.. request.Cdr.Periods.Skip(1), request.Cdr.Periods[0]]))) == due;
    });

    [Fact]
    public void The_order_of_dimensions_and_the_version_of_OCPI_change_nothing() => AnySession.Law(any =>
    {
        var request = Oldest(Plain(any));
        var answers = Enum.GetValues<OcpiVersion>().SelectMany(version => new[] { Read(request, version, turned: false), Read(request, version, turned: true) })
            .Select(cdr => Rater.Rate(request with { Cdr = cdr, Tariffs = cdr.Tariffs })).ToList();
        var rated = Rater.Rate(request);
        return answers.TrueForAll(answer => answer.IsRateable == rated.IsRateable && answer.BeforeTaxes == rated.BeforeTaxes);
    }, tests: 1_000);

    [Fact]
    public void The_sessions_of_these_laws_are_posted_and_held_for_many_reasons()
    {
        var answers = Enumerable.Range(0, 3_000).Select(seed => Settle(Plain(new RandomSessions(seed).Request()))).ToList();
        answers.Count(answer => answer is CdrFact.CdrRated).ShouldBeInRange(600, 2_700);
        string[] reasons =
        [
            "period.order-decides", "period.time-exceeds-span", "periods.out-of-order", "energy.negative", "volume.negative",
            "tariff.not-found", "signal.missing", "zone.missing", "period.sent-twice",
        ];
        reasons.ShouldBeSubsetOf(answers.OfType<CdrFact.CdrHeld>().SelectMany(held => held.Reasons).Select(reason => reason.Code));
    }

    /// <summary>In Ontario, claimed at its price, in the month that both networks know.</summary>
    private static RatingRequest Plain(RatingRequest request)
    {
        var cdr = request.Cdr with
        {
            Location = new CdrLocation { Id = "anywhere", Country = "CAN", State = "ON", TimeZone = request.Zone?.Id },
            Tariffs = request.Tariffs,
        };
        var plain = request with { Cdr = cdr, ReservationExpired = false };
        var rated = Rater.Rate(plain);
        return plain with
        {
            Cdr = cdr with { TotalCost = new Price(rated.BeforeTaxes?.RoundTo(2) ?? 0m, rated.AfterTaxes?.RoundTo(2), []) },
        };
    }

    private static RatingRequest WithPeriods(RatingRequest request, IReadOnlyList<ChargingPeriod> periods) =>
        request with { Cdr = request.Cdr with { Periods = periods } };

    private static Agreement Agreement(RatingRequest request) => new()
    {
        Relationship = DemoParties.Agreement.Relationship,
        Version = 1,
        ValidFrom = new LocalDate(2020, 1, 1),
        Policies = [.. request.Policy.Departures()],
    };

    /// <summary>With what checking finds, but for the order of periods: that is what one of the laws is about.</summary>
    private static CdrFact Settle(RatingRequest request)
    {
        var agreement = Agreement(request);
        var faults = CdrValidator.One.Check(request.Cdr).Where(IntakeFindings.Holds).ToList();
        var received = new CdrFact.CdrReceived(
            request.Cdr, "00", "driver", "", request.Cdr.End + Duration.FromHours(1), agreement.ChargePeriod(request.Cdr.End),
            "law", 0, [.. faults.Where(fault => fault.Code != IntakeFindings.PeriodsOrder)], []);
        return CdrSettlement.Settle(received, new Terms(new AgreementHistory([agreement]), Book));
    }

    private static long? Due(CdrFact fact) => (fact as CdrFact.CdrRated)?.Settled.Due;

    private static long Seconds(Instant from, Instant to) => (long)(to - from).TotalSeconds;

    private static Instant NextStart(Cdr cdr, Instant start) =>
        cdr.Periods.Select(period => period.Start).Where(next => next > start).DefaultIfEmpty(cdr.End).Min();

    /// <summary>What OCPI 2.1.1 can say of it.</summary>
    private static RatingRequest Oldest(RatingRequest request)
    {
        var tariff = request.Tariffs[0];
        tariff = tariff with
        {
            MinPrice = null,
            MaxPrice = null,
            TaxIncluded = TaxIncluded.NO,
            ValidFrom = null,
            ValidTo = null,
            Elements =
            [
                .. tariff.Elements.Select(element => new TariffElement(
                    [.. element.Components.Select(component => component with { VatPercent = null })],
                    element.Restrictions is { } given
                        ? given with
                        {
                            Reservation = null, MinPowerKw = null, MaxPowerKw = null, MinCurrentA = null, MaxCurrentA = null,
                            UnknownKeys = [],
                        }
                        : null)),
            ],
        };
        var periods = request.Cdr.Periods.Select(period => new ChargingPeriod
        {
            Start = period.Start,
            EnergyKwh = period.EnergyKwh,
            TimeHours = period.TimeHours,
            ParkingHours = period.ParkingHours,
        });
        return request with { Tariffs = [tariff], Cdr = request.Cdr with { Tariffs = [tariff], Periods = [.. periods] } };
    }

    /// <summary>Written as a version of OCPI has it, and read again.</summary>
    private static Cdr Read(RatingRequest request, OcpiVersion version, bool turned)
    {
        var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            CdrJson.Write(
                json,
                new CdrFact.CdrReceived(
                    request.Cdr, "00", "driver", "", request.Cdr.End, new YearMonth(2026, 10), "law", 0, [], []),
                new PersonalData { TokenUid = "TOKEN-1" }, version);
        }

        var text = System.Text.Json.Nodes.JsonNode.Parse(stream.ToArray())!;
        foreach (var period in turned ? text["charging_periods"]!.AsArray() : [])
        {
            var dimensions = period!["dimensions"]!.AsArray();
            period["dimensions"] = new System.Text.Json.Nodes.JsonArray(
                [.. dimensions.Reverse().Select(dimension => dimension!.DeepClone())]);
        }

        return CdrReader.Read(
                Encoding.UTF8.GetBytes(text.ToJsonString()),
                new CdrReadOptions { Version = version, Owner = request.Cdr.Key.Owner, TokenOwner = request.Cdr.TokenOwner })
            .ShouldBeOfType<CdrReading.Read>().Cdr;
    }
}
