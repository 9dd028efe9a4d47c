namespace Settlement.Domain.Fx;

/// <summary>How often a series of rates is published.</summary>
public enum FxFrequency
{
    /// <summary>One rate for each business day.</summary>
    Daily,

    /// <summary>The average of a month, dated the first of it.</summary>
    MonthlyAverage,
}

/// <summary>A series of the Bank of Canada: units of <paramref name="Quote"/> for one unit of <paramref name="Base"/>.</summary>
/// <param name="Name">As published: <c>FXUSDCAD</c>, <c>FXMUSDCAD</c> for the monthly average.</param>
public sealed record FxSeries(string Name, string Base, string Quote, FxFrequency Frequency)
{
    private const int CodeLength = 3;

    public string Pair => $"{Base}/{Quote}";

    /// <summary>
    /// Reads a name. Its length tells the frequency: FXMXNCAD and FXMYRCAD are daily rates of the peso and the ringgit.
    /// Null where it is not a rate between two currencies.
    /// </summary>
    public static FxSeries? Parse(string name)
    {
        var (prefix, frequency) = name.Length switch
        {
            8 => ("FX", FxFrequency.Daily),
            9 => ("FXM", FxFrequency.MonthlyAverage),
            _ => ("", FxFrequency.Daily),
        };
        if (prefix.Length == 0 || !name.StartsWith(prefix, StringComparison.Ordinal)
            || !name.All(char.IsAsciiLetterUpper))
        {
            return null;
        }

        var codes = name[prefix.Length..];
        return codes[..CodeLength] == codes[CodeLength..]
            ? null
            : new FxSeries(name, codes[..CodeLength], codes[CodeLength..], frequency);
    }

    /// <summary>The name under which a pair is published.</summary>
    public static string NameOf(string from, string to, FxFrequency frequency) =>
        (frequency == FxFrequency.Daily ? "FX" : "FXM") + from + to;
}
