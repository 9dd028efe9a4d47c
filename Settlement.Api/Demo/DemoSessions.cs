using NodaTime;

namespace Settlement.Api.Demo;

/// <summary>Sessions in the shape of real use: commuters by day, neighbours by night, travellers.</summary>
public sealed class DemoSessions(YearMonth month, int drivers)
{
    private static readonly int[] SiteWeights = [.. DemoSite.All.Select(site => site.Weight)];

    // Where tax and price are plain, so that a story shows what it is about and nothing else.
    private static readonly DemoSite[] PlainSites =
    [
        .. DemoSite.All.Where(site => !site.Tariff.IsFree && site.State is not ("KY" or "IA" or "WA")),
    ];

    private static readonly int[] PlainWeights = [.. PlainSites.Select(site => site.Weight)];

    private static readonly int[] CarWatts = [3_300, 6_600, 7_200, 11_000];

    /// <summary>The session of a seed: always the same.</summary>
    public DemoSession Make(ulong seed, DemoStory story)
    {
        var random = new SplitMix64(seed);
        var site = Site(random, story);
        var start = Start(random, site, story);
        var (charging, idle, energy) = site.IsDc ? Fast(random, site) : Slow(random, site);
        var driver = Math.Min(random.Below(drivers), random.Below(drivers));
        var end = start + Duration.FromSeconds(charging + idle);
        return new DemoSession(
            site, random.Between(1, site.Evses), driver, start, charging, idle, energy,
            Received(random, end, story), random.Percent(8), new UInt128(random.Next(), random.Next()));
    }

    private static DemoSite Site(SplitMix64 random, DemoStory story) =>
        story is DemoStory.Ordinary or DemoStory.Late
        ? DemoSite.All[random.Weighted(SiteWeights)]
        : PlainSites[random.Weighted(PlainWeights)];

    private Instant Start(SplitMix64 random, DemoSite site, DemoStory story)
    {
        var first = month.OnDayOfMonth(1);
        var day = story switch
        {
            DemoStory.Late => first.PlusDays(-random.Between(2, 9)),
            DemoStory.TooOld => first.PlusDays(-random.Between(95, 140)),
            _ => Day(random, site.Profile, first),
        };
        var time = new LocalTime(random.Weighted(HoursOf(site.Profile)), random.Below(60), random.Below(60));
        return site.Zone.AtLeniently(day + time).ToInstant();
    }

    /// <summary>Weekdays for commuters, the weekend for shops and travel.</summary>
    private static LocalDate Day(SplitMix64 random, SiteProfile profile, LocalDate first)
    {
        while (true)
        {
            var day = first.PlusDays(random.Below(first.Calendar.GetDaysInMonth(first.Year, first.Month)));
            var isWeekend = day.DayOfWeek is IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday;
            var chance = (profile, isWeekend) switch
            {
                (SiteProfile.WORK, true) => 12,
                (SiteProfile.WORK, false) => 100,
                (SiteProfile.STREET, _) => 90,
                (_, true) => 100,
                (_, false) => 65,
            };
            if (random.Percent(chance))
            {
                return day;
            }
        }
    }

    /// <summary>Weight of each local hour of arrival.</summary>
    private static ReadOnlySpan<int> HoursOf(SiteProfile profile) => profile switch
    {
        SiteProfile.WORK => [1, 0, 0, 0, 1, 4, 18, 60, 90, 55, 20, 12, 18, 16, 8, 6, 5, 5, 4, 3, 2, 1, 1, 1],
        SiteProfile.RETAIL =>
            [0, 0, 0, 0, 0, 1, 2, 5, 12, 25, 40, 50, 52, 48, 45, 44, 46, 50, 40, 25, 12, 5, 2, 1],
        SiteProfile.STREET =>
            [4, 2, 1, 1, 1, 2, 6, 12, 14, 12, 12, 12, 14, 14, 16, 24, 38, 60, 64, 52, 40, 28, 16, 8],
        _ => [3, 2, 2, 2, 3, 6, 12, 24, 34, 42, 50, 56, 58, 56, 56, 58, 62, 60, 48, 36, 26, 18, 10, 6],
    };

    /// <summary>Fast charging: short, and most people leave when the car is full enough.</summary>
    private static (int Charging, int Idle, int Energy) Fast(SplitMix64 random, DemoSite site)
    {
        var energy = random.Percent(3)
            ? random.Between(350, 2_400) // broken off
            : (random.Between(6_000, 62_000) + random.Between(10_000, 48_000)) / 2;
        var watts = site.Watts * random.Between(35, 85) / 100;
        var charging = Math.Max(60, (int)(energy * 3600L / watts));
        var idle = random.Below(100) switch
        {
            < 40 => 0,
            < 80 => random.Between(20, 180),
            < 95 => random.Between(180, 900),
            _ => random.Between(900, 3_600),
        };
        return (charging, idle, energy);
    }

    /// <summary>Level 2: the stay decides, and a full car goes on standing there.</summary>
    private static (int Charging, int Idle, int Energy) Slow(SplitMix64 random, DemoSite site)
    {
        var car = CarWatts[random.Below(CarWatts.Length)];
        var watts = Math.Min(site.Watts, car) * random.Between(92, 99) / 100;
        var wanted = random.Between(3_000, 22_000) + random.Between(0, 24_000);
        var stay = site.Profile switch
        {
            SiteProfile.WORK => random.Between(3 * 3600, 7 * 3600) + random.Between(0, 3 * 3600),
            SiteProfile.STREET => random.Between(2 * 3600, 14 * 3600),
            _ => random.Between(20 * 60, 100 * 60) + random.Between(0, 80 * 60),
        };
        var charging = (int)Math.Min(wanted * 3600L / watts, stay);
        var idle = stay - charging < 60 ? 0 : stay - charging;
        return (charging, idle, (int)((long)watts * charging / 3600));
    }

    private Instant Received(SplitMix64 random, Instant end, DemoStory story)
    {
        var inMonth = month.OnDayOfMonth(1).AtMidnight().InUtc().ToInstant();
        return story switch
        {
            DemoStory.Late => inMonth + Duration.FromSeconds(random.Between(2 * 86_400, 9 * 86_400)),
            DemoStory.TooOld => inMonth + Duration.FromSeconds(random.Between(86_400, 20 * 86_400)),
            _ => end + Duration.FromSeconds(random.Below(100) switch
            {
                < 90 => random.Between(120, 5_400),
                < 99 => random.Between(6 * 3600, 30 * 3600),
                _ => random.Between(2 * 86_400, 6 * 86_400),
            }),
        };
    }
}
