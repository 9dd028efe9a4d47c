using System.Globalization;

namespace Settlement.Domain.Tax;

/// <summary>Reasons in words, the same in every culture.</summary>
internal static class TaxText
{
    public static string Rate(TaxRule rule)
    {
        var percent = ((rule.Rate ?? 0m) * 100m).ToString("0.######", CultureInfo.InvariantCulture);
        var on = rule.BasePlus.Count == 0 ? "the price" : $"the price and {string.Join(", ", rule.BasePlus)}";
        return $"{percent} % of {on}";
    }

    public static string PerKwh(TaxRule rule) =>
        $"{(rule.PerKwh ?? 0m).ToString("0.######", CultureInfo.InvariantCulture)} per kWh";

    public static string Locality(Place place) =>
        place.Locality ?? place.PostalCode ?? place.City ?? "an unknown locality";
}
