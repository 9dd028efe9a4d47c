using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace Settlement.Projections.EventStore;

/// <summary>
/// SHA-256 of one event without its place in the log: a byte 1, its id, then stream, type, correlation, causation,
/// headers and data, each with its length in bytes before it (four bytes, big endian; -1 = absent). Headers and data
/// in canonical form.
/// </summary>
internal static class EventDigest
{
    public const int Size = SHA256.HashSizeInBytes;

    [ThreadStatic]
    private static byte[]? scratch;

    public readonly ref struct Parts(
        Guid id, string stream, string type, string? correlationId, string? causationId, byte[]? headers,
        ReadOnlySpan<byte> data)
    {
        public readonly Guid Id = id;
        public readonly string Stream = stream;
        public readonly string Type = type;
        public readonly string? CorrelationId = correlationId;
        public readonly string? CausationId = causationId;
        public readonly byte[]? Headers = headers;
        public readonly ReadOnlySpan<byte> Data = data;
    }

    public static byte[] Of(in Parts parts)
    {
        var digest = new byte[Size];
        Write(parts, digest);
        return digest;
    }

    public static void Write(in Parts parts, Span<byte> digest)
    {
        var most = 64 + (3 * (parts.Stream.Length + parts.Type.Length + (parts.CorrelationId?.Length ?? 0)
            + (parts.CausationId?.Length ?? 0))) + (parts.Headers?.Length ?? 0) + parts.Data.Length;
        if (scratch is null || scratch.Length < most)
        {
            scratch = new byte[Math.Max(8192, most * 2)];
        }

        var buffer = scratch.AsSpan();
        buffer[0] = 1;
        parts.Id.TryWriteBytes(buffer[1..], bigEndian: true, out _);
        var at = 17;
        at += Put(buffer[at..], parts.Stream);
        at += Put(buffer[at..], parts.Type);
        at += Put(buffer[at..], parts.CorrelationId);
        at += Put(buffer[at..], parts.CausationId);
        at += Put(buffer[at..], parts.Headers, parts.Headers is null);
        at += Put(buffer[at..], parts.Data, isAbsent: false);
        SHA256.HashData(buffer[..at], digest);
    }

    private static int Put(Span<byte> buffer, string? text)
    {
        var length = text is null ? -1 : Encoding.UTF8.GetBytes(text, buffer[4..]);
        BinaryPrimitives.WriteInt32BigEndian(buffer, length);
        return 4 + Math.Max(length, 0);
    }

    private static int Put(Span<byte> buffer, ReadOnlySpan<byte> bytes, bool isAbsent)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer, isAbsent ? -1 : bytes.Length);
        bytes.CopyTo(buffer[4..]);
        return 4 + bytes.Length;
    }
}

/// <summary>
/// The chain over a tenant's appends. One seal: SHA-256 of the seal before, the first number (8 bytes, big endian),
/// the count (4), the time in microseconds since 1970 (8), then each event's digest (32) and version (8).
/// </summary>
internal static class Seal
{
    /// <summary>What stands before the first seal: the tenant's name, hashed, so that no log passes for another's.</summary>
    public static byte[] Genesis(string tenant) => SHA256.HashData(Encoding.UTF8.GetBytes("settlement\0" + tenant));

    public static byte[] Next(
        ReadOnlySpan<byte> previous, long firstNumber, Instant time, ReadOnlySpan<byte> digests,
        ReadOnlySpan<long> versions)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        Span<byte> place = stackalloc byte[20];
        BinaryPrimitives.WriteInt64BigEndian(place, firstNumber);
        BinaryPrimitives.WriteInt32BigEndian(place[8..], versions.Length);
        BinaryPrimitives.WriteInt64BigEndian(place[12..], Microseconds(time));
        hash.AppendData(place);
        Span<byte> version = stackalloc byte[8];
        for (var i = 0; i < versions.Length; i++)
        {
            hash.AppendData(digests.Slice(i * EventDigest.Size, EventDigest.Size));
            BinaryPrimitives.WriteInt64BigEndian(version, versions[i]);
            hash.AppendData(version);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>PostgreSQL keeps microseconds: a time is cut to them before it is used.</summary>
    public static long Microseconds(Instant time) => time.ToUnixTimeTicks() / 10;

    public static Instant FromMicroseconds(long microseconds) => Instant.FromUnixTimeTicks(microseconds * 10);
}
