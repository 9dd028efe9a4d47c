using System.Text;
using System.Text.Json;

namespace Settlement.Domain.Ocpi;

/// <summary>Writes JSON in canonical form; one per thread, its buffers are kept between documents.</summary>
internal sealed class CanonicalWriter : IComparer<CanonicalWriter.Member>
{
    /// <summary>A buffer grown for one huge document is not kept for the next.</summary>
    private const int LargestKept = 256 * 1024;

    /// <summary>It grew for a huge document: let it go.</summary>
    public bool IsLarge => text.Length > LargestKept;

    private readonly List<Member> members = [];
    private byte[] text = new byte[16 * 1024];
    private byte[] spare = new byte[16 * 1024];
    private int length;

    /// <summary>A member in <see cref="text"/>: its name with quotes, and all of it up to its end.</summary>
    internal readonly record struct Member(int Start, int NameLength, int Length, bool Keep);

    public ReadOnlySpan<byte> Write(ReadOnlySpan<byte> json)
    {
        length = 0;
        members.Clear();
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            Value(ref reader, isRoot: true);
            while (reader.Read())
            {
            }
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("a text is no UTF-8", e);
        }

        return text.AsSpan(0, length);
    }

    int IComparer<Member>.Compare(Member x, Member y) => Name(x).SequenceCompareTo(Name(y));

    private void Value(ref Utf8JsonReader reader, bool isRoot)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                Object(ref reader, isRoot);
                break;
            case JsonTokenType.StartArray:
                Add((byte)'[');
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    Value(ref reader, isRoot: false);
                    Add((byte)',');
                }

                Add((byte)']');
                break;
            case JsonTokenType.String:
                Text(ref reader);
                break;
            case JsonTokenType.Number:
                Number(reader.ValueSpan);
                break;
            default:
                Add(reader.ValueSpan);
                break;
        }
    }

    private void Object(ref Utf8JsonReader reader, bool isRoot)
    {
        Add((byte)'{');
        var first = members.Count;
        var body = length;
        var inOrder = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var leftOut = isRoot && reader.ValueTextEquals("last_updated"u8);
            var start = length;
            Text(ref reader);
            var name = length - start;
            Add((byte)':');
            reader.Read();
            var value = length;
            Value(ref reader, isRoot: false);
            leftOut |= text.AsSpan(value, length - value) is [(byte)'[', (byte)']'] or [(byte)'n', ..];
            Add((byte)',');
            var member = new Member(start, name, length - start, !leftOut);
            inOrder &= !leftOut
                && (members.Count == first || Name(members[^1]).SequenceCompareTo(Name(member)) < 0);
            members.Add(member);
        }

        if (!inOrder)
        {
            Sort(first, body);
        }

        members.RemoveRange(first, members.Count - first);
        Add((byte)'}');
    }

    /// <summary>Puts the members of the object just read in the order of their names' bytes.</summary>
    private void Sort(int first, int body)
    {
        members.Sort(first, members.Count - first, this);
        if (spare.Length < length)
        {
            spare = new byte[text.Length];
        }

        var to = body;
        for (var i = first; i < members.Count; i++)
        {
            var member = members[i];
            if (i > first && Name(member).SequenceEqual(Name(members[i - 1])))
            {
                throw new JsonException("a member occurs twice");
            }

            if (member.Keep)
            {
                text.AsSpan(member.Start, member.Length).CopyTo(spare.AsSpan(to));
                to += member.Length;
            }
        }

        spare.AsSpan(body, to - body).CopyTo(text.AsSpan(body));
        length = to;
    }

    private ReadOnlySpan<byte> Name(Member member) => text.AsSpan(member.Start, member.NameLength);

    /// <summary>A name or text, escaped only where JSON demands it.</summary>
    private void Text(ref Utf8JsonReader reader)
    {
        Add((byte)'"');
        if (!reader.ValueIsEscaped)
        {
            Add(reader.ValueSpan);
        }
        else
        {
            var plain = new byte[reader.ValueSpan.Length];
            foreach (var b in plain.AsSpan(0, reader.CopyString(plain)))
            {
                if (b is (byte)'"' or (byte)'\\')
                {
                    Add((byte)'\\');
                    Add(b);
                }
                else if (b < 0x20)
                {
                    Add(Encoding.ASCII.GetBytes($"\\u{b:x4}"));
                }
                else
                {
                    Add(b);
                }
            }
        }

        Add((byte)'"');
    }

    /// <summary>Significant digits and a power of ten: 1.50 is 15e-1; every zero is 0.</summary>
    private void Number(ReadOnlySpan<byte> number)
    {
        var split = number.IndexOfAny((byte)'e', (byte)'E');
        var plain = split < 0 ? number : number[..split];
        var exponent = 0L;
        if (split >= 0 && !TryExponent(number[(split + 1)..], out exponent))
        {
            Add(number); // beyond any number; compared as it is written
            return;
        }

        var start = length;
        var pastPoint = false;
        var digits = 0;
        foreach (var b in plain)
        {
            if (b == '.')
            {
                pastPoint = true;
                continue;
            }

            exponent -= pastPoint ? 1 : 0;
            if (b is not (byte)'0' || digits > 0)
            {
                Add(b);
                digits += b == '-' ? 0 : 1;
            }
        }

        for (; digits > 0 && text[length - 1] == '0'; digits--, length--)
        {
            exponent++;
        }

        if (digits == 0)
        {
            length = start;
            Add((byte)'0');
        }
        else if (exponent != 0)
        {
            Add((byte)'e');
            Reserve(24);
            exponent.TryFormat(text.AsSpan(length), out var written, default, null);
            length += written;
        }
    }

    private static bool TryExponent(ReadOnlySpan<byte> digits, out long exponent)
    {
        exponent = 0;
        return digits.Length <= 15
            && long.TryParse(digits, System.Globalization.NumberStyles.AllowLeadingSign,
                System.Globalization.CultureInfo.InvariantCulture, out exponent);
    }

    private void Add(byte b)
    {
        Reserve(1);
        text[length++] = b;
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(text.AsSpan(length));
        length += bytes.Length;
    }

    private void Reserve(int more)
    {
        if (length + more > text.Length)
        {
            Array.Resize(ref text, Math.Max(text.Length * 2, length + more));
        }
    }
}
