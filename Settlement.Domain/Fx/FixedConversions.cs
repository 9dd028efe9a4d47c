using NodaTime;

namespace Settlement.Domain.Fx;

/// <summary>
/// Withdrawn currencies and what one unit of the successor is worth in them, by law. Only from the day the successor
/// replaced them: before, their rate floated and nobody recorded it here.
/// </summary>
public static class FixedConversions
{
    private const string Euro = "irrevocable conversion rate of the Council of the European Union";
    private const string Redenomination = "redenomination by the issuing central bank";

    private static readonly (string Code, string Successor, string Value, LocalDate From, string Source)[] All =
    [
        ("BGN", "EUR", "1.95583", new LocalDate(2026, 1, 1), Euro),
        ("HRK", "EUR", "7.53450", new LocalDate(2023, 1, 1), Euro),
        ("SLL", "SLE", "1000", new LocalDate(2022, 7, 1), Redenomination),
        ("STD", "STN", "1000", new LocalDate(2018, 1, 1), Redenomination),
        ("VEF", "VES", "100000", new LocalDate(2018, 8, 20), Redenomination),
    ];

    /// <summary>The step to the successor; null where the code was not replaced by that day.</summary>
    public static (string Successor, FxLeg Leg)? Of(string code, LocalDate on)
    {
        foreach (var (withdrawn, successor, value, from, source) in All)
        {
            if (withdrawn == code && from <= on)
            {
                var pair = $"{successor}/{withdrawn}";
                return (successor, new FxLeg(pair, value, IsInverted: true, pair, source, from));
            }
        }

        return null;
    }
}
