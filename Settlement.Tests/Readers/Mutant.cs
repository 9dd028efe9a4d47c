using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Settlement.Tests.Readers;

/// <summary>How a document is damaged.</summary>
internal enum DamageKind
{
    /// <summary>A value becomes one that nobody expects there.</summary>
    ReplaceValue,
    DropMember,
    DoubleMember,
    RenameMember,
    SwapValues,
    FlipBit,
    Insert,
    Repeat,
    Truncate,
}

/// <param name="Where">Which value, member or byte, counted round.</param>
/// <param name="What">Which replacement, bit or length, counted round.</param>
internal sealed record Damage(DamageKind Kind, int Where, int What);

/// <summary>A sound document with one to three damages; shrinks to fewer of them.</summary>
internal sealed record Mutant(string Of, byte[] Sound, IReadOnlyList<Damage> Damages)
{
    /// <summary>What platforms write where something else belongs, and what breaks those who believe it.</summary>
    private static readonly byte[][] Hostile =
    [
        .. new[]
        {
            "null", "true", "[]", "{}", "[null]", "[[]]", "{\"\":null}", "0", "-1", "0.5", "1e400", "-1e-400", "1E-28",
            "2147483648", "9223372036854775808", "999999999999", "999999999999999", "79228162514264337593543950335",
            "1.3333333333333333333333333333", "0.30000000000000004", "0.0000000000000000000000000001", "-0",
            "\"\"", "\" \"", "\"NaN\"", "\"-1\"", "\"1e9\"", "\"4,00\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\u0000\"",
            "\"9999-12-31T23:59:59.999-08:00\"", "\"9999-12-31T23:59:59Z\"", "\"0001-01-01T00:00:00+14:00\"",
            "\"0001-01-01T00:00:00Z\"", "\"1970-01-01T00:00:00Z\"", "\"2026-10-05T13:00:00+0000\"",
            "\"2026-10-05T12:59:60Z\"", "\"2026-02-30T12:39:093Z\"", "\"9999-12-31\"", "\"0001-01-01\"", "\"24:00\"",
            "\"23:59:60\"", "\"America/Toronto\"", "\"Etc/GMT+5\"", "\"XXX\"", "\"JPY\"", "\"CLF\"", "\"/../%2F\"",
        }.Select(Encoding.UTF8.GetBytes),
        [(byte)'"', 0xFF, (byte)'"'],
        [(byte)'"', 0xED, 0xA0, 0x80, (byte)'"'],
        Encoding.UTF8.GetBytes("\"" + new string('x', 2000) + "\""),
        Encoding.UTF8.GetBytes(new string('[', 70) + new string(']', 70)),
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 70)) + "1" + new string('}', 70)),
        Encoding.UTF8.GetBytes("1" + new string('0', 400)),
    ];

    public static Arbitrary<Mutant> Of_(IReadOnlyList<(string Name, byte[] Json)> documents)
    {
        var damage =
            from kind in Gen.Frequency(
                (6, Gen.Constant(DamageKind.ReplaceValue)), (5, Gen.Elements(Enum.GetValues<DamageKind>())))
            from at in Gen.Choose(0, 1 << 20)
            from what in Gen.Choose(0, 1 << 20)
            select new Damage(kind, at, what);
        var mutant =
            from document in Gen.Elements(documents.ToArray())
            from count in Gen.Choose(1, 3)
            from damages in damage.ListOf(count)
            select new Mutant(document.Name, document.Json, [.. damages]);
        return Arb.From(mutant, Fewer);
    }

    public byte[] Bytes => Damages.Aggregate(Sound, Apply);

    public override string ToString() =>
        $"{Of} with {string.Join(", ", Damages)}:\n{Encoding.UTF8.GetString(Bytes)}";

    private static IEnumerable<Mutant> Fewer(Mutant mutant) =>
        mutant.Damages.Count < 2 ? [] : mutant.Damages.Select((_, left) => mutant with
        {
            Damages = [.. mutant.Damages.Where((_, i) => i != left)],
        });

    private static byte[] Apply(byte[] bytes, Damage damage)
    {
        if (bytes.Length == 0)
        {
            return bytes;
        }

        var (members, values) = Parts(bytes);
        var at = damage.Where % bytes.Length;
        switch (damage.Kind)
        {
            case DamageKind.ReplaceValue when values.Count > 0:
                var (from, to) = values[damage.Where % values.Count];
                return [.. bytes[..from], .. Hostile[damage.What % Hostile.Length], .. bytes[to..]];
            case DamageKind.DropMember when members.Count > 0:
                var dropped = members[damage.Where % members.Count];
                return [.. bytes[..dropped.From], .. "\"dropped\":0"u8, .. bytes[dropped.To..]];
            case DamageKind.DoubleMember when members.Count > 0:
                var twice = members[damage.Where % members.Count];
                return [.. bytes[..twice.To], (byte)',', .. bytes[twice.From..]];
            case DamageKind.RenameMember when members.Count > 0:
                var name = members[damage.Where % members.Count];
                byte[][] names = [[.. "\"\\ud800\""u8], [.. "\"\""u8], [.. "\"id\""u8], [.. "\"\\u0069d\""u8]];
                return [.. bytes[..name.From], .. names[damage.What % names.Length], .. bytes[name.NameEnd..]];
            case DamageKind.SwapValues when values.Count > 1:
                return Swap(bytes, values[damage.Where % values.Count], values[damage.What % values.Count]);
            case DamageKind.Insert:
                return [.. bytes[..at], "{}[]\",:\\0e-. n"u8[damage.What % 14], .. bytes[at..]];
            case DamageKind.Repeat:
                var length = Math.Min(1 + (damage.What % 40), bytes.Length - at);
                return [.. bytes[..(at + length)], .. bytes[at..]];
            case DamageKind.Truncate:
                return bytes[..at];
            default:
                byte[] flipped = [.. bytes];
                flipped[at] ^= (byte)(1 << (damage.What % 8));
                return flipped;
        }
    }

    private static byte[] Swap(byte[] bytes, (int From, int To) one, (int From, int To) other)
    {
        var (first, second) = one.From <= other.From ? (one, other) : (other, one);
        return first.To > second.From
            ? bytes
            : [
                .. bytes[..first.From], .. bytes[second.From..second.To], .. bytes[first.To..second.From],
                .. bytes[first.From..first.To], .. bytes[second.To..],
            ];
    }

    /// <summary>Members and values of the part that is JSON.</summary>
    private static (List<(int From, int NameEnd, int To)> Members, List<(int From, int To)> Values) Parts(byte[] bytes)
    {
        var members = new List<(int, int, int)>();
        var values = new List<(int, int)>();
        var open = new Stack<(int Start, int Name, int NameEnd)>();
        var (name, nameEnd) = (-1, -1);
        try
        {
            var reader = new Utf8JsonReader(bytes);
            while (reader.Read())
            {
                var (start, end) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        (name, nameEnd) = (start, start + reader.ValueSpan.Length + 2);
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        open.Push((start, name, nameEnd));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        (start, name, nameEnd) = open.Pop();
                        Add(start, end);
                        break;
                    default:
                        Add(start, end);
                        break;
                }

                name = -1;
            }
        }
        catch (JsonException)
        {
            // damaged already: what was found before is used
        }

        return (members, values);

        void Add(int from, int to)
        {
            values.Add((from, to));
            if (name >= 0)
            {
                members.Add((name, nameEnd, to));
            }
        }
    }
}
