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
                var id = EventId(tenant, command.Id, count);
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
        return Canonical(buffers);
    }

    private static byte[] Headers(string actor, Scratch buffers)
    {
        buffers.Json.ResetWrittenCount();
        buffers.Writer.Reset(buffers.Json);
        buffers.Writer.WriteStartObject();
        buffers.Writer.WriteString("actor"u8, actor);
        buffers.Writer.WriteEndObject();
        buffers.Writer.Flush();
        return Canonical(buffers);
    }

    private static byte[] Canonical(Scratch buffers)
    {
        buffers.Canonical.ResetWrittenCount();
        CanonicalJson.Write(buffers.Json.WrittenSpan, buffers.Canonical);
        return buffers.Canonical.WrittenSpan.ToArray();
    }

    /// <summary>The same command always gives the same event ids: an RFC 9562 version 8 id from a hash.</summary>
    private static Guid EventId(string tenant, string command, int index)
    {
        var length = Encoding.UTF8.GetByteCount(tenant) + Encoding.UTF8.GetByteCount(command) + 5;
        Span<byte> input = length <= 512 ? stackalloc byte[length] : new byte[length];
        var at = Encoding.UTF8.GetBytes(tenant, input);
        input[at++] = 0;
        at += Encoding.UTF8.GetBytes(command, input[at..]);
        BinaryPrimitives.WriteInt32BigEndian(input[at..], index);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(input, hash);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
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
    }
}
