using System.Globalization;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Ocpi;

namespace Settlement.Domain.Intake;

/// <summary>
/// Where a CDR and the session object that its CPO reported disagree. A session that still runs is not compared: its
/// figures grow.
/// </summary>
public static class ReportedDifference
{
    /// <summary>The stream in which the session object of a CDR is kept; null: the CDR names no session.</summary>
    public static string? Stream(Cdr cdr) => cdr.Credit || cdr.SessionId is not { } id || id == "#NA"
        ? null
        : $"report/{cdr.Key.Owner}/{id}".ToLowerInvariant();

    /// <summary>Every difference in words, for the page of the CDR.</summary>
    public static IReadOnlyList<Finding> Of(Cdr cdr, ReportedSession session) =>
        [.. Differences(cdr, session).Select(difference => difference.Finding)];

    /// <summary>Those that hold the CDR: beyond what the agreement tolerates.</summary>
    public static IReadOnlyList<Finding> Holds(Cdr cdr, ReportedSession session, Agreement agreement) =>
        [.. Differences(cdr, session).Where(difference => difference.IsBeyond(agreement)).Select(difference => difference.Finding)];

    private static IEnumerable<Difference> Differences(Cdr cdr, ReportedSession session)
    {
        if (session.Status == "INVALID")
        {
            yield return new(null, null, new("session.invalid", "/session_id",
                $"The CPO reported session {session.Id} as INVALID, and bills it."));
        }

        if (session.Status != "COMPLETED")
        {
            yield break;
        }

        if (session.EnergyKwh != cdr.TotalEnergyKwh)
        {
            yield return new(Math.Abs(session.EnergyKwh - cdr.TotalEnergyKwh), null, new(
                "session.differs", "/total_energy",
                $"The CDR has {Text(cdr.TotalEnergyKwh)} kWh, the session object that the CPO reported {Text(session.EnergyKwh)} kWh."));
        }

        var stated = cdr.TotalCost.BeforeTaxes;
        if (session.TotalCost is { } reported && stated is { } claimed && claimed != reported
            && session.Currency == cdr.Currency && Currency.Find(cdr.Currency) is { } currency)
        {
            yield return new(null, Math.Abs(claimed - reported) * currency.Scale, new(
                "session.differs", "/total_cost",
                $"The CDR claims {Text(claimed)} {cdr.Currency}, the session object that the CPO reported {Text(reported)}."));
        }
    }

    private static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    private sealed record Difference(decimal? Kwh, decimal? Minor, Finding Finding)
    {
        public bool IsBeyond(Agreement agreement) =>
            (Kwh is null && Minor is null) || Kwh > agreement.SessionKwh || Minor > agreement.SessionMinor;
    }
}
