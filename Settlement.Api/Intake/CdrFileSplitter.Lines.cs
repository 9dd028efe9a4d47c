using Settlement.Domain;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Intake;

/// <summary>JSON lines: each line stands for itself.</summary>
internal sealed partial class CdrFileSplitter
{
    private int lookedAt; // no line break before it

    private SplitStep Lines(ReadOnlySpan<byte> bytes, bool isLast, long offset, long lineNumber)
    {
        var newline = bytes[lookedAt..].IndexOf((byte)'\n');
        if (newline < 0 && !isLast)
        {
            if (skipped + bytes.Length <= JsonText.MaxBytes)
            {
                lookedAt = bytes.Length;
                return SplitStep.More;
            }

            (objectLine, objectOffset) = skipped == 0 ? (lineNumber, offset) : (objectLine, objectOffset);
            skipped += bytes.Length;
            lookedAt = 0;
            return new SplitStep(bytes.Length, NeedsMore: true);
        }

        var length = newline < 0 ? bytes.Length : lookedAt + newline + 1;
        lookedAt = 0;
        if (skipped > 0)
        {
            var total = skipped + length;
            skipped = 0;
            return new SplitStep(length, Refused(CdrFile.TooLarge(objectLine, total)));
        }

        if (length == 0)
        {
            return SplitStep.More;
        }

        var json = JsonText.Trim(bytes[..length]);
        return new SplitStep(length, Line(json.TrimStart((byte)0x1E), offset, lineNumber));
    }

    private RawObject? Line(ReadOnlySpan<byte> json, long offset, long lineNumber)
    {
        if (json.IsEmpty)
        {
            return null;
        }

        (objectLine, objectOffset) = (lineNumber, offset);
        if (json.Length > JsonText.MaxBytes)
        {
            return Refused(CdrFile.TooLarge(lineNumber, json.Length));
        }

        var whole = default(CdrFileScanner);
        if (json[0] == '{' && whole.Scan(json) == ScanOutcome.Complete && whole.At == json.Length)
        {
            return new RawObject(json.ToArray(), lineNumber, offset, null);
        }

        return Refused(new Refusal(
            "json.malformed",
            $"line {lineNumber}, byte {offset + whole.At}: the line is no whole JSON object; "
            + "the other lines were read")) with { Json = json.ToArray() };
    }
}
