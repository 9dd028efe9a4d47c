using System.Text;
using System.Text.Json;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;

namespace Settlement.Tests.Ocpi;

/// <summary>
/// The specification's own examples.
/// </summary>
internal static class Vectors
{
    public static readonly PartyId Cpo = PartyId.Parse("BE-BEC")!.Value;
    public static readonly PartyId Emsp = PartyId.Parse("DE-TNM")!.Value;

    /// <summary>
    /// Every member of the named part of every vector file, as (file and member, its own bytes).
    /// </summary>
    public static IEnumerable<(string Name, string Version, byte[] Json)> All(string folder, string part)
    {
        foreach (var file in Directory.EnumerateFiles(Checkout.Vectors(folder),
            "*.json").Order(StringComparer.Ordinal))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            if (document.RootElement.TryGetProperty(part, out var found))
            {
                foreach (var member in found.EnumerateObject())
                {
                    yield return (Path.GetFileName(
                        file) + ":" + member.Name, member.Name, Bytes(member.Value));
                }
            }
        }
    }

    public static byte[] Bytes(JsonElement element) => Encoding.UTF8.GetBytes(element.GetRawText());

    public static CdrReading Read(string json, TariffCache? cache = null, OcpiVersion? version = null) =>
        CdrReader.Read(
            Encoding.UTF8.GetBytes(json),
            new CdrReadOptions { Version = version, Owner = Cpo, TokenOwner = Emsp, Tariffs = cache });

    public static CdrReading.Read Good(CdrReading reading) =>
        reading as CdrReading.Read
        ?? throw new InvalidOperationException(((CdrReading.Unreadable)reading).Refusal.ToString());

    public static OcpiVersion Version(string text) => text switch
    {
        "2.1.1" => OcpiVersion.V211,
        "2.2.1" => OcpiVersion.V221,
        "2.3.0" => OcpiVersion.V230,
        _ => throw new ArgumentOutOfRangeException(nameof(text), text, "no version"),
    };
}
