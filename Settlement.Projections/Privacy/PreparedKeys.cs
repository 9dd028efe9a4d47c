using System.Text.Json;
using Settlement.Domain.Intake;

namespace Settlement.Projections.Privacy;

/// <summary>The keys of some drivers of one relationship, at hand for as long as their documents are being sealed.</summary>
public sealed class PreparedKeys(string tenant, IReadOnlyDictionary<string, byte[]> keys)
{
    /// <summary>
    /// Seals under the driver's key, bound to the CDR. The nonce follows from the content, so the same content under
    /// the same key gives the same bytes, and no nonce serves two contents.
    /// </summary>
    public string Seal(string driver, CdrKey cdr, PersonalData personal) =>
        DriverVault.Seal(keys[driver], $"{tenant}\n{cdr}", JsonSerializer.SerializeToUtf8Bytes(personal));

    /// <summary>Seals any document about a driver, bound to a name.</summary>
    public string SealFor(string driver, string boundTo, ReadOnlySpan<byte> document) =>
        DriverVault.Seal(keys[driver], $"{tenant}\n{boundTo}", document);
}
