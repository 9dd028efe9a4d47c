using System.Buffers.Binary;

namespace Settlement.Api.Files;

/// <summary>A TrueType font: which glyph shows a character, how wide it is, and a copy with only some glyphs.</summary>
internal sealed class TrueType
{
    private static readonly string[] Kept = ["cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "prep"];

    private readonly byte[] font;
    private readonly SortedDictionary<string, (int Offset, int Length)> tables = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> glyphs = [];
    private readonly int wideGlyphs;

    private TrueType(byte[] font)
    {
        this.font = font;
        for (var i = 0; i < U16(4); i++)
        {
            var at = 12 + (16 * i);
            tables[System.Text.Encoding.ASCII.GetString(font, at, 4)] = (I32(at + 8), I32(at + 12));
        }

        UnitsPerEm = U16(Table("head") + 18);
        wideGlyphs = U16(Table("hhea") + 34);
        Ascent = I16(Table("hhea") + 4);
        Descent = I16(Table("hhea") + 6);
        CapHeight = I16(Table("OS/2") + 88);
        Box = [.. Enumerable.Range(0, 4).Select(i => (int)I16(Table("head") + 36 + (2 * i)))];
        ReadCharacters();
    }

    public int UnitsPerEm { get; }

    public int Ascent { get; }

    /// <summary>Negative: below the line.</summary>
    public int Descent { get; }

    public int CapHeight { get; }

    /// <summary>Left, bottom, right, top of everything.</summary>
    public IReadOnlyList<int> Box { get; }

    private int GlyphCount => U16(Table("maxp") + 4);

    /// <summary>A font that is part of the program.</summary>
    public static TrueType Read(string resource)
    {
        using var stream = typeof(TrueType).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The font {resource} is not in the program.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return new TrueType(copy.ToArray());
    }

    /// <summary>Null where the font cannot show it.</summary>
    public int? Glyph(int character) => glyphs.TryGetValue(character, out var glyph) ? glyph : null;

    /// <summary>In units of the font.</summary>
    public int Advance(int glyph) => U16(Table("hmtx") + (4 * Math.Min(glyph, wideGlyphs - 1)));

    /// <summary>The same font with the outlines of these glyphs only; their numbers stay.</summary>
    public byte[] Subset(IEnumerable<int> wanted)
    {
        var keep = new SortedSet<int> { 0 };
        foreach (var glyph in wanted)
        {
            Include(glyph, keep);
        }

        using var outlines = new MemoryStream();
        var places = new byte[4 * (GlyphCount + 1)];
        for (var glyph = 0; glyph < GlyphCount; glyph++)
        {
            BinaryPrimitives.WriteInt32BigEndian(places.AsSpan(4 * glyph), (int)outlines.Length);
            if (keep.Contains(glyph))
            {
                var (offset, length) = Outline(glyph);
                outlines.Write(font, offset, length);
                outlines.Write(new byte[(4 - (length % 4)) % 4]);
            }
        }

        BinaryPrimitives.WriteInt32BigEndian(places.AsSpan(4 * GlyphCount), (int)outlines.Length);
        return Assemble(table => table switch
        {
            "glyf" => outlines.ToArray(),
            "loca" => places,
            "head" => LongPlaces(),
            "hmtx" => Widths(keep),
            _ => Copy(table),
        });
    }

    private void Include(int glyph, SortedSet<int> keep)
    {
        var (offset, length) = Outline(glyph);
        if (!keep.Add(glyph) || length == 0 || I16(offset) >= 0)
        {
            return;
        }

        // made of others: an é is an e and an acute
        var at = offset + 10;
        int flags;
        do
        {
            flags = U16(at);
            Include(U16(at + 2), keep);
            at += 4 + ((flags & 1) != 0 ? 4 : 2)
                + ((flags & 8) != 0 ? 2 : (flags & 0x40) != 0 ? 4 : (flags & 0x80) != 0 ? 8 : 0);
        }
        while ((flags & 0x20) != 0);
    }

    private (int Offset, int Length) Outline(int glyph)
    {
        var loca = Table("loca");
        var (from, to) = U16(Table("head") + 50) == 0
            ? (2 * U16(loca + (2 * glyph)), 2 * U16(loca + (2 * glyph) + 2))
            : (I32(loca + (4 * glyph)), I32(loca + (4 * glyph) + 4));
        return (Table("glyf") + from, to - from);
    }

    private byte[] LongPlaces()
    {
        var head = Copy("head");
        head.AsSpan(8, 4).Clear(); // the sum over the whole file, which is another file now
        BinaryPrimitives.WriteInt16BigEndian(head.AsSpan(50), 1);
        return head;
    }

    private byte[] Widths(SortedSet<int> keep)
    {
        var widths = Copy("hmtx");
        for (var glyph = 0; glyph < GlyphCount; glyph++)
        {
            if (!keep.Contains(glyph))
            {
                widths.AsSpan(glyph < wideGlyphs ? 4 * glyph : (2 * glyph) + (2 * wideGlyphs), glyph < wideGlyphs ? 4 : 2).Clear();
            }
        }

        return widths;
    }

    private byte[] Assemble(Func<string, byte[]> content)
    {
        var names = Kept.Where(tables.ContainsKey).ToList();
        using var file = new MemoryStream();
        using var directory = new MemoryStream();
        var power = 1 << (int)Math.Log2(names.Count);
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteInt32BigEndian(head, 0x00010000);
        BinaryPrimitives.WriteInt16BigEndian(head[4..], (short)names.Count);
        BinaryPrimitives.WriteInt16BigEndian(head[6..], (short)(16 * power));
        BinaryPrimitives.WriteInt16BigEndian(head[8..], (short)Math.Log2(power));
        BinaryPrimitives.WriteInt16BigEndian(head[10..], (short)(16 * (names.Count - power)));
        var entry = new byte[16];
        foreach (var name in names)
        {
            var bytes = content(name);
            System.Text.Encoding.ASCII.GetBytes(name, entry);
            BinaryPrimitives.WriteUInt32BigEndian(entry.AsSpan(4), Sum(bytes));
            BinaryPrimitives.WriteInt32BigEndian(entry.AsSpan(8), 12 + (16 * names.Count) + (int)file.Length);
            BinaryPrimitives.WriteInt32BigEndian(entry.AsSpan(12), bytes.Length);
            directory.Write(entry);
            file.Write(bytes);
            file.Write(new byte[(4 - (bytes.Length % 4)) % 4]);
        }

        return [.. head, .. directory.ToArray(), .. file.ToArray()];
    }

    private static uint Sum(byte[] table)
    {
        var sum = 0u;
        for (var i = 0; i < table.Length; i++)
        {
            sum = unchecked(sum + ((uint)table[i] << (24 - (8 * (i % 4)))));
        }

        return sum;
    }

    // cmap format 4: runs of characters of the basic plane
    private void ReadCharacters()
    {
        var cmap = Table("cmap");
        for (var i = 0; i < U16(cmap + 2); i++)
        {
            var at = cmap + I32(cmap + 4 + (8 * i) + 4);
            if (U16(at) == 4)
            {
                ReadRuns(at);
                return;
            }
        }
    }

    private void ReadRuns(int at)
    {
        var runs = U16(at + 6) / 2;
        for (var run = 0; run < runs; run++)
        {
            var last = U16(at + 14 + (2 * run));
            var first = U16(at + 16 + (2 * runs) + (2 * run));
            var delta = U16(at + 16 + (4 * runs) + (2 * run));
            var place = at + 16 + (6 * runs) + (2 * run);
            for (var character = first; character <= last && character != 0xFFFF; character++)
            {
                var listed = U16(place) == 0 ? character : U16(place + U16(place) + (2 * (character - first)));
                if (listed != 0 && ((listed + delta) & 0xFFFF) is > 0 and var glyph)
                {
                    glyphs.TryAdd(character, glyph);
                }
            }
        }
    }

    private int Table(string name) => tables[name].Offset;

    private byte[] Copy(string name) => font.AsSpan(tables[name].Offset, tables[name].Length).ToArray();

    private int U16(int at) => BinaryPrimitives.ReadUInt16BigEndian(font.AsSpan(at));

    private short I16(int at) => BinaryPrimitives.ReadInt16BigEndian(font.AsSpan(at));

    private int I32(int at) => BinaryPrimitives.ReadInt32BigEndian(font.AsSpan(at));
}
