using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Settlement.Domain;

namespace Settlement.Projections.EventStore;

/// <summary>Turns facts into bytes and digests.</summary>
internal sealed class EventEncoder(EventNames names)
{
    [ThreadStatic]
    private static Scratch? scratch;

    /// <summary>For a statement with arrays: each event's data apart.</summary>
    /// <exception cref="JsonException">A fact holds text that PostgreSQL cannot store.</exception>
    public EncodedCommand Encode(string tenant, StoreCommand command)
    {
        var buffers = scratch ??= new Scratch();
        return Encode(tenant, command, buffers, buffers.Rows, isRow: false);
    }

    /// <summary>For COPY: each event is a row in the buffer, whose number, version and time are put in later.</summary>
    /// <exception cref="JsonException">A fact holds text that PostgreSQL cannot store; the buffer is as before.</exception>
    public EncodedCommand EncodeRows(string tenant, StoreCommand command, CopyRows rows)
    {
        var start = rows.Length;
        try
        {
            var encoded = Encode(tenant, command, scratch ??= new Scratch(), rows, isRow: true);
            return encoded with { Rows = new RowRange(rows, start, rows.Length) };
        }
        catch
        {
            rows.CutTo(start);
            throw;
        }
    }

    private EncodedCommand Encode(string tenant, StoreCommand command, Scratch buffers, CopyRows rows, bool isRow)
    {
        var events = new EncodedEvent[CountOf(command)];
        var digests = new byte[events.Length * EventDigest.Size];
        var headers = Headers(command.Actor, buffers);
        var causation = command.CausationId ?? command.Id;
        Span<byte> seed = stackalloc byte[32];
        Seed(tenant, command.Id, seed);
        var (at, bytes) = (0, 0);
        foreach (var stream in command.Streams)
        {
            foreach (var fact in stream.Facts)
            {
                var entry = names.Of(fact);
                var (id, row) = (EventId(seed, at), isRow ? rows.Length : 0);
                if (isRow)
                {
                    EventRow.Begin(rows, id, tenant, stream.Stream, entry.Name, command.CorrelationId, causation, headers);
                }
                else
                {
                    rows.CutTo(0);
                }

                var data = Data(entry, fact, buffers, rows);
                EventDigest.Write(
                    new EventDigest.Parts(
                        id, stream.Stream, entry.Name, command.CorrelationId, causation, headers, data),
                    digests.AsSpan(at * EventDigest.Size));
                events[at++] = new EncodedEvent(id, entry.Name, isRow ? [] : data.ToArray(), row);
                bytes += data.Length;
            }
        }

        return new EncodedCommand(command, headers, causation, events, digests, bytes);
    }

    /// <summary>Writes a jsonb cell; gives the canonical text in it.</summary>
    private static ReadOnlySpan<byte> Data(EventNames.Entry entry, Fact fact, Scratch buffers, CopyRows rows)
    {
        var start = rows.BeginJson();
        buffers.Writer.Reset(rows);
        entry.Write(buffers.Writer, fact);
        buffers.Writer.Flush();
        if (!entry.IsInOrder || !IsCanonical(rows.From(start)))
        {
            var canonical = Canonical(rows.From(start), buffers);
            rows.CutTo(start);
            rows.Write(canonical);
        }

        rows.EndJson(start);
        return rows.From(start);
    }

    /// <summary>Keys in order, no escape, no negative zero: then the writer's text is the canonical one.</summary>
    internal static bool IsCanonical(ReadOnlySpan<byte> json) => !json.Contains((byte)'\\') && !HasNegativeZero(json);

    /// <summary>"-0" where a value begins (a date has it too, but not there).</summary>
    private static bool HasNegativeZero(ReadOnlySpan<byte> json)
    {
        for (var at = 0; ;)
        {
            var found = json[at..].IndexOf("-0"u8);
            if (found < 0)
            {
                return false;
            }

            at += found;
            if (at == 0 || json[at - 1] is (byte)':' or (byte)',' or (byte)'[')
            {
                return true;
            }

            at += 2;
        }
    }

    private static byte[] Headers(string actor, Scratch buffers)
    {
        if (buffers.LastActor == actor)
        {
            return buffers.LastHeaders;
        }

        var json = new ArrayBufferWriter<byte>();
        buffers.Writer.Reset(json);
        buffers.Writer.WriteStartObject();
        buffers.Writer.WriteString("actor"u8, actor);
        buffers.Writer.WriteEndObject();
        buffers.Writer.Flush();
        (buffers.LastActor, buffers.LastHeaders) = (actor, CanonicalJson.Of(json.WrittenSpan));
        return buffers.LastHeaders;
    }

    private static ReadOnlySpan<byte> Canonical(ReadOnlySpan<byte> json, Scratch buffers)
    {
        buffers.Canonical.ResetWrittenCount();
        CanonicalJson.Write(json, buffers.Canonical);
        return buffers.Canonical.WrittenSpan;
    }

    /// <summary>How many events; a stream at most once, and none without facts.</summary>
    private static int CountOf(StoreCommand command)
    {
        var count = 0;
        for (var i = 0; i < command.Streams.Count; i++)
        {
            var stream = command.Streams[i];
            if (stream.Facts.Count == 0)
            {
                throw new ArgumentException($"Command {command.Id} has a stream without facts.");
            }

            count += stream.Facts.Count;
            for (var j = 0; j < i; j++)
            {
                if (command.Streams[j].Stream == stream.Stream)
                {
                    throw new ArgumentException($"Command {command.Id} names a stream twice.");
                }
            }
        }

        return count > 0 ? count : throw new ArgumentException($"Command {command.Id} has no streams.");
    }

    private static void Seed(string tenant, string command, Span<byte> seed)
    {
        var length = Encoding.UTF8.GetByteCount(tenant) + Encoding.UTF8.GetByteCount(command) + 1;
        Span<byte> input = length <= 512 ? stackalloc byte[length] : new byte[length];
        var at = Encoding.UTF8.GetBytes(tenant, input);
        input[at++] = 0;
        Encoding.UTF8.GetBytes(command, input[at..]);
        SHA256.HashData(input, seed);
    }

    /// <summary>The same command always gives the same event ids: an RFC 9562 version 8 id from a hash and a place.</summary>
    private static Guid EventId(ReadOnlySpan<byte> seed, int index)
    {
        Span<byte> id = stackalloc byte[16];
        seed[..16].CopyTo(id);
        id[6] = (byte)((id[6] & 0x0f) | 0x80);
        id[8] = (byte)((id[8] & 0x3f) | 0x80);
        BinaryPrimitives.WriteUInt32BigEndian(
            id[12..], BinaryPrimitives.ReadUInt32BigEndian(id[12..]) ^ (uint)index);
        return new Guid(id, bigEndian: true);
    }

    private sealed class Scratch
    {
        public Scratch() => Writer = new Utf8JsonWriter(Canonical, new JsonWriterOptions
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            SkipValidation = true,
        });

        public CopyRows Rows { get; } = new(8192);

        public ArrayBufferWriter<byte> Canonical { get; } = new(4096);

        public Utf8JsonWriter Writer { get; }

        public string? LastActor { get; set; }

        public byte[] LastHeaders { get; set; } = [];
    }
}
