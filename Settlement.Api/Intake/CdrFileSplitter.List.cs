using Settlement.Domain;

namespace Settlement.Api.Intake;

/// <summary>Lists: their elements, and where reading may go on behind a malformed one.</summary>
internal sealed partial class CdrFileSplitter
{
    private const int LongestLead = 64;
    private bool inList;
    private byte[] line = new byte[LongestLead]; // how the current line began
    private int lineLength;
    private byte[]? lead;      // what stands before each element on its line; null: not seen yet
    private bool sameLead;     // every element seen begins its own line alike, and nothing inside one does
    private int good;

    private void StartList()
    {
        state = State.List;
        inList = true;
        // the list's own line leads nothing
        (lead, sameLead, good, lineLength) = (null, true, 0, LongestLead + 1);
    }

    private SplitStep InList(ReadOnlySpan<byte> bytes, bool isLast, long offset, long lineNumber)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            switch (bytes[i])
            {
                case (byte)'\n':
                    lineLength = 0;
                    break;
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)',':
                    KeepLead(bytes[i]);
                    break;
                case (byte)'{':
                    NoteLead();
                    Begin(State.Element, offset + i, lineNumber + Newlines(bytes[..i]));
                    inList = true;
                    return new SplitStep(i);
                case (byte)']':
                    state = inPage ? State.BehindData : State.Between;
                    scanner = CdrFileScanner.BehindData();
                    return new SplitStep(i + 1);
                case (byte)'n' when bytes[i..].StartsWith("null"u8):
                    i += 3;
                    break;
                case (byte)'n' when !isLast && bytes.Length - i < 4:
                    return new SplitStep(i, NeedsMore: true);
                default:
                    Begin(State.Element, offset + i, lineNumber + Newlines(bytes[..i]));
                    inList = true;
                    return Broken(bytes[i..], objectOffset, objectLine) with { Consumed = i };
            }
        }

        return isLast
            ? End(
                bytes.Length, "file.truncated", "the list is not closed; all of its objects were read",
                offset + bytes.Length, lineNumber + Newlines(bytes))
            : new SplitStep(bytes.Length, NeedsMore: true);
    }

    private void KeepLead(byte b)
    {
        if (lineLength < LongestLead)
        {
            line[lineLength] = b;
        }

        lineLength = Math.Min(lineLength + 1, LongestLead + 1);
    }

    /// <summary>An element begins: does it begin its line as the others do?</summary>
    private void NoteLead()
    {
        if (lineLength > LongestLead)
        {
            sameLead &= good == 0; // only the first may stand on the list's own line
            return;
        }

        var here = line.AsSpan(0, lineLength);
        sameLead &= lead is null || here.SequenceEqual(lead.AsSpan(1, lead.Length - 2));
        lead ??= [(byte)'\n', .. here, (byte)'{'];
        lineLength = LongestLead + 1; // a second element on this line leads nothing
    }

    /// <summary>
    /// Something inside an element that begins like an element: then none can be searched for.
    /// </summary>
    private void NoteElement(ReadOnlySpan<byte> json)
    {
        good++;
        sameLead &= lead is null || json.IndexOf(lead) < 0;
    }

    private SplitStep Broken(ReadOnlySpan<byte> bytes, long offset, long lineNumber)
    {
        var at = scanner.At;
        var place = $"line {lineNumber + Newlines(bytes[..Math.Min(at, bytes.Length)])}, byte {offset + at}";
        var goesOn = inList && state == State.Element && good > 0 && lead is not null && sameLead;
        state = goesOn ? State.Search : State.Rest;
        pending = Refused(new Refusal(
            "json.malformed",
            $"{place}: the object that begins in line {objectLine} is malformed; "
            + (goesOn ? "the rest was read" : "what came before was read, nothing after it")));
        return new SplitStep(0);
    }

    /// <summary>Goes on at the next line that begins as every element does.</summary>
    private SplitStep Search(ReadOnlySpan<byte> bytes, bool isLast)
    {
        var found = bytes.IndexOf(lead);
        if (found >= 0)
        {
            state = State.List;
            Keep(bytes[..found]);
            return new SplitStep(found, Kept());
        }

        if (isLast)
        {
            return Rest(bytes, isLast);
        }

        var taken = Math.Max(0, bytes.Length - lead!.Length);
        Keep(bytes[..taken]);
        return new SplitStep(taken, NeedsMore: true);
    }
}
