using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// Two contents of one CDR may have been read by two releases of this program. What the older one did not read yet is no
/// difference: voltage, amperage, state of charge, whether the vehicle asked for power, all connectors but the first.
/// </summary>
internal static class ReadBefore
{
    /// <summary>
    /// The two as they can be compared. More than one pair where one of them kept the first of several connectors only:
    /// it is the other one's if it is any of those that the other lists.
    /// </summary>
    public static IEnumerable<(Cdr One, Cdr Other)> Pairs(CdrFact.CdrReceived one, CdrFact.CdrReceived other) =>
        from first in AsKept(one, other)
        from second in AsKept(other, one)
        select (With(first, second), With(second, first));

    private static IEnumerable<Cdr> AsKept(CdrFact.CdrReceived content, CdrFact.CdrReceived beside) =>
        KeptFirstOnly(beside) && content.Cdr.Location is { OtherConnectors: not null } at
            ? at.Connectors.Select(connector => content.Cdr with { Location = at.At(connector) })
            : [content.Cdr];

    // that there were several was noted, and those beside the first were not kept
    private static bool KeptFirstOnly(CdrFact.CdrReceived content) =>
        content.Cdr.Location.OtherConnectors is null
        && content.Findings.Any(finding => finding.Code == IntakeFindings.LocationMany);

    /// <summary>Without what nothing in the other tells.</summary>
    private static Cdr With(Cdr cdr, Cdr beside)
    {
        var power = beside.Location.Connectors.Any(each => (each.Voltage ?? each.Amperage) is not null);
        var charge = beside.Periods.Any(period => period.StateOfCharge is not null);
        var requests = beside.Periods.Any(period => period.VehicleRequestingPower is not null);
        return cdr with
        {
            Location = power ? cdr.Location : cdr.Location with
            {
                Voltage = null,
                Amperage = null,
                OtherConnectors = cdr.Location.OtherConnectors?
                    .Select(each => each with { Voltage = null, Amperage = null }).ToList(),
            },
            Periods = charge && requests ? cdr.Periods : [.. cdr.Periods.Select(period => period with
            {
                StateOfCharge = charge ? period.StateOfCharge : null,
                VehicleRequestingPower = requests ? period.VehicleRequestingPower : null,
            })],
        };
    }
}
