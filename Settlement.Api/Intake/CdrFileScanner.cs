using System.Buffers;

namespace Settlement.Api.Intake;

internal enum ScanOutcome
{
    /// <summary>The object goes on behind the bytes given.</summary>
    Open,
    Complete,

    /// <summary>This cannot be JSON any more.</summary>
    Broken,

    /// <summary>At the value of a member "data" of a page.</summary>
    Data,
}

/// <summary>
/// Finds where a JSON object ends, in parts and without reading it: brackets, texts, and that a bracket opens
/// only where a value may stand. What is inside is the reader's matter.
/// </summary>
internal struct CdrFileScanner
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> TextEnd =
        SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(b => (byte)b)]);

    private ulong objects; // bit 0: the innermost container is an object
    private bool inText;
    private byte before; // last byte that is no blank
    private int textFrom;
    private bool dataNamed;
    private bool tooDeep; // the outer kinds are not known any more; the reader refuses such depths

    public int Depth { get; private set; }

    /// <summary>Scanned so far, from the object's first byte.</summary>
    public int At { get; private set; }

    public bool LooksForData { get; init; }

    /// <summary>The inside of a page behind its data.</summary>
    public static CdrFileScanner BehindData() => new() { Depth = 1, objects = 1, before = (byte)']' };

    /// <summary>The bytes scanned so far are thrown away; the next ones begin behind them.</summary>
    public void Forget()
    {
        At = 0;
        textFrom = -1;
    }

    /// <param name="bytes">From the object's first byte, or from where <see cref="Forget"/> was said.</param>
    public ScanOutcome Scan(ReadOnlySpan<byte> bytes)
    {
        while (At < bytes.Length)
        {
            if (inText)
            {
                if (Text(bytes) is { } outcome)
                {
                    return outcome;
                }

                continue;
            }

            var next = bytes[At..].IndexOfAny(Structure);
            var gap = bytes.Slice(At, next < 0 ? bytes.Length - At : next).TrimEnd(" \t\r\n"u8);
            before = gap.IsEmpty ? before : gap[^1];
            At = next < 0 ? bytes.Length : At + next;
            if (next >= 0 && Bracket(bytes[At]) is { } end)
            {
                return end;
            }
        }

        return ScanOutcome.Open;
    }

    private ScanOutcome? Bracket(byte bracket)
    {
        switch (bracket)
        {
            case (byte)'"':
                inText = true;
                textFrom = At;
                break;
            case (byte)'{' or (byte)'[':
                if (Depth > 0 && !MayOpen())
                {
                    return ScanOutcome.Broken;
                }

                if (LooksForData && Depth == 1 && dataNamed)
                {
                    return ScanOutcome.Data;
                }

                Depth++;
                tooDeep |= Depth > 64;
                objects = (objects << 1) | (bracket == '{' ? 1UL : 0UL);
                break;
            default:
                if (!tooDeep && (objects & 1) != (bracket == '}' ? 1UL : 0UL))
                {
                    return ScanOutcome.Broken;
                }

                Depth--;
                objects >>= 1;
                break;
        }

        before = bracket;
        At++;
        return Depth == 0 ? ScanOutcome.Complete : null;
    }

    /// <summary>In an object a bracket follows a colon, in a list a comma or its own bracket.</summary>
    private readonly bool MayOpen() =>
        tooDeep || ((objects & 1) == 1 ? before == ':' : before is (byte)',' or (byte)'[');

    /// <summary>To the text's end, or what came in between.</summary>
    private ScanOutcome? Text(ReadOnlySpan<byte> bytes)
    {
        var next = bytes[At..].IndexOfAny(TextEnd);
        if (next < 0)
        {
            At = bytes.Length;
            return ScanOutcome.Open;
        }

        var at = At + next;
        switch (bytes[at])
        {
            case (byte)'"':
                inText = false;
                before = (byte)'"';
                if (Depth == 1)
                {
                    // A text after a colon is a value: only a name can be the page's "data".
                    dataNamed = textFrom >= 0 && bytes[textFrom..(at + 1)].SequenceEqual("\"data\""u8);
                }

                At = at + 1;
                return null;
            case (byte)'\\':
                if (at + 1 == bytes.Length)
                {
                    At = at;
                    return ScanOutcome.Open;
                }

                At = at + 2;
                return null;
            default:
                At = at;
                return ScanOutcome.Broken; // a line break or another control character in a text
        }
    }
}
