using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Settlement.Api.Files;

/// <summary>The numbered objects of a PDF file (ISO 32000-1, 7.5), in the order they were asked for.</summary>
internal sealed class PdfObjects
{
    private readonly List<byte[]?> objects = [];

    /// <summary>A number for an object that is told later.</summary>
    public int Reserve()
    {
        objects.Add(null);
        return objects.Count;
    }

    public int Add(string content)
    {
        var number = Reserve();
        Set(number, content);
        return number;
    }

    public void Set(int number, string content) => objects[number - 1] = Encoding.Latin1.GetBytes(content);

    /// <param name="entries">Further entries of the stream's dictionary.</param>
    public int AddStream(string entries, byte[] content)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(content);
        }

        return Plain($"/Filter /FlateDecode {entries}", packed.ToArray());
    }

    /// <summary>Not compressed, so that tools can read it as it is.</summary>
    public int Plain(string entries, byte[] content)
    {
        var number = Reserve();
        objects[number - 1] =
        [
            .. Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"<< /Length {content.Length} {entries} >>\nstream\n")),
            .. content,
            .. "\nendstream"u8,
        ];
        return number;
    }

    /// <summary>A string of any characters.</summary>
    public static string Text(string text) =>
        "<FEFF" + Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text)) + ">";

    /// <summary>The file's id is the digest of its content: same content, same id.</summary>
    public void Write(Stream to, int catalog, int info)
    {
        using var file = new MemoryStream();
        file.Write("%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n"u8);
        var places = new long[objects.Count];
        for (var i = 0; i < objects.Count; i++)
        {
            places[i] = file.Length;
            Line(file, $"{i + 1} 0 obj");
            file.Write(objects[i] ?? throw new InvalidOperationException($"Object {i + 1} was never told."));
            Line(file, "\nendobj");
        }

        var id = Convert.ToHexString(SHA256.HashData(file.GetBuffer().AsSpan(0, (int)file.Length))[..16]);
        var table = file.Length;
        Line(file, $"xref\n0 {objects.Count + 1}\n0000000000 65535 f ");
        foreach (var place in places)
        {
            Line(file, string.Create(CultureInfo.InvariantCulture, $"{place:0000000000} 00000 n "));
        }

        Line(file, $"trailer\n<< /Size {objects.Count + 1} /Root {catalog} 0 R /Info {info} 0 R /ID [<{id}> <{id}>] >>");
        Line(file, string.Create(CultureInfo.InvariantCulture, $"startxref\n{table}\n%%EOF"));
        file.WriteTo(to);
    }

    private static void Line(Stream to, string ascii) => to.Write(Encoding.ASCII.GetBytes(ascii + "\n"));
}
