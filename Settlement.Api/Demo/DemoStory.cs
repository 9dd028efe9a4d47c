namespace Settlement.Api.Demo;

/// <summary>What a demo CDR is about. All but the first two are what finance has to look at.</summary>
public enum DemoStory
{
    Ordinary,

    /// <summary>A session of the month before.</summary>
    Late,

    /// <summary>Older than the agreement's maximum age.</summary>
    TooOld,

    /// <summary>The same CDR again.</summary>
    Duplicate,

    /// <summary>The same id with other content.</summary>
    Conflict,

    /// <summary>total_cost is not what the tariff gives.</summary>
    WrongClaim,

    /// <summary>The tariff in the CDR is dearer than the network's own.</summary>
    Surcharge,

    /// <summary>A CDR, its credit, and a replacement.</summary>
    Credit,

    /// <summary>The same, but the credit arrives first.</summary>
    CreditFirst,

    /// <summary>No tariff in the CDR, and none known under its id.</summary>
    MissingTariff,

    /// <summary>Neither state nor postal code, at a site nobody was told about.</summary>
    UnknownPlace,

    NegativeEnergy,

    UnknownCurrency,
}

/// <summary>How often each story is told.</summary>
public static class DemoStories
{
    /// <summary>Per 10,000 CDRs; from 200 CDRs on, at least once.</summary>
    private static readonly (DemoStory Story, int PerTenThousand)[] Frequency =
    [
        (DemoStory.Late, 100),
        (DemoStory.TooOld, 4),
        (DemoStory.Duplicate, 10),
        (DemoStory.Conflict, 5),
        (DemoStory.WrongClaim, 12),
        (DemoStory.Surcharge, 10),
        (DemoStory.Credit, 8),
        (DemoStory.CreditFirst, 3),
        (DemoStory.MissingTariff, 8),
        (DemoStory.UnknownPlace, 6),
        (DemoStory.NegativeEnergy, 3),
        (DemoStory.UnknownCurrency, 3),
    ];

    /// <summary>How many CDRs a story sends.</summary>
    public static int Parts(DemoStory story) => story switch
    {
        DemoStory.Duplicate or DemoStory.Conflict => 2,
        DemoStory.Credit or DemoStory.CreditFirst => 3,
        _ => 1,
    };

    /// <summary>One entry per session, so many that their CDRs are exactly <paramref name="cdrs"/>.</summary>
    public static IEnumerable<DemoStory> For(int cdrs)
    {
        var left = cdrs;
        foreach (var (story, perTenThousand) in Frequency)
        {
            var times = (int)((long)cdrs * perTenThousand / 10_000);
            times = cdrs >= 200 ? Math.Max(1, times) : times;
            for (var n = 0; n < times; n++)
            {
                left -= Parts(story);
                yield return story;
            }
        }

        for (; left > 0; left--)
        {
            yield return DemoStory.Ordinary;
        }
    }
}
