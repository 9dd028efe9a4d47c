using NodaTime;

namespace Settlement.Api.Demo;

/// <summary>A made-up session: who charged where, how much, how long. Whole seconds, whole Wh.</summary>
/// <param name="Driver">Number of the driver, who comes back.</param>
/// <param name="ReceivedAt">When the CDR reaches the other network.</param>
public sealed record DemoSession(
    DemoSite Site,
    int Evse,
    int Driver,
    Instant Start,
    int ChargingSeconds,
    int IdleSeconds,
    int EnergyWh,
    Instant ReceivedAt,
    bool IsOcpi230,
    UInt128 Name)
{
    public Instant End => Start + Duration.FromSeconds(ChargingSeconds + IdleSeconds);

    /// <summary>36 characters at most: a credit adds to it.</summary>
    public string CdrId(int part = 0) => new Guid128(Name + (UInt128)part).ToString();

    public string SessionId => "S-" + CdrId()[24..];
}

/// <summary>128 bits written in the usual groups of hexadecimal digits.</summary>
internal readonly record struct Guid128(UInt128 Bits)
{
    public override string ToString()
    {
        var hex = Bits.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
        return $"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}";
    }
}
