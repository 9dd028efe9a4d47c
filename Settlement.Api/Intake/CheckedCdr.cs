using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Intake;

/// <summary>
/// A CDR as it was read, with what reading and checking found. Import, POST, pull and <c>rate</c> all begin here, so
/// that none of them overlooks what another holds.
/// </summary>
/// <param name="Holds">Reasons for a person to decide before money moves.</param>
/// <param name="Notes">For the record.</param>
public sealed record CheckedCdr(Cdr Cdr, IReadOnlyList<Finding> Holds, IReadOnlyList<Finding> Notes)
{
    public static CheckedCdr Of(CdrReading.Read read)
    {
        var faults = CdrValidator.One.Check(read.Cdr);
        if (faults.Count == 0 && read.Findings.Count == 0)
        {
            return new(read.Cdr, [], []);
        }

        var found = read.Findings.Concat(faults).ToLookup(IntakeFindings.Holds);
        return new(read.Cdr, [.. found[true]], [.. found[false]]);
    }
}
