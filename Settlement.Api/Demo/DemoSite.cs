using System.Globalization;
using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Demo;

/// <summary>How people use a site.</summary>
public enum SiteProfile
{
    /// <summary>Arrives in the morning, stays the working day.</summary>
    WORK,

    /// <summary>An hour or two of shopping.</summary>
    RETAIL,

    /// <summary>Neighbours who park overnight.</summary>
    STREET,

    /// <summary>Fast charging on the way.</summary>
    HIGHWAY,
}

/// <summary>A charging site. The list is sites.csv: made-up places in real towns.</summary>
/// <param name="Watts">Rated power of each connector.</param>
/// <param name="Weight">Its share of the sessions.</param>
public sealed record DemoSite(
    string Id,
    PartyId Owner,
    string Name,
    string Address,
    string City,
    string PostalCode,
    string State,
    string Country,
    string Latitude,
    string Longitude,
    DateTimeZone Zone,
    bool IsDc,
    int Watts,
    int Evses,
    DemoTariff Tariff,
    SiteProfile Profile,
    int Weight)
{
    public static IReadOnlyList<DemoSite> All { get; } = Load();

    /// <summary>The other network, whose drivers charge here.</summary>
    public PartyId Guest => DemoParties.Agreement.Relationship.Other(Owner);

    /// <summary>OCPI's evse_uid of the n-th, from 1.</summary>
    public string EvseUid(int n) => string.Create(CultureInfo.InvariantCulture, $"{Id}-{n}");

    /// <summary>The eMI3 name of the n-th, from 1.</summary>
    public string EvseId(int n)
    {
        var site = Id[4..].Replace("-", "", StringComparison.Ordinal);
        return string.Create(CultureInfo.InvariantCulture, $"{Owner.CountryCode}*{Owner.Code}*E{site}*{n}");
    }

    public string PowerType => IsDc ? "DC" : "AC_1_PHASE";

    public string ConnectorStandard => IsDc ? "IEC_62196_T1_COMBO" : "IEC_62196_T1";

    private static List<DemoSite> Load()
    {
        const string Resource = "Settlement.Api.Demo.sites.csv";
        using var reader = new StreamReader(typeof(DemoSite).Assembly.GetManifestResourceStream(Resource)!);
        var sites = new List<DemoSite>();
        reader.ReadLine();
        while (reader.ReadLine() is { Length: > 0 } row)
        {
            sites.Add(Site(row.Split(',')));
        }

        return sites;
    }

    // in the order of the file's first line
    private static DemoSite Site(string[] cell) => new(
        cell[0],
        PartyId.Parse(cell[1])!.Value,
        cell[2],
        cell[3],
        cell[4],
        cell[5],
        cell[6],
        cell[7],
        cell[8],
        cell[9],
        DateTimeZoneProviders.Tzdb[cell[10]],
        cell[11] == "DC",
        (int)(decimal.Parse(cell[12], CultureInfo.InvariantCulture) * 1000),
        int.Parse(cell[13], CultureInfo.InvariantCulture),
        DemoTariffs.Of(cell[14]),
        Enum.Parse<SiteProfile>(cell[15]),
        int.Parse(cell[16], CultureInfo.InvariantCulture));
}
