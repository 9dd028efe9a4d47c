using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using NodaTime;
using Npgsql;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>
/// Rows in the binary format of COPY, in one buffer of the pool: ready to be sent as they are. Cells whose value is
/// known late are patched in place.
/// </summary>
internal sealed class CopyRows(int size) : IBufferWriter<byte>, IDisposable
{
    /// <summary>Small enough that the server works on one piece while the next travels.</summary>
    public const int Piece = 64 * 1024;

    /// <summary>Type numbers of PostgreSQL, for elements of arrays.</summary>
    public const int Bigint = 20;

    public const int Varchar = 1043;

    private static readonly LocalDate FirstDay = new(2000, 1, 1);

    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xff, 13, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] Trailer = [0xff, 0xff];

    private static readonly JsonWriterOptions Json =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
    private Utf8JsonWriter? json;

    public int Length { get; private set; }

    public ReadOnlySpan<byte> From(int start) => buffer.AsSpan(start, Length - start);

    public ReadOnlyMemory<byte> Slice(int start, int end) => buffer.AsMemory(start, end - start);

    /// <summary>There is enough in it to be sent.</summary>
    public bool IsPiece => Length > Piece - 1024;

    /// <summary>What was written; the next row overwrites it.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        var taken = Slice(0, Length);
        Length = 0;
        return taken;
    }

    /// <summary>Takes back what was written after this length.</summary>
    public void CutTo(int length) => Length = length;

    public void Row(short columns)
    {
        BinaryPrimitives.WriteInt16BigEndian(GetSpan(2), columns);
        Length += 2;
    }

    public void Add(long value)
    {
        var span = GetSpan(12);
        BinaryPrimitives.WriteInt32BigEndian(span, 8);
        BinaryPrimitives.WriteInt64BigEndian(span[4..], value);
        Length += 12;
    }

    public void Add(int value)
    {
        var span = GetSpan(8);
        BinaryPrimitives.WriteInt32BigEndian(span, 4);
        BinaryPrimitives.WriteInt32BigEndian(span[4..], value);
        Length += 8;
    }

    public void Add(bool value)
    {
        var span = GetSpan(5);
        BinaryPrimitives.WriteInt32BigEndian(span, 1);
        span[4] = value ? (byte)1 : (byte)0;
        Length += 5;
    }

    public void Add(Guid value)
    {
        var span = GetSpan(20);
        BinaryPrimitives.WriteInt32BigEndian(span, 16);
        value.TryWriteBytes(span[4..], bigEndian: true, out _);
        Length += 20;
    }

    /// <summary>A text; null = no value.</summary>
    public void Add(string? value)
    {
        var span = GetSpan(4 + (3 * (value?.Length ?? 0)));
        var length = value is null ? -1 : Encoding.UTF8.GetBytes(value, span[4..]);
        BinaryPrimitives.WriteInt32BigEndian(span, length);
        Length += 4 + Math.Max(length, 0);
    }

    public void Add(ReadOnlySpan<byte> value)
    {
        var span = GetSpan(4 + value.Length);
        BinaryPrimitives.WriteInt32BigEndian(span, value.Length);
        value.CopyTo(span[4..]);
        Length += 4 + value.Length;
    }

    public void Add(Instant time) => Add(PostgresTime(time));

    public void Add(decimal value)
    {
        var span = GetSpan(4 + PostgresNumeric.MostBytes);
        var length = PostgresNumeric.Write(span[4..], value);
        BinaryPrimitives.WriteInt32BigEndian(span, length);
        Length += 4 + length;
    }

    /// <summary>A date: days since 2000-01-01.</summary>
    public void Add(LocalDate day) => Add(Period.DaysBetween(FirstDay, day));

    public void AddNull()
    {
        BinaryPrimitives.WriteInt32BigEndian(GetSpan(4), -1);
        Length += 4;
    }

    public void Add(long? value)
    {
        if (value is { } present)
        {
            Add(present);
        }
        else
        {
            AddNull();
        }
    }

    public void Add(decimal? value)
    {
        if (value is { } present)
        {
            Add(present);
        }
        else
        {
            AddNull();
        }
    }

    public void Add(Instant? value) => Add(value is { } present ? PostgresTime(present) : null);

    public void Add(LocalDate? value)
    {
        if (value is { } present)
        {
            Add(present);
        }
        else
        {
            AddNull();
        }
    }

    /// <summary>A jsonb cell; null = no value.</summary>
    public void AddJson<T>(T? value, JsonSerializerOptions options)
    {
        if (value is null)
        {
            AddNull();
            return;
        }

        json ??= new Utf8JsonWriter(this, Json);
        var start = BeginJson();
        json.Reset(this);
        JsonSerializer.Serialize(json, value, options);
        json.Flush();
        EndJson(start);
    }

    /// <summary>Begins an array cell; its elements follow like cells. Gives where it begins.</summary>
    public int BeginArray(int elementType, int count)
    {
        var start = Length;
        var span = GetSpan(24);
        BinaryPrimitives.WriteInt32BigEndian(span[4..], count == 0 ? 0 : 1); // dimensions
        BinaryPrimitives.WriteInt32BigEndian(span[8..], 0); // no element is null
        BinaryPrimitives.WriteInt32BigEndian(span[12..], elementType);
        BinaryPrimitives.WriteInt32BigEndian(span[16..], count);
        BinaryPrimitives.WriteInt32BigEndian(span[20..], 1); // number of the first
        Length += count == 0 ? 16 : 24;
        return start;
    }

    public void EndArray(int start) =>
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(start), Length - start - 4);

    public void AddJson(ReadOnlySpan<byte> json)
    {
        var start = BeginJson();
        json.CopyTo(GetSpan(json.Length));
        Length += json.Length;
        EndJson(start);
    }

    /// <summary>Begins a jsonb cell whose text is written into this buffer; gives where that text begins.</summary>
    public int BeginJson()
    {
        GetSpan(5)[4] = 1; // version of jsonb's binary format
        Length += 5;
        return Length;
    }

    public void EndJson(int start) =>
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(start - 5), Length - start + 1);

    /// <summary>Puts a value into an eight-byte cell that begins here.</summary>
    public void Patch(int cell, long value) => BinaryPrimitives.WriteInt64BigEndian(buffer.AsSpan(cell + 4), value);

    /// <summary>Microseconds since 2000, as PostgreSQL counts.</summary>
    public static long PostgresTime(Instant time) => Seals.Microseconds(time) - 946_684_800_000_000;

    /// <summary>Runs a COPY over pieces of such rows.</summary>
    public static async Task Send(
        NpgsqlConnection connection, string sql, IEnumerable<ReadOnlyMemory<byte>> rows, CancellationToken stop)
    {
        await using var copy = await connection.BeginRawBinaryCopyAsync(sql, stop);
        try
        {
            await copy.WriteAsync(Header, stop);
            foreach (var piece in rows)
            {
                for (var at = 0; at < piece.Length; at += Piece)
                {
                    await copy.WriteAsync(piece.Slice(at, Math.Min(Piece, piece.Length - at)), stop);
                }
            }

            await copy.WriteAsync(Trailer, stop);
        }
        catch
        {
            await Cancel(copy); // or what came so far would be taken as all
            throw;
        }
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return buffer.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return buffer.AsSpan(Length);
    }

    public void Dispose()
    {
        json?.Dispose();
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        Length = 0;
    }

    private static async Task Cancel(NpgsqlRawCopyStream copy)
    {
        try
        {
            await copy.CancelAsync();
        }
        catch (Exception e) when (e is NpgsqlException or ObjectDisposedException or InvalidOperationException)
        {
            // the connection is gone already, and the transaction with it
        }
    }

    private void Ensure(int more)
    {
        more = Math.Max(more, 256);
        if (buffer.Length - Length >= more)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(buffer.Length * 2, Length + more));
        buffer.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
