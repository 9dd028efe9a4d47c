using System.Buffers.Binary;
using System.Text;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// Words that come back in every CDR (currencies, countries, stations) as one string each. Per thread and
/// bounded; never used for anything about a driver.
/// </summary>
internal static class TextPool
{
    private const int Slots = 2048;
    private const int Longest = 48;

    [ThreadStatic]
    private static string?[]? texts;

    [ThreadStatic]
    private static (string Country, string Party, PartyId Id)[]? parties;

    public static string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > Longest)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        var all = texts ??= new string?[Slots];
        ref var slot = ref all[Hash(utf8)];
        if (slot is not null && slot.Length == utf8.Length && Ascii.Equals(utf8, slot))
        {
            return slot;
        }

        return slot = Encoding.UTF8.GetString(utf8);
    }

    /// <summary>Null where the two are no party's name.</summary>
    public static PartyId? Party(string? country, string? party)
    {
        if (country is not { Length: 2 } || party is not { Length: 3 })
        {
            return null;
        }

        var all = parties ??= new (string, string, PartyId)[64];
        ref var slot = ref all[(country[1] * 7 + party[0] * 31 + party[1] * 3 + party[2] * 13) & 63];
        if (slot.Country == country && slot.Party == party)
        {
            return slot.Id;
        }

        if (PartyId.Of(country, party) is not { } id)
        {
            return null;
        }

        slot = (country, party, id);
        return id;
    }

    private static int Hash(ReadOnlySpan<byte> utf8)
    {
        unchecked
        {
            var hash = (ulong)utf8.Length * 0x9E3779B97F4A7C15;
            if (utf8.Length >= 8)
            {
                hash ^= BinaryPrimitives.ReadUInt64LittleEndian(utf8) * 0xC2B2AE3D27D4EB4F;
                hash = (hash << 31) | (hash >> 33);
                hash ^= BinaryPrimitives.ReadUInt64LittleEndian(utf8[^8..]);
            }
            else
            {
                foreach (var b in utf8)
                {
                    hash = (hash ^ b) * 0x100000001B3;
                }
            }

            return (int)((hash * 0x165667B19E3779F9) >> 53) & (Slots - 1);
        }
    }
}
