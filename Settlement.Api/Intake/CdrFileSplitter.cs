using Settlement.Domain;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Intake;

/// <summary>What to do next with the window: take bytes, keep an object, read on.</summary>
internal readonly record struct SplitStep(
    int Consumed, RawObject? Item = null, bool NeedsMore = false, bool IsEnd = false)
{
    public static readonly SplitStep More = new(0, NeedsMore: true);
}

/// <summary>Cuts the text of a file into its objects, step by step, whatever the windows are.</summary>
internal sealed partial class CdrFileSplitter
{
    private State state = State.Beginning;
    private CdrFileScanner scanner;
    private bool begun;
    private bool inPage;        // the list is the data of a page
    private long skipped;       // bytes of the current object that were thrown away
    private long objectLine;
    private long objectOffset;

    private enum State
    {
        Beginning, Between, Whole, List, Element, BehindData, Lines, Search, Rest, Ended,
    }

    /// <param name="bytes">The window, which begins at the offset and in the line given.</param>
    /// <param name="isLast">Nothing comes after it.</param>
    public SplitStep Next(ReadOnlySpan<byte> bytes, bool isLast, long offset, long line) => state switch
    {
        State.Beginning => Beginning(bytes, isLast),
        State.Between => Between(bytes, isLast, offset, line),
        State.Whole or State.Element => Object(bytes, isLast, offset, line),
        State.List => InList(bytes, isLast, offset, line),
        State.BehindData => BehindData(bytes, isLast, offset, line),
        State.Lines => Lines(bytes, isLast, offset, line),
        State.Search => Search(bytes, isLast),
        State.Rest => Rest(bytes, isLast),
        State.Ended => new SplitStep(0, IsEnd: true),
        _ => throw new InvalidOperationException($"state {state}"),
    };

    /// <summary>
    /// JSON lines are told by their first line: an object that ends with it, or the next begins one.
    /// </summary>
    private SplitStep Beginning(ReadOnlySpan<byte> bytes, bool isLast)
    {
        if (bytes.Length < 3 && !isLast)
        {
            return SplitStep.More; // a byte order mark may still come
        }

        var from = bytes.StartsWith("\uFEFF"u8) ? 3 : 0;
        from += Blanks(bytes[from..]);
        var rest = bytes[from..];
        if (rest.IsEmpty && !isLast)
        {
            return new SplitStep(from, NeedsMore: true); // blanks are not kept, there may be any number of them
        }

        var newline = rest.IndexOf((byte)'\n');
        var isUndecided = rest.IsEmpty
            || (rest[0] == '{' && rest.Length <= JsonText.MaxBytes
                && (newline < 0 || newline + 1 == rest.Length));
        if (isUndecided && !isLast)
        {
            return SplitStep.More;
        }

        state = State.Between;
        if (newline >= 0 && rest[0] == '{')
        {
            var first = rest[..newline].TrimEnd(" \t\r"u8);
            var second = rest[(newline + 1)..];
            second = second[Blanks(second)..];
            var whole = new CdrFileScanner { LooksForData = true };
            var outcome = whole.Scan(first);
            if (outcome == ScanOutcome.Complete
                ? whole.At == first.Length
                : outcome != ScanOutcome.Data && second is [(byte)'{', ..]
                    && first[^1] is not ((byte)'[' or (byte)',' or (byte)':'))
            {
                state = State.Lines;
            }
        }

        return new SplitStep(from);
    }

    /// <summary>Between whole values.</summary>
    private SplitStep Between(ReadOnlySpan<byte> bytes, bool isLast, long offset, long line)
    {
        var blanks = Blanks(bytes);
        if (blanks == bytes.Length)
        {
            return isLast && !begun
                ? End(blanks, "file.empty", "the file is empty", offset, line)
                : new SplitStep(blanks, NeedsMore: true);
        }

        var isFirst = !begun;
        begun = true;
        switch (bytes[blanks])
        {
            case (byte)'{':
                Begin(State.Whole, offset + blanks, line + Newlines(bytes[..blanks]));
                return new SplitStep(blanks);
            case (byte)'[':
                inPage = false;
                StartList();
                return new SplitStep(blanks + 1);
            default:
                return isFirst
                    ? End(bytes.Length, "file.not-json", "the file is neither a JSON list nor JSON objects",
                        offset, line)
                    : KeepRest(
                        "json.malformed", "no object begins here; nothing after it is read", offset + blanks,
                        line + Newlines(bytes[..blanks])) with { Consumed = blanks };
        }
    }

    private SplitStep Object(ReadOnlySpan<byte> bytes, bool isLast, long offset, long line)
    {
        switch (scanner.Scan(bytes))
        {
            case ScanOutcome.Complete:
                return Complete(bytes);
            case ScanOutcome.Broken:
                return Broken(bytes, offset, line);
            case ScanOutcome.Data when bytes[scanner.At] == '[':
                var taken = scanner.At + 1;
                inPage = true;
                StartList();
                return new SplitStep(taken);
            case ScanOutcome.Data:
                var at = scanner.At;
                inPage = true;
                Begin(State.Element, offset + at, line + Newlines(bytes[..at]));
                return new SplitStep(at);
            default:
                if (isLast)
                {
                    return Truncated(bytes);
                }

                return skipped + scanner.At > JsonText.MaxBytes ? Skip() : SplitStep.More;
        }
    }

    /// <summary>Too large to be held: only its end is looked for.</summary>
    private SplitStep Skip()
    {
        var taken = scanner.At;
        skipped += taken;
        scanner.Forget();
        return new SplitStep(taken, NeedsMore: taken == 0);
    }

    private SplitStep Complete(ReadOnlySpan<byte> bytes)
    {
        var length = scanner.At;
        var json = bytes[..length];
        if (state == State.Element)
        {
            NoteElement(json);
        }

        state = state == State.Whole ? State.Between : inPage && !inList ? State.BehindData : State.List;
        if (state == State.BehindData)
        {
            scanner = CdrFileScanner.BehindData();
        }

        var total = skipped + length;
        return total > JsonText.MaxBytes
            ? new SplitStep(length, Refused(CdrFile.TooLarge(objectLine, total)))
            : new SplitStep(length, new RawObject(json.ToArray(), objectLine, objectOffset, null));
    }

    private SplitStep BehindData(ReadOnlySpan<byte> bytes, bool isLast, long offset, long line)
    {
        switch (scanner.Scan(bytes))
        {
            case ScanOutcome.Complete:
                state = State.Between;
                return new SplitStep(scanner.At);
            case ScanOutcome.Broken:
                return KeepRest(
                    "json.malformed", "the page is malformed after its data", offset + scanner.At, line);
            default:
                var taken = scanner.At;
                scanner.Forget();
                return isLast
                    ? End(bytes.Length, "file.truncated", "the page breaks off after its data", offset, line)
                    : new SplitStep(taken, NeedsMore: true);
        }
    }

    private void Begin(State next, long offset, long line)
    {
        state = next;
        inList = false;
        scanner = new CdrFileScanner { LooksForData = next == State.Whole };
        (objectOffset, objectLine, skipped) = (offset, line, 0);
    }

    private SplitStep Truncated(ReadOnlySpan<byte> bytes)
    {
        state = State.Ended;
        Keep(bytes);
        pending = Refused(new Refusal(
            "file.truncated",
            $"line {objectLine}, byte {objectOffset}: the file ends inside this object; "
            + "what came before was read"));
        return new SplitStep(bytes.Length, Kept());
    }

    private SplitStep End(int consumed, string code, string reason, long offset, long line)
    {
        state = State.Ended;
        return new SplitStep(
            consumed, new RawObject(
                default, line, offset, new Refusal(code, $"line {line}, byte {offset}: {reason}")));
    }

    private RawObject Refused(Refusal refusal) => new(default, objectLine, objectOffset, refusal);

    /// <summary>With the record separators of JSON text sequences (RFC 7464).</summary>
    private static int Blanks(ReadOnlySpan<byte> bytes)
    {
        var index = bytes.IndexOfAnyExcept(" \t\r\n\u001e"u8);
        return index < 0 ? bytes.Length : index;
    }

    private static int Newlines(ReadOnlySpan<byte> bytes) => bytes.Count((byte)'\n');
}
