using System.Globalization;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Ocpi;

namespace Settlement.Domain.Intake;

/// <summary>What an agreement says about a CDR before anybody looks at its price (rules-money 12, 16).</summary>
public static class Acceptance
{
    /// <summary>Reasons to hold it; none = it may be rated.</summary>
    public static IReadOnlyList<Finding> Check(CdrFact.CdrReceived received, Site site, Agreement agreement)
    {
        var holds = OfDocument(received.Cdr, received.Holds, site, agreement);
        CheckCurrency(received.Cdr, agreement, holds);
        CheckAge(received, agreement, holds);
        Plausibility.CheckReceipt(received, agreement, holds);
        return holds;
    }

    /// <summary>
    /// Those that the document gives by itself, whoever agreed on what and whenever it came: <c>rate</c> asks them too.
    /// </summary>
    /// <param name="found">Reasons that reading and checking it gave.</param>
    public static List<Finding> OfDocument(Cdr cdr, IReadOnlyList<Finding> found, Site site, Agreement agreement)
    {
        var holds = found
            .Where(hold => !agreement.ExportClause || hold.Code != IntakeFindings.VolumeNegative).ToList();
        if (cdr.TotalEnergyKwh < 0m && !agreement.ExportClause)
        {
            holds.Add(new("energy.negative", "/total_energy",
                $"{Text(cdr.TotalEnergyKwh)} kWh flowed back to the grid and the agreement has no export clause."));
        }

        if (cdr.HomeChargingCompensation)
        {
            holds.Add(new("cdr.home-charging", "/home_charging_compensation",
                "The energy is owed to the driver, not to the CPO: settle it outside the roaming ledger."));
        }

        CheckPlace(cdr, site, holds);
        Plausibility.CheckSession(cdr, site, agreement, holds);
        return holds;
    }

    public static Finding NoAgreement(Cdr cdr) => new("agreement.none", "",
        $"No agreement between {cdr.Key.Owner} and {cdr.TokenOwner} was in force at {cdr.Start}.");

    private static void CheckCurrency(Cdr cdr, Agreement agreement, List<Finding> holds)
    {
        // unknown and withdrawn codes were found when the document was checked
        if (Currency.Find(cdr.Currency) is not null && !agreement.Currencies.Contains(cdr.Currency, StringComparer.Ordinal))
        {
            holds.Add(new("currency.not-agreed", "/currency",
                $"{cdr.Currency} is outside the agreement, which settles {string.Join(", ", agreement.Currencies)}."));
        }
    }

    private static void CheckAge(CdrFact.CdrReceived received, Agreement agreement, List<Finding> holds)
    {
        var age = received.ReceivedAt - received.Cdr.End;
        if (agreement.MaximumAgeDays is { } limit && age > Duration.FromDays(limit))
        {
            holds.Add(new("cdr.too-old", "/end_date_time",
                $"Received {received.ReceivedAt}, {age.Days} days after the session; the agreement takes {limit}."));
        }
    }

    /// <summary>The state decides the tax: where the CDR and the CPO's own location name different ones, nobody knows it.</summary>
    private static void CheckPlace(Cdr cdr, Site site, List<Finding> holds)
    {
        if (site is { Place: { } stated, Published: { } published } && stated.Code != published.Code)
        {
            holds.Add(new("place.contradicts-location", "/cdr_location/state",
                $"The CDR places {cdr.Location.Id} in {stated.Code} ({stated.FoundBy}), the location that {cdr.Key.Owner} "
                + $"published is in {published.Code}: correct one of them."));
        }
    }

    /// <summary>Worth knowing and no reason to hold it: it came after the days in which it should (rules-money 16).</summary>
    public static IReadOnlyList<Finding> Notes(CdrFact.CdrReceived received, Agreement agreement)
    {
        var age = received.ReceivedAt - received.Cdr.End;
        return age <= Duration.FromDays(agreement.SubmissionWindowDays)
            ? []
            : [new("cdr.late", "/end_date_time",
                $"Received {received.ReceivedAt}, {age.Days} days after the session; the agreement asks for {agreement.SubmissionWindowDays}.")];
    }

    private static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);
}
