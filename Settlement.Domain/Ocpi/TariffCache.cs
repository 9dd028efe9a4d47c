using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>Sound tariffs read before, recognised by their bytes. Safe to share between threads; bounded.</summary>
/// <remarks>
/// Finding one costs a comparison of bytes, no hash and no parsing. When full it starts afresh.
/// </remarks>
public sealed class TariffCache(int capacity = 4096)
{
    /// <summary>What is compared first; shorter tariffs are not remembered.</summary>
    private const int Prefix = 96;
    private const int Largest = 256 * 1024;
    private const int LargestBucket = 64;
    private const long LargestTotal = 64L * 1024 * 1024;
    private readonly Lock writing = new();
    private KnownTariff[]?[] buckets = new KnownTariff[1024][];
    private int count;
    private long total;

    public int Count => count;

    internal KnownTariff? Find(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < Prefix)
        {
            return null;
        }

        var all = Volatile.Read(ref buckets);
        foreach (var known in Volatile.Read(ref all[Bucket(rest)]) ?? [])
        {
            if (rest.StartsWith(known.Bytes))
            {
                return known;
            }
        }

        return null;
    }

    /// <summary>
    /// Remembers it unless reading it refused it: the fault of such a one is the CDR's too, told at its place before any
    /// that follows, and a tariff that is known is not walked again.
    /// </summary>
    internal KnownTariff Add(KnownTariff known)
    {
        if (known.Length is < Prefix or > Largest || !known.IsSound)
        {
            return known;
        }

        lock (writing)
        {
            if (Find(known.Bytes) is { } already)
            {
                return already;
            }

            if (count >= capacity || total > LargestTotal)
            {
                Volatile.Write(ref buckets, new KnownTariff[1024][]);
                (count, total) = (0, 0);
            }

            ref var bucket = ref buckets[Bucket(known.Bytes)];
            var others = bucket ?? [];
            Volatile.Write(ref bucket, [known, .. others.Length < LargestBucket ? others : others[..^1]]);
            (count, total) = (count + 1, total + known.Length);
            return known;
        }
    }

    private static int Bucket(ReadOnlySpan<byte> bytes)
    {
        var hash = new HashCode();
        hash.AddBytes(bytes[..Prefix]);
        return hash.ToHashCode() & 1023;
    }
}

/// <summary>A tariff's own bytes and what they say, as each version reads them.</summary>
internal sealed class KnownTariff(byte[] bytes, TariffDraft draft)
{
    private readonly TariffReading?[] readings = new TariffReading?[3];

    public ReadOnlySpan<byte> Bytes => bytes;

    public int Length => bytes.Length;

    /// <summary>Nothing in its text is refused; a member may be missing.</summary>
    public bool IsSound => draft.Notes.Refusal is null;

    /// <summary>The tariff says by tax_included or before_taxes that it is of 2.3.0.</summary>
    public bool IsV230 => draft.IsV230;

    public TariffReading As(OcpiVersion version) => readings[(int)version] ??= draft.As(version);
}
