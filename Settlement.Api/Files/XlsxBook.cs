using System.IO.Compression;
using System.Text;

namespace Settlement.Api.Files;

/// <summary>
/// An Excel workbook (ECMA-376), written as it comes in flat memory: sheets one after the other, no formulas, no
/// macros, no date of now. The same rows give the same bytes.
/// </summary>
public sealed class XlsxBook : IDisposable
{
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ZipArchive zip;
    private readonly string title;
    private readonly List<XlsxPart> parts = [];

    public XlsxBook(Stream to, string title)
    {
        // never seekable: a zip that can seek back is written differently
        zip = new ZipArchive(new ForwardOnly(to), ZipArchiveMode.Create, leaveOpen: true);
        this.title = title;
    }

    /// <summary>Rows that fit on a sheet with its head, as Excel limits it.</summary>
    public int RowsPerSheet { get; init; } = 1_048_575;

    /// <summary>A sheet; finish its rows before the next one begins. Longer than a sheet: it goes on in further ones.</summary>
    public IRows Sheet(string name, IReadOnlyList<Column> columns) => new XlsxRows(this, name, columns);

    /// <summary>What ties the sheets together; the book is complete after it.</summary>
    public void Finish()
    {
        Write("xl/workbook.xml", XlsxText.Workbook(parts));
        Write("xl/_rels/workbook.xml.rels", XlsxText.WorkbookRelations(parts.Count));
        Write("xl/styles.xml", XlsxStyles.Sheet());
        Write("docProps/core.xml", XlsxText.Core(title));
        Write("_rels/.rels", XlsxText.Relations);
        Write("[Content_Types].xml", XlsxText.ContentTypes(parts.Count));
        zip.Dispose();
    }

    public void Dispose() => zip.Dispose();

    internal Stream NewPart(string name, out XlsxPart part)
    {
        part = new XlsxPart(Unique(name));
        parts.Add(part);
        return Entry($"xl/worksheets/sheet{parts.Count}.xml");
    }

    private string Unique(string name)
    {
        var plain = new string([.. name.Select(c => c is '[' or ']' or ':' or '*' or '?' or '/' or '\\' ? '-' : c)])
            .Trim('\'');
        for (var number = 1; ; number++)
        {
            var suffix = number == 1 ? "" : FormattableString.Invariant($" ({number})");
            var candidate = plain[..Math.Min(plain.Length, 31 - suffix.Length)] + suffix;
            if (!parts.Exists(part => part.Name.Equals(candidate, StringComparison.OrdinalIgnoreCase)))
            {
                return candidate;
            }
        }
    }

    private void Write(string name, string xml)
    {
        using var entry = Entry(name);
        entry.Write(Encoding.UTF8.GetBytes(xml));
    }

    private Stream Entry(string name)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Fastest);
        entry.LastWriteTime = Epoch;
        return entry.Open();
    }

    /// <summary>Hides that a stream can seek.</summary>
    private sealed class ForwardOnly(Stream to) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => to.Write(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => to.Write(buffer);

        public override void Flush() => to.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

/// <summary>One sheet as the workbook lists it.</summary>
internal sealed class XlsxPart(string name)
{
    public string Name => name;

    public int Columns { get; set; }

    /// <summary>The head included.</summary>
    public int Rows { get; set; }
}
