using System.Buffers;
using Settlement.Domain;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Intake;

/// <summary>What cannot be cut into objects: refused with its place, and handed on so that it can be kept.</summary>
internal sealed partial class CdrFileSplitter
{
    private readonly ArrayBufferWriter<byte> kept = new();
    private RawObject? pending; // refused; its bytes are still being gathered

    private SplitStep KeepRest(string code, string reason, long offset, long line)
    {
        state = State.Rest;
        pending = new RawObject(default, line, offset, new Refusal(code, $"line {line}, byte {offset}: {reason}"));
        return new SplitStep(0);
    }

    /// <summary>To the end of the file, or as much of it as one document may have.</summary>
    private SplitStep Rest(ReadOnlySpan<byte> bytes, bool isLast)
    {
        Keep(bytes);
        if (!isLast && kept.WrittenCount < JsonText.MaxBytes)
        {
            return new SplitStep(bytes.Length, NeedsMore: true);
        }

        state = State.Ended;
        return new SplitStep(bytes.Length, Kept());
    }

    private void Keep(ReadOnlySpan<byte> bytes) =>
        kept.Write(bytes[..Math.Min(bytes.Length, JsonText.MaxBytes - kept.WrittenCount)]);

    private RawObject Kept()
    {
        var whole = pending! with { Json = kept.WrittenSpan.Trim(" \t\r\n"u8).ToArray() };
        kept.ResetWrittenCount();
        pending = null;
        return whole;
    }
}
