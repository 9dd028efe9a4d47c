using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Tests.Rating;

/// <summary>Any session with its tariffs, for laws: a counterexample shrinks to the few lines that matter and reads as such.</summary>
internal sealed record AnySession(RatingRequest Request)
{
    public static readonly Arbitrary<AnySession> Arbitrary = Arb.From(
        Gen.Choose(0, int.MaxValue).Select(seed => new AnySession(new RandomSessions(seed).Request())),
        any => any.Smaller().Select(request => new AnySession(request)));

    /// <summary>Checks a law and that it was asked often enough to mean something; null = it says nothing of this session.</summary>
    public static void Law(Func<RatingRequest, bool?> law, int tests = 3_000)
    {
        var asked = 0;
        Prop.ForAll(Arbitrary, any =>
        {
            var holds = law(any.Request);
            asked += holds is null ? 0 : 1;
            return holds ?? true;
        }).Check(Laws.Config(tests));
        asked.ShouldBeGreaterThan(TestSizes.Cases(tests) / 25);
    }

    public override string ToString()
    {
        var text = new StringBuilder().AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"zone {Request.Zone?.Id ?? "unknown"}{string.Concat(Request.Policy.Departures().Select(each => ", " + each))}");
        foreach (var tariff in Request.Tariffs)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"tariff {tariff.Id}, tax {tariff.TaxIncluded}, min {tariff.MinPrice}, max {tariff.MaxPrice}, valid {tariff.ValidFrom} to {tariff.ValidTo}");
            foreach (var element in tariff.Elements)
            {
                text.AppendLine("  " + string.Join("; ", element.Components.Select(each => string.Create(
                        CultureInfo.InvariantCulture, $"{each.Type} {each.Price} step {each.StepSize} vat {each.VatPercent}")))
                    + string.Concat(Set(element.Restrictions)));
            }
        }

        foreach (var period in Request.Cdr.Periods)
        {
            text.AppendLine(string.Concat(Set(period)));
        }

        return text.AppendLine(CultureInfo.InvariantCulture, $"from {Request.Cdr.Start} to {Request.Cdr.End}").ToString();
    }

    /// <summary>What is set of a record, name by name.</summary>
    private static IEnumerable<string> Set(object? record) => record is null ? [] : record.GetType().GetProperties()
        .Select(property => (property.Name, Value: property.GetValue(record)))
        .Where(pair => pair.Value is not (null or false or true or System.Collections.ICollection { Count: 0 }))
        .Select(pair => string.Create(CultureInfo.InvariantCulture,
            $" {pair.Name} {(pair.Value is IEnumerable<IsoDayOfWeek> days ? string.Join('/', days) : pair.Value)}"));

    private IEnumerable<RatingRequest> Smaller()
    {
        foreach (var entry in RatingPolicies.All.Where(entry => entry.Get(Request.Policy) != 0))
        {
            yield return Request with { Policy = entry.Set(Request.Policy, 0) };
        }

        for (var i = 0; i < Request.Tariffs.Count; i++)
        {
            if (Request.Tariffs.Count > 1)
            {
                yield return With([.. Request.Tariffs.Where((_, index) => index != i)]);
            }

            foreach (var tariff in Smaller(Request.Tariffs[i]))
            {
                yield return With([.. Request.Tariffs.Select((each, index) => index == i ? tariff : each)]);
            }
        }

        foreach (var cdr in Smaller(Request.Cdr))
        {
            yield return Request with { Cdr = Totalled(cdr) };
        }

        if (Request.ReservationExpired)
        {
            yield return Request with { ReservationExpired = false };
        }

        if (Request.Zone is not null && Request.Zone != DateTimeZone.Utc)
        {
            yield return Request with { Zone = DateTimeZone.Utc };
        }
    }

    private RatingRequest With(List<Tariff> tariffs) =>
        Request with { Tariffs = tariffs, Cdr = Request.Cdr with { Tariffs = tariffs } };

    private static IEnumerable<Tariff> Smaller(Tariff tariff)
    {
        var elements = tariff.Elements;
        for (var i = 0; i < elements.Count; i++)
        {
            if (elements.Count > 1)
            {
                yield return tariff with { Elements = [.. elements.Where((_, index) => index != i)] };
            }

            foreach (var element in Smaller(elements[i]))
            {
                yield return tariff with { Elements = [.. elements.Select((each, index) => index == i ? element : each)] };
            }
        }

        var plain = tariff with { MinPrice = null, MaxPrice = null, TaxIncluded = TaxIncluded.NO, ValidFrom = null, ValidTo = null };
        foreach (var other in new[]
        {
            tariff with { MinPrice = null }, tariff with { MaxPrice = null }, tariff with { TaxIncluded = TaxIncluded.NO },
            tariff with { ValidFrom = null, ValidTo = null },
        })
        {
            if (tariff != plain && other != tariff)
            {
                yield return other;
            }
        }
    }

    private static IEnumerable<TariffElement> Smaller(TariffElement element)
    {
        for (var i = 0; i < element.Components.Count; i++)
        {
            var component = element.Components[i];
            if (element.Components.Count > 1)
            {
                yield return element with { Components = [.. element.Components.Where((_, index) => index != i)] };
            }

            if (component is not { StepSize: 1, VatPercent: null, Price: 1m })
            {
                foreach (var plain in new[] { component with { StepSize = 1 }, component with { VatPercent = null }, component with { Price = 1m } }
                    .Where(plain => plain != component))
                {
                    yield return element with { Components = [.. element.Components.Select((each, index) => index == i ? plain : each)] };
                }
            }
        }

        if (element.Restrictions is { } restrictions)
        {
            yield return element with { Restrictions = null };
            foreach (var fewer in Fewer(restrictions))
            {
                yield return element with { Restrictions = fewer };
            }
        }
    }

    private static IEnumerable<TariffRestrictions> Fewer(TariffRestrictions whole) => new[]
    {
        whole with { StartTime = null }, whole with { EndTime = null }, whole with { StartDate = null }, whole with { EndDate = null },
        whole with { MinKwh = null }, whole with { MaxKwh = null }, whole with { MinCurrentA = null }, whole with { MaxCurrentA = null },
        whole with { MinPowerKw = null }, whole with { MaxPowerKw = null }, whole with { MinDurationSeconds = null },
        whole with { MaxDurationSeconds = null }, whole with { DaysOfWeek = [] }, whole with { UnknownKeys = [] },
        whole with { Reservation = null },
    }.Where(fewer => Set(fewer).Count() < Set(whole).Count());

    private static IEnumerable<Cdr> Smaller(Cdr cdr)
    {
        for (var i = 0; i < cdr.Periods.Count; i++)
        {
            if (cdr.Periods.Count > 1)
            {
                yield return Without(cdr, i);
            }

            foreach (var period in Smaller(cdr.Periods[i]))
            {
                yield return cdr with { Periods = [.. cdr.Periods.Select((each, index) => index == i ? period : each)] };
            }
        }

        if (cdr.Start != Sessions.Morning)
        {
            var by = Sessions.Morning - cdr.Start;
            yield return cdr with
            {
                Start = cdr.Start + by,
                End = cdr.End + by,
                Periods = [.. cdr.Periods.Select(period => period with { Start = period.Start + by })],
            };
        }
    }

    /// <summary>Those after it come as much earlier as it took.</summary>
    private static Cdr Without(Cdr cdr, int place)
    {
        var start = cdr.Periods[place].Start;
        var next = cdr.Periods.Select(period => period.Start).Where(later => later > start).DefaultIfEmpty(cdr.End).Min();
        var twin = cdr.Periods.Where((period, index) => index != place && period.Start == start).Any();
        var by = twin ? Duration.Zero : next - start;
        return cdr with
        {
            End = cdr.End - by,
            Periods = [.. cdr.Periods.Where((_, index) => index != place)
                .Select(period => period.Start > start ? period with { Start = period.Start - by } : period)],
        };
    }

    private static IEnumerable<ChargingPeriod> Smaller(ChargingPeriod whole) => new[]
    {
        whole with { TariffId = null }, whole with { MinCurrentA = null, MaxCurrentA = null, MinPowerKw = null, MaxPowerKw = null },
        whole with { EnergyKwh = null }, whole with { TimeHours = null }, whole with { ParkingHours = null },
        whole with { ReservationHours = null },
    }.Where(fewer => fewer != whole);

    private static Cdr Totalled(Cdr cdr) => cdr with
    {
        TotalEnergyKwh = cdr.Periods.Sum(period => period.EnergyKwh ?? 0m),
        TotalTimeHours = cdr.Periods.Sum(period => (period.TimeHours ?? 0m) + (period.ParkingHours ?? 0m)),
        TotalParkingHours = cdr.Periods.Sum(period => period.ParkingHours ?? 0m),
    };
}
