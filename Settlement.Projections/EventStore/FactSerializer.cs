using System.Buffers;
using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Settlement.Domain;
using Weasel.Core;

namespace Settlement.Projections.EventStore;

/// <summary>
/// Writes facts for Marten as <see cref="EventJson"/> has them. A fact is written before the lock, where its bytes wait
/// for the append: others need not wait while a document becomes text.
/// </summary>
internal sealed class FactSerializer(EventNames names) : Marten.ISerializer
{
    private static readonly JsonWriterOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true,
    };

    private readonly Marten.Services.SystemTextJsonSerializer others = new(EventJson.Options());
    private readonly ConditionalWeakTable<Fact, byte[]> written = [];

    public EventNames Names => names;

    public EnumStorage EnumStorage => EnumStorage.AsString;

    public Casing Casing => Casing.Default;

    public Marten.ValueCasting ValueCasting => Marten.ValueCasting.Strict;

    /// <summary>Writes a fact ahead of its append; gives its size in bytes.</summary>
    /// <exception cref="JsonException">It holds text that PostgreSQL cannot store.</exception>
    public int Prepare(Fact fact)
    {
        var json = Bytes(fact);
        if (HoldsNull(json))
        {
            throw new JsonException("The character U+0000 cannot be stored.");
        }

        written.AddOrUpdate(fact, json);
        return json.Length;
    }

    public void WriteTo(IBufferWriter<byte> writer, object? value)
    {
        if (value is Fact fact)
        {
            writer.Write(written.TryGetValue(fact, out var json) ? json : Bytes(fact));
        }
        else
        {
            others.WriteTo(writer, value);
        }
    }

    public string ToJson(object? document) =>
        document is Fact fact ? System.Text.Encoding.UTF8.GetString(Bytes(fact)) : others.ToJson(document);

    public void WriteToParameter(NpgsqlParameter parameter, object? value)
    {
        if (value is Fact fact)
        {
            (parameter.NpgsqlDbType, parameter.Value) = (NpgsqlDbType.Jsonb, Bytes(fact));
        }
        else
        {
            others.WriteToParameter(parameter, value);
        }
    }

    public string ToCleanJson(object? document) => ToJson(document);

    public void WriteToCleanJson(IBufferWriter<byte> writer, object? value) => WriteTo(writer, value);

    public string ToJsonWithTypes(object document) => ToJson(document);

    public void WriteToJsonWithTypes(IBufferWriter<byte> writer, object value) => WriteTo(writer, value);

    public T FromJson<T>(Stream stream) => others.FromJson<T>(stream);

    public T FromJson<T>(DbDataReader reader, int index) => others.FromJson<T>(reader, index);

    public object FromJson(Type type, Stream stream) => others.FromJson(type, stream);

    public object FromJson(Type type, DbDataReader reader, int index) => others.FromJson(type, reader, index);

    public ValueTask<T> FromJsonAsync<T>(Stream stream, CancellationToken cancellationToken = default) =>
        others.FromJsonAsync<T>(stream, cancellationToken);

    public ValueTask<T> FromJsonAsync<T>(
        DbDataReader reader, int index, CancellationToken cancellationToken = default) =>
        others.FromJsonAsync<T>(reader, index, cancellationToken);

    public ValueTask<object> FromJsonAsync(
        Type type, Stream stream, CancellationToken cancellationToken = default) =>
        others.FromJsonAsync(type, stream, cancellationToken);

    public ValueTask<object> FromJsonAsync(
        Type type, DbDataReader reader, int index, CancellationToken cancellationToken = default) =>
        others.FromJsonAsync(type, reader, index, cancellationToken);

    private byte[] Bytes(Fact fact)
    {
        var output = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(output, Relaxed))
        {
            names.Of(fact).Write(writer, fact);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>U+0000 as an escape: its backslash is not itself escaped.</summary>
    private static bool HoldsNull(ReadOnlySpan<byte> json)
    {
        for (var from = 0; json[from..].IndexOf("\\u0000"u8) is var found and >= 0; from += found + 1)
        {
            var before = json[..(from + found)];
            if ((before.Length - before.TrimEnd((byte)'\\').Length) % 2 == 0)
            {
                return true;
            }
        }

        return false;
    }
}
