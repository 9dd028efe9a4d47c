using NodaTime;

namespace Settlement.Domain.Tax;

/// <summary>Every tax rule we were ever told, with when it applies and when we learned it.</summary>
public sealed record TaxBook
{
    /// <summary>The rules shipped with the program (Tax/Data/tax-rules.json).</summary>
    public static TaxBook Shipped { get; } = new();
}

/// <summary>Determines the taxes of one supply of charging. Pure: the rules, dates and parties are arguments.</summary>
public static class TaxEngine
{
    public static TaxAnswer Determine(TaxQuestion question, TaxBook book) => throw new NotSupportedException();
}

/// <summary>Finds the jurisdiction of a charger.</summary>
public static class Places
{
    /// <summary>From country and state, else the postal code; null where it cannot be told (then <c>place.unknown</c>).</summary>
    public static Place? Find(string countryAlpha3, string? state, string? postalCode, string? city) =>
        throw new NotSupportedException();

    /// <summary>The IANA zone where the whole jurisdiction has only one; else null, never a guess.</summary>
    public static DateTimeZone? ZoneOf(Place place) => throw new NotSupportedException();
}
