using System.Globalization;

namespace Settlement.Domain.Rating;

/// <summary>Gathers findings; costs nothing while there are none.</summary>
internal sealed class Findings
{
    private List<Finding>? found;
    private HashSet<Finding>? seen;

    /// <summary>No price can be told; the findings say why.</summary>
    public bool Stops { get; private set; }

    public void Add(string code, string pointer, string detail)
    {
        found ??= [];
        seen ??= [];
        var finding = new Finding(code, pointer, detail);
        if (seen.Add(finding))
        {
            found.Add(finding);
        }
    }

    public void AddPeriod(string code, int period, string detail) =>
        Add(code, "/charging_periods/" + period.ToString(CultureInfo.InvariantCulture), detail);

    /// <summary>Adds a finding that leaves the session without a price.</summary>
    public void Stop(string code, string pointer, string detail)
    {
        Stops = true;
        Add(code, pointer, detail);
    }

    public void StopPeriod(string code, int period, string detail)
    {
        Stops = true;
        AddPeriod(code, period, detail);
    }

    public IReadOnlyList<Finding> All => found is null ? [] : found;
}
