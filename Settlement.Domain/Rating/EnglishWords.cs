using NodaTime;

namespace Settlement.Domain.Rating;

internal sealed class EnglishWords : ITariffLanguage
{
    public char DecimalMark => '.';

    public string Reserved => "while the charger is reserved for you";

    public string Expired => "if the reservation runs out unused";

    public string FirstHolds => "Where several of these apply to the same thing, the first one holds.";

    public string Costs(Dimension what, bool reserved, string price) => what switch
    {
        Dimension.ENERGY => $"energy costs {price} per kWh",
        Dimension.TIME when reserved => $"waiting costs {price} per hour",
        Dimension.TIME => $"charging time costs {price} per hour",
        Dimension.PARKING_TIME => $"parking without charging costs {price} per hour",
        _ when reserved => $"a reservation costs {price} once",
        _ => $"a session costs {price} once",
    };

    public string Free(Dimension what, bool reserved) => what switch
    {
        Dimension.ENERGY => "energy is free",
        Dimension.TIME => reserved ? "waiting is free" : "charging time is free",
        Dimension.PARKING_TIME => "parking without charging is free",
        _ => reserved ? "there is no reservation fee" : "there is no start fee",
    };

    public string Step(Dimension what, int step) => what == Dimension.ENERGY
        ? $", billed in steps of {step} Wh"
        : step % 60 == 0 ? $", billed in steps of {step / 60} min" : $", billed in steps of {step} s";

    public string Vat(string percent) => $", plus {percent}% VAT";

    public string Days(IReadOnlyList<IsoDayOfWeek> days) =>
        days.Count > 2 && days[^1] - days[0] == days.Count - 1
            ? $"from {days[0]} to {days[^1]}"
            : "on " + string.Join(" and ", days);

    public string Times(string? from, string? until) => Between(from, until, "from ", " to ", "before ", "from ") + " local time";

    public string Dates(string? from, string? until) => Between(from, until, "from ", " until before ", "before ", "from ");

    public string Energy(string? from, string? until) =>
        from is null ? $"for the first {until}" : Between(from, until, "after ", " and up to ", "", "after ");

    public string Duration(string? from, string? until) =>
        from is null
            ? $"in the first {until} of the session"
            : Between(from, until, "after ", " and up to ", "", "after ") + " of the session";

    public string Power(string? from, string? until) => "at a power " + Between(from, until, "from ", " to below ", "below ", "of at least ");

    public string Current(string? from, string? until) => "at a current " + Between(from, until, "from ", " to below ", "below ", "of at least ");

    public string NotRequestingPower(string? from, string? until) =>
        Between(from, until, "after ", " and up to ", "up to ", "after ") + " without the vehicle requesting power";

    public string StateOfCharge(string? from, string? until) =>
        "at a state of charge " + Between(from, until, "from ", " to below ", "below ", "of at least ");

    public string Unknown(string key) => $"under a condition that OCPI does not know ('{key}')";

    public string AtLeast(string? before, string? after) => $"A session costs at least {Sides(before, after)}.";

    public string AtMost(string? before, string? after) => $"A session costs at most {Sides(before, after)}.";

    private static string Sides(string? before, string? after) => string.Join(
        " and ", new[] { before is null ? null : $"{before} before tax", after is null ? null : $"{after} after tax" }.OfType<string>());

    public string Taxes(TaxIncluded included) => included switch
    {
        TaxIncluded.YES => "Prices include taxes.",
        TaxIncluded.NOT_APPLICABLE => "No taxes apply.",
        _ => "Taxes are added to these prices.",
    };

    public string Valid(string? from, string? until) => "Valid " + Between(from, until, "from ", " until ", "until ", "from ") + " UTC.";

    private static string Between(
        string? from, string? until, string start, string middle, string onlyUntil, string onlyFrom) =>
        from is null ? onlyUntil + until : until is null ? onlyFrom + from : start + from + middle + until;
}
