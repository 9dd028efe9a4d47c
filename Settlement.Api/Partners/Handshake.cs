using System.Net;
using System.Text;
using System.Text.Json;
using Settlement.Api.Auth;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Partners;

/// <summary>What a partner's platform offers in one version.</summary>
public sealed record PartnerOffer(string Version, IReadOnlyList<PartnerEndpoint> Endpoints, bool IsRaw)
{
    public IReadOnlyList<string> Features { get; init; } = [];
}

/// <summary>A credentials object, of any version.</summary>
public sealed record CredentialsObject(string Token, string Url, IReadOnlyList<PartnerRole> Roles);

/// <summary>
/// The credentials handshake (OCPI 2.2.1 §7), both sides: reading what a partner offers, and what each keeps of the
/// other.
/// </summary>
public sealed class Handshake(Engine engine, PartnerHttp http)
{
    private const int MostEndpoints = 100;
    private const int MostFeatures = 50;
    private static readonly string[] Sides = ["CPO", "EMSP"];

    /// <summary>The newest version that both speak, or the one that is wanted, with its endpoints.</summary>
    /// <returns>Status 3001, 3002 or 3003 where the partner cannot be used.</returns>
    public async Task<(PartnerOffer? Offer, int Status, string? Why)> Discover(
        string versionsUrl, string token, bool? isRaw, OcpiVersion? wanted, CancellationToken stop)
    {
        var raw = isRaw ?? wanted == OcpiVersion.V211;
        var versions = await http.Get(versionsUrl, new PartnerToken(token, raw), stop);
        if (versions.Http == HttpStatusCode.Unauthorized && isRaw is null)
        {
            versions.Dispose();
            raw = !raw; // many partners of 2.1.1 and 2.2 want the token as it is, and some the other way round
            versions = await http.Get(versionsUrl, new PartnerToken(token, raw), stop);
        }

        using (versions)
        {
            if (!versions.IsGood || versions.Data is not { ValueKind: JsonValueKind.Array } list)
            {
                return (null, 3001, $"The versions endpoint cannot be used: {versions.Verdict}");
            }

            var offered = list.EnumerateArray()
                .Select(item => (Version: Text(item, "version"), Url: Text(item, "url")))
                .Where(item => item.Url is not null).ToList();
            var known = new[] { OcpiVersion.V230, OcpiVersion.V221, OcpiVersion.V211 }
                .Where(version => wanted is null || version == wanted).Select(OcpiWriting.Name);
            var chosen = known.Select(name => offered.FirstOrDefault(item => item.Version == name))
                .FirstOrDefault(item => item.Url is not null);
            return chosen.Url is { } url
                ? await Details(chosen.Version!, url, token, raw, stop)
                : (null, 3002, "There is no version that both sides speak.");
        }
    }

    public static CredentialsObject? Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || Text(json, "token") is not { Length: > 0 and <= 256 } token
            || Text(json, "url") is not { } url || token.Any(c => c is <= ' ' or > '~'))
        {
            return null;
        }

        var roles = json.TryGetProperty("roles", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(Role).OfType<PartnerRole>().Take(1000).ToList()
            : Role(json) is { } only ? [only] : []; // 2.1.1 has one party and no role
        return roles.Count == 0 ? null : new CredentialsObject(token, url, roles);
    }

    /// <summary>Our side of it: the parties the partner settles with, through us.</summary>
    public static void Write(
        Utf8JsonWriter json, OcpiVersion version, string token, string versionsUrl, IReadOnlyList<PartnerRole> roles)
    {
        json.WriteStartObject();
        json.WriteString("token", token);
        json.WriteString("url", versionsUrl);
        if (version == OcpiVersion.V211)
        {
            Business(json, roles[0]);
        }
        else
        {
            json.WriteStartArray("roles");
            foreach (var role in roles)
            {
                json.WriteStartObject();
                json.WriteString("role", role.Role);
                Business(json, role);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>The partner's other sides, each as CPO and eMSP; without any agreement yet: this platform itself.</summary>
    public async Task<IReadOnlyList<PartnerRole>> OurRoles(IReadOnlyList<PartyId> counterparties, CancellationToken stop)
    {
        var book = await engine.Books.Current(stop);
        return counterparties.Count == 0
            ? [new PartnerRole("OTHER", PartyId.Parse("ZZ-SET")!.Value, "Roaming settlement")]
            : [.. counterparties.SelectMany(party => Sides.Select(
                role => new PartnerRole(role, party, book.NameOf(party))))];
    }

    /// <summary>Keeps what was exchanged; false: somebody exchanged credentials for the same partner meanwhile.</summary>
    public Task<bool> Keep(
        Partner partner, IReadOnlyList<PartyId> parties, PartnerOffer offer, CredentialsObject theirs, string ourToken,
        string actor, CancellationToken stop) => engine.Tokens.Record(
            partner,
            new AccessFact.CredentialsExchanged(
                partner.Key, parties,
                new PartnerCredentials(
                    offer.Version, theirs.Url, offer.Endpoints, theirs.Roles, PartnerTokens.Hash(ourToken),
                    engine.Vault.SealDocument("@admin", Encoding.UTF8.GetBytes(theirs.Token))) 
                {
                    IsRaw = offer.IsRaw,
                    Features = offer.Features,
                },
                engine.Now) { Hub = partner.Hub },
            actor, stop);

    /// <summary>The token to call a connected partner with.</summary>
    public PartnerToken TokenFor(Partner partner) => new(
        Encoding.UTF8.GetString(engine.Vault.OpenDocument("@admin", partner.Credentials!.TheirTokenSealed)),
        partner.Settings.RawTokens || partner.Credentials.IsRaw);

    private async Task<(PartnerOffer?, int, string?)> Details(
        string version, string url, string token, bool raw, CancellationToken stop)
    {
        using var details = await http.Get(url, new PartnerToken(token, raw), stop);
        if (!details.IsGood || details.Data is not { ValueKind: JsonValueKind.Object } data
            || !data.TryGetProperty("endpoints", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return (null, 3001, $"The details of version {version} cannot be used: {details.Verdict}");
        }

        var endpoints = list.EnumerateArray()
            .Select(item => (Id: Text(item, "identifier"), Role: Text(item, "role"), Url: Text(item, "url")))
            .Where(item => item is { Id.Length: <= 64, Url.Length: <= 2000 } && Egress.Check(item.Url, http.AllowsPrivate, out _) is null)
            .Select(item => new PartnerEndpoint(item.Id!, item.Role, item.Url!)).Take(MostEndpoints).ToList();
        return endpoints.Any(endpoint => endpoint.Identifier == "credentials")
            ? (new PartnerOffer(version, endpoints, raw) { Features = Features(data) }, 1000, null)
            : (null, 3003, "There is no credentials endpoint that could be called.");
    }

    private const int LongestName = 100; // OCPI's, of a business

    private static void Business(Utf8JsonWriter json, PartnerRole role)
    {
        json.WriteStartObject("business_details");
        json.Required("name", role.Name, LongestName);
        json.WriteEndObject();
        json.WriteString("party_id", role.Party.Code);
        json.WriteString("country_code", role.Party.CountryCode);
    }

    private static PartnerRole? Role(JsonElement json) =>
        PartyId.Of(Text(json, "country_code"), Text(json, "party_id")) is { } party
            ? new PartnerRole(
                Text(json, "role") ?? "", party,
                json.TryGetProperty("business_details", out var details) ? Text(details, "name") ?? "" : "")
            {
                Features = Features(json),
            }
            : null;

    /// <summary>Names of what the object under "features" announces; what they contain is theirs.</summary>
    private static IReadOnlyList<string> Features(JsonElement json) =>
        json.TryGetProperty("features", out var features) && features.ValueKind == JsonValueKind.Object
            ? [.. features.EnumerateObject().Select(feature => feature.Name)
                .Where(name => name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MostFeatures)]
            : [];

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
