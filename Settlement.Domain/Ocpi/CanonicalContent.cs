using System.Security.Cryptography;
using System.Text.Json;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// What a document says, whatever it looks like: two with equal content have equal digests. Members are
/// sorted; 1.50, 1.5 and 15e-1 are one number; escapes are resolved; null, absent and [] are one (OCPI 2.3.0
/// transport); the document's own last_updated is left out.
/// </summary>
/// <remarks>Keyed, because the content names a driver: without the key the digest tells nothing.</remarks>
public static class CanonicalContent
{
    [ThreadStatic]
    private static CanonicalWriter? writer;

    /// <summary>HMAC-SHA-256 of the canonical content.</summary>
    /// <exception cref="JsonException">
    /// Malformed, or a member occurs twice; <see cref="CdrReader"/> refuses the same documents.
    /// </exception>
    public static byte[] Digest(ReadOnlySpan<byte> json, ReadOnlySpan<byte> key)
    {
        var digest = HMACSHA256.HashData(key, (writer ??= new CanonicalWriter()).Write(JsonText.Trim(json)));
        if (writer.IsLarge)
        {
            writer = null; // else every thread of a server would come to keep the largest document it ever saw
        }

        return digest;
    }

    /// <summary>The canonical content itself, for tests and comparisons; it names the driver.</summary>
    public static byte[] Text(ReadOnlySpan<byte> json) =>
        (writer ??= new CanonicalWriter()).Write(JsonText.Trim(json)).ToArray();
}
