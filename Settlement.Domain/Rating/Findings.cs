using System.Globalization;

namespace Settlement.Domain.Rating;

/// <summary>Gathers findings; costs nothing while there are none.</summary>
internal sealed class Findings
{
    private static readonly string[] PeriodPointers =
        [.. Enumerable.Range(0, 256).Select(period => $"/charging_periods/{period}")];

    private List<Finding>? found;

    /// <summary>No price can be told; the findings say why.</summary>
    public bool Stops { get; private set; }

    public void Add(string code, string pointer, string detail)
    {
        found ??= [];
        found.Add(new Finding(code, pointer, detail));
    }

    /// <summary>For what many periods have in common: said once.</summary>
    public void AddOnce(string code, string pointer, string detail)
    {
        if (found is null || !found.Exists(finding => finding.Code == code && finding.Pointer == pointer))
        {
            Add(code, pointer, detail);
        }
    }

    public void AddPeriod(string code, int period, string detail) =>
        Add(
            code,
            (uint)period < (uint)PeriodPointers.Length
                ? PeriodPointers[period]
                : "/charging_periods/" + period.ToString(CultureInfo.InvariantCulture),
            detail);

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
