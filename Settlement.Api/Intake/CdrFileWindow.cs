using System.IO.Compression;
using System.Text;
using Settlement.Domain;

namespace Settlement.Api.Intake;

/// <summary>The part of a file that is being looked at; grows only while one object needs it.</summary>
internal sealed class CdrFileWindow : IAsyncDisposable
{
    private const int Block = 256 * 1024;
    private readonly Stream file;
    private readonly CountingStream counted;
    private readonly GZipStream? unpacked;
    private Stream? text;
    private byte[] buffer = new byte[Block];
    private int start;
    private int end;

    private CdrFileWindow(Stream file, CountingStream counted, GZipStream? unpacked) =>
        (this.file, this.counted, this.unpacked) = (file, counted, unpacked);

    public ReadOnlySpan<byte> Span => buffer.AsSpan(start, end - start);

    /// <summary>Nothing comes after what is in the window.</summary>
    public bool Finished { get; private set; }

    /// <summary>Why the file could not be read to its end.</summary>
    public Refusal? Failure { get; private set; }

    /// <summary>Of the window's first byte, after decompression, in UTF-8.</summary>
    public long Offset { get; private set; }

    /// <summary>Of the window's first byte, from 1.</summary>
    public long Line { get; private set; } = 1;

    public long FileBytesRead => counted.BytesRead;

    public long FileBytes => file.CanSeek ? file.Length : 0;

    /// <summary>Gzip is told by its first two bytes, whatever the file's name says.</summary>
    public static async Task<CdrFileWindow> Open(Stream file, CancellationToken stop)
    {
        var magic = new byte[2];
        var read = await file.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false, stop);
        var counting = new CountingStream(file, magic.AsMemory(0, read));
        var isGzip = read == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
        return new CdrFileWindow(
            file, counting, isGzip ? new GZipStream(counting, CompressionMode.Decompress, leaveOpen: true) : null);
    }

    public void Take(int count)
    {
        Line += Span[..count].Count((byte)'\n');
        Offset += count;
        start += count;
    }

    /// <summary>Reads on; false where the end was known before.</summary>
    public async ValueTask<bool> More(CancellationToken stop)
    {
        if (Finished)
        {
            return false;
        }

        if (start > 0)
        {
            Span.CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }
        else if (buffer.Length > Block && end < Block / 2)
        {
            buffer = [.. buffer.AsSpan(0, end), .. new byte[Block - end]];
        }

        try
        {
            text ??= await AsUtf8(unpacked ?? (Stream)counted, stop);
            var read = await text.ReadAsync(buffer.AsMemory(end), stop);
            end += read;
            Finished = read == 0;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            Finished = true;
            Failure = new Refusal(
                "file.truncated",
                $"the compressed file breaks off or is damaged after {Offset + end} bytes of text; "
                + "what came before was read");
        }

        return true;
    }

    public ValueTask DisposeAsync() => unpacked?.DisposeAsync() ?? default;

    /// <summary>UTF-16, as Windows and spreadsheets write it, is told by its byte order mark.</summary>
    private static async Task<Stream> AsUtf8(Stream inner, CancellationToken stop)
    {
        var mark = new byte[2];
        var read = await inner.ReadAtLeastAsync(mark, 2, throwOnEndOfStream: false, stop);
        var whole = new CountingStream(inner, mark.AsMemory(0, read));
        return (read, mark[0], mark[1]) switch
        {
            (2, 0xFF, 0xFE) => Encoding.CreateTranscodingStream(whole, Encoding.Unicode, Encoding.UTF8, leaveOpen: true),
            (2, 0xFE, 0xFF) => Encoding.CreateTranscodingStream(whole, Encoding.BigEndianUnicode, Encoding.UTF8, leaveOpen: true),
            _ => whole,
        };
    }

    /// <summary>
    /// Counts what is read of the file, and gives back the first bytes that were looked at.
    /// </summary>
    private sealed class CountingStream(Stream inner, ReadOnlyMemory<byte> first) : Stream
    {
        private ReadOnlyMemory<byte> pending = first;

        public long BytesRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => BytesRead;
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = pending.IsEmpty
                ? await inner.ReadAsync(buffer, cancellationToken)
                : Pending(buffer.Span);
            BytesRead += read;
            return read;
        }

        public override Task<int> ReadAsync(
            byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = pending.IsEmpty ? inner.Read(buffer) : Pending(buffer);
            BytesRead += read;
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int Pending(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, pending.Length);
            pending.Span[..count].CopyTo(buffer);
            pending = pending[count..];
            return count;
        }
    }
}
