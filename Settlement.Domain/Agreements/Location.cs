using NodaTime;

namespace Settlement.Domain.Agreements;

/// <summary>What settlement needs to know of a station: its zone, its jurisdiction, its power.</summary>
/// <remarks>
/// From the OCPI locations module. Address and coordinates only of a station that its CPO publishes to everybody: a
/// charger may stand at a home.
/// </remarks>
public sealed record Location
{
    /// <summary>Null in 2.1.1, where the sender is the owner.</summary>
    public PartyId? Owner { get; init; }

    public required string Id { get; init; }

    public string? Name { get; init; }

    public string? Address { get; init; }

    public string? Latitude { get; init; }

    public string? Longitude { get; init; }

    public string? City { get; init; }

    public string? PostalCode { get; init; }

    public string? State { get; init; }

    /// <summary>ISO 3166-1 alpha-3.</summary>
    public required string Country { get; init; }

    /// <summary>IANA zone as written; optional in 2.1.1, mandatory from 2.2.</summary>
    public string? TimeZone { get; init; }

    /// <summary>False: not for the public (OCPI 2.2 publish); null: not told.</summary>
    public bool? Publish { get; init; }

    public IReadOnlyList<Evse> Evses { get; init; } = [];

    public Instant? LastUpdated { get; init; }
}

/// <param name="EvseId">The eMI3 id, where there is one.</param>
public sealed record Evse(string Uid, string? EvseId, IReadOnlyList<Connector> Connectors)
{
    public Instant? LastUpdated { get; init; }
}

/// <param name="PowerType">AC_1_PHASE, AC_2_PHASE, AC_2_PHASE_SPLIT, AC_3_PHASE, DC.</param>
/// <param name="Voltage">V; line to neutral for AC_3_PHASE.</param>
/// <param name="Amperage">A.</param>
/// <param name="StatedPowerW">max_electric_power in W, stated where voltage × amperage is more.</param>
public sealed record Connector(
    string Id,
    string? Standard,
    string? PowerType,
    int? Voltage,
    int? Amperage,
    int? StatedPowerW,
    IReadOnlyList<string> TariffIds)
{
    /// <summary>CABLE or SOCKET.</summary>
    public string? Format { get; init; }

    public Instant? LastUpdated { get; init; }

    /// <summary>
    /// W: as stated, else voltage × amperage × phases; null where the phases do not tell it.
    /// </summary>
    public long? PowerW => StatedPowerW ?? PowerOf(PowerType, Voltage, Amperage);

    /// <summary>W by the plate; null where the phases do not tell it.</summary>
    public static long? PowerOf(string? powerType, int? voltage, int? amperage) => powerType switch
    {
        "AC_1_PHASE" or "DC" => (long?)voltage * amperage,
        "AC_3_PHASE" => 3L * voltage * amperage,
        _ => null,
    };
}
