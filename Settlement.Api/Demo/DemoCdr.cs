using NodaTime;

namespace Settlement.Api.Demo;

/// <summary>One CDR to be written: a session, its claim, and what is odd about it.</summary>
/// <param name="Tariff">Null: the CDR carries none.</param>
/// <param name="TariffId">What its periods say.</param>
/// <param name="Credit">Negates total_cost and names the CDR that it takes back.</param>
public sealed record DemoCdr(
    DemoSession Session,
    string Id,
    DemoTariff? Tariff,
    string TariffId,
    string Currency,
    IReadOnlyList<DemoPeriod> Periods,
    DemoCost Cost,
    Instant LastUpdated,
    string? Credit = null,
    bool HidesPlace = false)
{
    /// <summary>The CDR of a session as its CPO writes it when nothing is odd.</summary>
    public static DemoCdr Of(DemoSession session, DemoTariff tariff, string id)
    {
        var periods = DemoPeriod.Of(session, tariff);
        return new DemoCdr(
            session, id, tariff, tariff.Id, tariff.Currency, periods, DemoCost.Of(periods, tariff),
            session.End + Duration.FromSeconds(60));
    }

    /// <summary>The n-th CDR of a story about a session.</summary>
    public static DemoCdr Of(DemoStory story, int part, DemoSession session)
    {
        var tariff = session.Site.Tariff;
        var honest = Of(session, tariff, session.CdrId());
        return story switch
        {
            DemoStory.Duplicate when part == 1 && session.Driver % 2 == 1 =>
                honest with { LastUpdated = honest.LastUpdated + Duration.FromHours(1) },
            DemoStory.Conflict when part == 1 =>
                Of(Misread(session), tariff, session.CdrId()),
            DemoStory.WrongClaim => Wrong(honest),
            DemoStory.Surcharge => Of(session, tariff.Dearer(3 + session.Driver % 6), session.CdrId()),
            DemoStory.MissingTariff => honest with { Tariff = null, TariffId = tariff.Id + "-2019" },
            DemoStory.UnknownPlace => honest with { HidesPlace = true },
            DemoStory.NegativeEnergy => Negative(honest),
            DemoStory.UnknownCurrency => In(honest, tariff.Currency == "CAD" ? "CDN" : "USX"),
            DemoStory.Credit => Corrected(honest, part),
            DemoStory.CreditFirst => Corrected(honest, part switch { 0 => 1, 1 => 0, _ => 2 }),
            _ => honest,
        };
    }

    /// <summary>More or less than the tariff gives: some seven cents, some ten dollars.</summary>
    private static DemoCdr Wrong(DemoCdr honest)
    {
        var off = (honest.Session.Driver % 4) switch { 0 => 0.07m, 1 => 1.00m, 2 => 10.00m, _ => 0.50m };
        return honest with { Cost = honest.Cost with { Total = honest.Cost.Total + off } };
    }

    private static DemoCdr In(DemoCdr honest, string currency) =>
        honest with { Currency = currency, Tariff = honest.Tariff! with { Currency = currency } };

    /// <summary>A meter that ran backwards.</summary>
    private static DemoCdr Negative(DemoCdr honest) => honest with
    {
        Periods = [.. honest.Periods.Select(period => period with { EnergyWh = -period.EnergyWh })],
        Cost = new DemoCost(0m, 0m, 0m, 0m, 0m),
    };

    /// <summary>Too much, and not so much that the connector could not have delivered it.</summary>
    private static DemoSession Misread(DemoSession session) =>
        session with { EnergyWh = session.EnergyWh + session.EnergyWh * 8 / 100 };

    /// <summary>0: the original, with too long a meter reading; 1: its credit; 2: the replacement.</summary>
    private static DemoCdr Corrected(DemoCdr right, int step)
    {
        var session = right.Session;
        if (step == 2)
        {
            var later = right.LastUpdated + Duration.FromDays(3);
            return right with { Id = session.CdrId(1), LastUpdated = later };
        }

        var original = Of(Misread(session), session.Site.Tariff, session.CdrId());
        return step == 0
            ? original
            : original with
            {
                Id = original.Id + "-C",
                Credit = original.Id,
                LastUpdated = right.LastUpdated + Duration.FromDays(2),
                Cost = original.Cost with { Total = -original.Cost.Total },
            };
    }
}
