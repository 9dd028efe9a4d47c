using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Settlement.Projections.EventStore;

/// <summary>An event ready to be written: everything but its number, version and time.</summary>
internal sealed record EncodedEvent(Guid Id, string Type, byte[] Data, byte[] Digest);

/// <summary>A stream's new events, ready to be written.</summary>
internal sealed record EncodedStream(StreamFacts Facts, EncodedEvent[] Events);

/// <summary>A command ready to be written. Made before any lock is taken: serialising and hashing cost most.</summary>
internal sealed record EncodedCommand(
    StoreCommand Command, byte[] Headers, string CausationId, EncodedStream[] Streams, int Count, int Bytes);

/// <summary>Turns facts into bytes and digests.</summary>
internal sealed class EventEncoder(EventNames names)
{
    [ThreadStatic]
    private static Scratch? scratch;

    /// <exception cref="JsonException">A fact holds text that PostgreSQL cannot store.</exception>
    public EncodedCommand Encode(string tenant, StoreCommand command)
    {
        if (command.Streams.Count == 0 || command.Streams.Any(stream => stream.Facts.Count == 0))
        {
            throw new ArgumentException($"Command {command.Id} has a stream without facts, or none.");
        }

        if (command.Streams.Count > 1
            && command.Streams.Select(stream => stream.Stream).Distinct(StringComparer.Ordinal).Count()
                != command.Streams.Count)
        {
            throw new ArgumentException($"Command {command.Id} names a stream twice.");
        }

        var buffers = scratch ??= new Scratch();
        var headers = Headers(command.Actor, buffers);
        var causation = command.CausationId ?? command.Id;
        Span<byte> seed = stackalloc byte[32];
        Seed(tenant, command.Id, seed);
        var streams = new EncodedStream[command.Streams.Count];
        var count = 0;
        var bytes = 0;
        for (var i = 0; i < streams.Length; i++)
        {
            var stream = command.Streams[i];
            var events = new EncodedEvent[stream.Facts.Count];
            for (var j = 0; j < events.Length; j++)
            {
                var entry = names.Of(stream.Facts[j]);
                var data = Data(entry, stream.Facts[j], buffers);
                var id = EventId(seed, count);
                var digest = EventDigest.Of(new EventDigest.Parts(
                    id, stream.Stream, entry.Name, command.CorrelationId, causation, headers, data));
                events[j] = new EncodedEvent(id, entry.Name, data, digest);
                count++;
                bytes += data.Length;
            }

            streams[i] = new EncodedStream(stream, events);
        }

        return new EncodedCommand(command, headers, causation, streams, count, bytes);
    }

    private static byte[] Data(EventNames.Entry entry, Domain.Fact fact, Scratch buffers)
    {
        buffers.Json.ResetWrittenCount();
        buffers.Writer.Reset(buffers.Json);
        entry.Write(buffers.Writer, fact);
        buffers.Writer.Flush();
        return entry.IsInOrder && IsCanonical(buffers.Json.WrittenSpan)
            ? buffers.Json.WrittenSpan.ToArray()
            : Canonical(buffers);
    }

    /// <summary>Keys in order, no escape, no negative zero: then the writer's text is the canonical one.</summary>
    private static bool IsCanonical(ReadOnlySpan<byte> json) =>
        !json.Contains((byte)'\\') && json.IndexOf("-0"u8) < 0;

    private static byte[] Headers(string actor, Scratch buffers)
    {
        if (buffers.LastActor == actor)
        {
            return buffers.LastHeaders;
        }

        buffers.Json.ResetWrittenCount();
        buffers.Writer.Reset(buffers.Json);
        buffers.Writer.WriteStartObject();
        buffers.Writer.WriteString("actor"u8, actor);
        buffers.Writer.WriteEndObject();
        buffers.Writer.Flush();
        (buffers.LastActor, buffers.LastHeaders) = (actor, Canonical(buffers));
        return buffers.LastHeaders;
    }

    private static byte[] Canonical(Scratch buffers)
    {
        buffers.Canonical.ResetWrittenCount();
        CanonicalJson.Write(buffers.Json.WrittenSpan, buffers.Canonical);
        return buffers.Canonical.WrittenSpan.ToArray();
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
        public Scratch() => Writer = new Utf8JsonWriter(Json, new JsonWriterOptions
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            SkipValidation = true,
        });

        public ArrayBufferWriter<byte> Json { get; } = new(4096);

        public ArrayBufferWriter<byte> Canonical { get; } = new(4096);

        public Utf8JsonWriter Writer { get; }

        public string? LastActor { get; set; }

        public byte[] LastHeaders { get; set; } = [];
    }
}
