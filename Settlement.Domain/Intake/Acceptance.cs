using System.Globalization;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Intake;

/// <summary>What an agreement says about a CDR before anybody looks at its price (rules-money 12, 16).</summary>
public static class Acceptance
{
    /// <summary>Reasons to hold it; none = it may be rated.</summary>
    public static IReadOnlyList<Finding> Check(
        CdrFact.CdrReceived received, Agreement agreement, ReferenceBook book)
    {
        var holds = new List<Finding>(received.Holds);
        var cdr = received.Cdr;
        CheckCurrency(cdr, agreement, holds);
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

        if (book.Home(cdr.Key.Owner) == book.Home(cdr.TokenOwner))
        {
            holds.Add(new("cdr.own-driver", "/cdr_token",
                $"{cdr.Key.Owner} charged its own driver: nothing is owed between networks."));
        }

        CheckAge(received, agreement, holds);
        return holds;
    }

    public static Finding NoAgreement(Cdr cdr) => new("agreement.none", "",
        $"No agreement between {cdr.Key.Owner} and {cdr.TokenOwner} was in force at {cdr.Start}.");

    private static void CheckCurrency(Cdr cdr, Agreement agreement, List<Finding> holds)
    {
        var currency = Currency.Find(cdr.Currency);
        if (currency is null)
        {
            holds.Add(new("currency.unknown", "/currency", $"{cdr.Currency} is not an ISO 4217 code we know."));
        }
        else if (currency.WithdrawnOn is { } end && cdr.End.InUtc().Date >= end)
        {
            var successor = currency.Successor is null ? "" : $"; it was followed by {currency.Successor}";
            holds.Add(new("currency.withdrawn", "/currency",
                $"{currency} was withdrawn on {end:uuuu-MM-dd} and the session ended {cdr.End}{successor}."));
        }
        else if (!agreement.Currencies.Contains(cdr.Currency, StringComparer.Ordinal))
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

    private static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);
}
