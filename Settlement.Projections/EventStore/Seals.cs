using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Npgsql;

namespace Settlement.Projections.EventStore;

/// <summary>
/// The chain over a tenant's transactions. Digest of an event: SHA-256 over its number and its id, its version, its time
/// in microseconds since 1970, then stream, type, correlation, causation, headers and data, each with its length in bytes
/// before it (four bytes; -1 = absent); numbers big endian, headers and data as jsonb prints them. Seal of a transaction:
/// SHA-256 over the seal before, first and last number, count (eight bytes each) and the digests in order of number.
/// </summary>
internal static class Seals
{
    public const int DigestSize = SHA256.HashSizeInBytes;

    // jsonb has one text for one value, so the database computes what it stored: the program has no JSON of its own here
    public const string AddAndMoveHead = """
        with sealed as (
          select min(d.seq_id) as first, max(d.seq_id) as last, count(*) as count,
            string_agg(d.digest, ''::bytea order by d.seq_id) as digests
          from settlement_digests($1, $2, $3) d
        ), added as (
          insert into seals (tenant_id, first_number, last_number, count, seal, digests)
          select $1, s.first, s.last, s.count,
            sha256($4 || int8send(s.first) || int8send(s.last) || int8send(s.count) || s.digests), s.digests
          from sealed s
          returning last_number, count, seal
        )
        update tenant_heads h
        set last_number = a.last_number, events = h.events + a.count, last_seal = a.seal, last_time = $5
        from added a where h.tenant_id = $1
        """;

    /// <summary>What stands before the first seal: the tenant's name, hashed, so that no log passes for another's.</summary>
    public static byte[] Genesis(string tenant) => SHA256.HashData(Encoding.UTF8.GetBytes("settlement\0" + tenant));

    public static NpgsqlBatchCommand Add(
        string tenant, long first, long last, byte[] previous, Instant time) =>
        Query.Command(
            AddAndMoveHead, Query.Text(tenant), Query.Long(first), Query.Long(last), Query.Binary(previous), Query.Time(time));

    /// <summary>The seal as the program computes it, to compare with what the database computed.</summary>
    public static byte[] Next(
        ReadOnlySpan<byte> previous, long first, long last, long count, ReadOnlySpan<byte> digests)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        Span<byte> numbers = stackalloc byte[24];
        BinaryPrimitives.WriteInt64BigEndian(numbers, first);
        BinaryPrimitives.WriteInt64BigEndian(numbers[8..], last);
        BinaryPrimitives.WriteInt64BigEndian(numbers[16..], count);
        hash.AppendData(numbers);
        hash.AppendData(digests);
        return hash.GetHashAndReset();
    }

    /// <summary>PostgreSQL keeps microseconds: a time is cut to them before it is used.</summary>
    public static long Microseconds(Instant time) => time.ToUnixTimeTicks() / 10;

    public static Instant FromMicroseconds(long microseconds) => Instant.FromUnixTimeTicks(microseconds * 10);
}

/// <summary>What a digest is over, as the database prints it.</summary>
internal readonly record struct SealedEvent(
    long Number, Guid Id, long Version, Instant Time, string Stream, string Type, string? Correlation,
    string? Causation, string? Headers, string Data)
{
    /// <summary>The digest of an event as the program computes it.</summary>
    public static byte[] Digest(SealedEvent e)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> fixedPart = stackalloc byte[40];
        BinaryPrimitives.WriteInt64BigEndian(fixedPart, e.Number);
        e.Id.TryWriteBytes(fixedPart[8..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(fixedPart[24..], e.Version);
        BinaryPrimitives.WriteInt64BigEndian(fixedPart[32..], Seals.Microseconds(e.Time));
        hash.AppendData(fixedPart);
        Span<byte> length = stackalloc byte[4];
        foreach (var text in (ReadOnlySpan<string?>)[e.Stream, e.Type, e.Correlation, e.Causation, e.Headers, e.Data])
        {
            var bytes = text is null ? [] : Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32BigEndian(length, text is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }
}
