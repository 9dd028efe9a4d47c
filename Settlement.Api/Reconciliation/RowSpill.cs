using System.Runtime.InteropServices;
using System.Text;
using Settlement.Domain.Reconciliation;

namespace Settlement.Api.Reconciliation;

/// <summary>
/// Rows of one side in temporary files, apart by a key: equal keys are in one piece, and one piece fits into memory.
/// </summary>
internal sealed class RowSpill(string folder, string name) : IDisposable
{
    public const int Pieces = 64;

    private const int Buffer = 16 * 1024;
    private readonly BinaryWriter?[] writers = new BinaryWriter?[Pieces];

    public long Count { get; private set; }

    /// <param name="key">Null: the row has none and may go anywhere.</param>
    public void Add(ListedCdr row, string? key)
    {
        var piece = key is null ? (int)(Count % Pieces) : PieceOf(key);
        var writer = writers[piece] ??= new BinaryWriter(new FileStream(
            PathOf(piece), FileMode.Create, FileAccess.Write, FileShare.None, Buffer));
        RowCodec.Write(writer, row);
        Count++;
    }

    /// <summary>The rows of a piece; its file is gone afterwards.</summary>
    public List<ListedCdr> Take(int piece)
    {
        if (writers[piece] is not { } writer)
        {
            return [];
        }

        writer.Dispose();
        writers[piece] = null;
        var rows = new List<ListedCdr>();
        using (var file = new FileStream(PathOf(piece), FileMode.Open, FileAccess.Read, FileShare.None, Buffer))
        using (var reader = new BinaryReader(file))
        {
            var length = file.Length;
            while (file.Position < length)
            {
                rows.Add(RowCodec.ReadRow(reader));
            }
        }

        File.Delete(PathOf(piece));
        return rows;
    }

    public void Dispose()
    {
        foreach (var writer in writers)
        {
            writer?.Dispose();
        }
    }

    /// <summary>FNV-1a: the same piece in every process.</summary>
    internal static int PieceOf(string key)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in MemoryMarshal.Cast<char, byte>(key.AsSpan()))
        {
            hash = unchecked((hash ^ c) * 1099511628211UL);
        }

        return (int)((hash ^ (hash >> 32)) % Pieces);
    }

    private string PathOf(int piece) => Path.Combine(folder, $"{name}-{piece:00}");
}

/// <summary>The answer's rows in a temporary file: written once, read as often as wanted.</summary>
public sealed class OutcomeFile : IDisposable
{
    private const int Buffer = 64 * 1024;
    private readonly string path;
    private BinaryWriter? writer;

    internal OutcomeFile(string path)
    {
        this.path = path;
        writer = new BinaryWriter(
            new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, Buffer), Encoding.UTF8);
    }

    internal void Add(ReconciledRow row) => RowCodec.Write(writer!, row);

    internal void Finish()
    {
        writer?.Dispose();
        writer = null;
    }

    internal IEnumerable<ReconciledRow> Rows()
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, Buffer);
        using var reader = new BinaryReader(file, Encoding.UTF8);
        var length = file.Length;
        while (file.Position < length)
        {
            yield return RowCodec.ReadOutcome(reader);
        }
    }

    public void Dispose() => Finish();
}
