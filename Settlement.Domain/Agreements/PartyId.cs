namespace Settlement.Domain.Agreements;

/// <summary>A party's OCPI name, country_code and party_id, written <c>CA-FLO</c>; compared without case.</summary>
public readonly record struct PartyId : IComparable<PartyId>
{
    private readonly string? text;

    private PartyId(string text) => this.text = text;

    public string CountryCode => ToString()[..2];

    public string Code => ToString()[3..];

    /// <summary>Two letters and three letters or digits; null where it is not that.</summary>
    public static PartyId? Of(string? countryCode, string? partyId) =>
        countryCode is { Length: 2 } && partyId is { Length: 3 }
        && countryCode.All(char.IsAsciiLetter) && partyId.All(char.IsAsciiLetterOrDigit)
            ? new PartyId($"{countryCode.ToUpperInvariant()}-{partyId.ToUpperInvariant()}")
            : null;

    /// <summary>Reads <c>CA-FLO</c>; null where it is not that.</summary>
    public static PartyId? Parse(string? text) =>
        text is { Length: 6 } && text[2] == '-' ? Of(text[..2], text[3..]) : null;

    public int CompareTo(PartyId other) => string.CompareOrdinal(ToString(), other.ToString());

    public static bool operator <(PartyId left, PartyId right) => left.CompareTo(right) < 0;

    public static bool operator >(PartyId left, PartyId right) => left.CompareTo(right) > 0;

    public static bool operator <=(PartyId left, PartyId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(PartyId left, PartyId right) => left.CompareTo(right) >= 0;

    public override string ToString() => text ?? "--";
}

/// <summary>Two parties that settle with each other, in either direction: one tenant of the event store.</summary>
/// <param name="A">The home id that sorts first.</param>
/// <param name="B">The home id that sorts second.</param>
public readonly record struct Relationship(PartyId A, PartyId B)
{
    public static Relationship Between(PartyId one, PartyId other) =>
        one < other ? new(one, other) : new(other, one);

    public bool Has(PartyId party) => party == A || party == B;

    public PartyId Other(PartyId party) => party == A ? B : A;

    /// <summary>The tenant id: <c>CA-FLO~US-CPI</c>.</summary>
    public override string ToString() => $"{A}~{B}";

    public static Relationship? Parse(string text) =>
        text.Split('~') is [var a, var b] && PartyId.Parse(a) is { } one && PartyId.Parse(b) is { } other
            ? Between(one, other)
            : null;

    /// <summary>Null unless it is written as the tenant id is, which is its only address.</summary>
    public static Relationship? OfTenant(string text) =>
        Parse(text) is { } pair && pair.ToString() == text ? pair : null;
}
