using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Settlement.Projections.Tables;

/// <summary>
/// PostgreSQL's binary numeric: groups of four decimal digits, the weight of the first group, the sign, and how many
/// digits stand after the point. The scale of the decimal is kept: 1.50 stays 1.50.
/// </summary>
internal static class PostgresNumeric
{
    private const int Group = 10_000;

    /// <summary>Head of 8 bytes, and 29 digits that may begin and end within a group.</summary>
    public const int MostBytes = 8 + (2 * MostGroups);

    private const int MostGroups = 10;

    /// <returns>How many bytes were written.</returns>
    public static int Write(Span<byte> to, decimal value)
    {
        Span<short> groups = stackalloc short[MostGroups];
        var count = Split(value, groups);
        var zeros = 0;
        while (zeros < count && groups[zeros] == 0)
        {
            zeros++; // behind the last digit that counts
        }

        var digits = count - zeros;
        var weight = digits == 0 ? 0 : count - 1 - FractionGroups(value.Scale);
        BinaryPrimitives.WriteInt16BigEndian(to, (short)digits);
        BinaryPrimitives.WriteInt16BigEndian(to[2..], (short)weight);
        BinaryPrimitives.WriteInt16BigEndian(to[4..], (short)(digits > 0 && value < 0m ? 0x4000 : 0));
        BinaryPrimitives.WriteInt16BigEndian(to[6..], value.Scale);
        for (var i = 0; i < digits; i++)
        {
            BinaryPrimitives.WriteInt16BigEndian(to[(8 + (2 * i))..], groups[count - 1 - i]);
        }

        return 8 + (2 * digits);
    }

    /// <summary>Groups from the last to the first, so that the point falls between two of them.</summary>
    private static int Split(decimal value, Span<short> groups)
    {
        Span<int> words = stackalloc int[4];
        decimal.GetBits(value, words);
        var bits = MemoryMarshal.Cast<int, uint>(words);
        var rest = new UInt128(bits[2], ((ulong)bits[1] << 32) | bits[0]);
        for (var digits = value.Scale; digits % 4 != 0; digits++)
        {
            rest *= 10;
        }

        var count = 0;
        while (rest > ulong.MaxValue)
        {
            (rest, var group) = UInt128.DivRem(rest, Group);
            groups[count++] = (short)group;
        }

        for (var small = (ulong)rest; small > 0; small /= Group)
        {
            groups[count++] = (short)(small % Group);
        }

        return count;
    }

    private static int FractionGroups(int scale) => (scale + 3) / 4;
}
