using System.Runtime.CompilerServices;
using Settlement.Domain;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Intake;

/// <summary>One object of a file with its place; refused where it cannot be handed on.</summary>
/// <param name="Json">The object's own bytes; of a refused one what could be kept of it.</param>
/// <param name="Line">First line of the object, from 1.</param>
/// <param name="Offset">First byte of the object, from 0, after decompression.</param>
public sealed record RawObject(ReadOnlyMemory<byte> Json, long Line, long Offset, Refusal? Refusal)
{
    /// <summary>A refusal of this object with the line it begins in.</summary>
    public Refusal Located(Refusal refusal) => refusal with { Message = $"line {Line}: {refusal.Message}" };
}

/// <summary>Some objects in the order of the file.</summary>
/// <param name="BytesRead">How far into the file, for a progress bar; as compressed.</param>
/// <param name="FileBytes">The file's length; 0 where it is a pipe.</param>
public sealed record CdrChunk(IReadOnlyList<RawObject> Objects, long BytesRead, long FileBytes);

/// <summary>
/// Streams the objects of a file: a JSON array, an OCPI page ({"data": […]}), single objects, JSON lines;
/// each also gzipped. Any size in flat memory: one object of at most 10 MB is held at a time.
/// </summary>
/// <remarks>
/// In JSON lines a malformed line is refused and the rest goes on. In an array a malformed object ends the
/// readable part, unless its objects begin alike, each on a line of its own: reading goes on at the next.
/// </remarks>
public static class CdrFile
{
    private const int ObjectsPerChunk = 512;
    private const int BytesPerChunk = 1024 * 1024;

    /// <summary>Nobody writes so many blanks, or so large an object: a small gzip file could hold any number.</summary>
    private const long MostBetweenObjects = 256L * 1024 * 1024;

    public static async IAsyncEnumerable<CdrChunk> Read(
        string path, [EnumeratorCancellation] CancellationToken stop = default)
    {
        await using var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1,
            FileOptions.Asynchronous | FileOptions.SequentialScan);
        await foreach (var chunk in Read(file, stop))
        {
            yield return chunk;
        }
    }

    /// <inheritdoc cref="Read(Stream, long, CancellationToken)"/>
    public static IAsyncEnumerable<CdrChunk> Read(Stream stream, CancellationToken stop = default) =>
        Read(stream, MostBetweenObjects, stop);

    /// <summary>From a stream that the caller owns; compression is recognised by its first bytes.</summary>
    /// <param name="mostBetween">Bytes without an object after which reading stops.</param>
    public static async IAsyncEnumerable<CdrChunk> Read(
        Stream stream, long mostBetween, [EnumeratorCancellation] CancellationToken stop)
    {
        await using var window = await CdrFileWindow.Open(stream, stop);
        var splitter = new CdrFileSplitter();
        var objects = new List<RawObject>();
        var bytes = 0;
        var without = 0L;
        while (true)
        {
            var step = splitter.Next(window.Span, window.Finished, window.Offset, window.Line);
            window.Take(step.Consumed);
            without = step.Item is null ? without + step.Consumed : 0;
            if (without > mostBetween)
            {
                objects.Add(new RawObject(default, window.Line, window.Offset, new Refusal(
                    "file.no-object", $"{without} bytes before this position contain no object; nothing after it is read")));
                break;
            }

            if (step.Item is { } item)
            {
                objects.Add(item);
                bytes += item.Json.Length;
            }

            if (objects.Count >= ObjectsPerChunk || bytes >= BytesPerChunk)
            {
                yield return new CdrChunk(objects, window.FileBytesRead, window.FileBytes);
                (objects, bytes) = ([], 0);
            }

            if (step.IsEnd || (step.NeedsMore && !await window.More(stop)))
            {
                break;
            }
        }

        if (window.Failure is { } failure)
        {
            // The object it breaks off in was refused already: one cause, one refusal.
            if (objects is [.., { Refusal: not null } last] && last.Offset + last.Json.Length >= window.Offset)
            {
                objects[^1] = last with { Refusal = failure };
            }
            else
            {
                objects.Add(new RawObject(default, window.Line, window.Offset, failure));
            }
        }

        yield return new CdrChunk(objects, window.FileBytesRead, window.FileBytes);
    }

    internal static Refusal TooLarge(long line, long length) => new(
        "cdr.too-large",
        $"line {line}: an object of more than {JsonText.MaxBytes} bytes ({length} seen) is left out; "
        + "the rest was read");
}
