using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using NodaTime;
using NodaTime.Text;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;

namespace Settlement.Projections.EventStore;

/// <summary>
/// How a fact is written: Pascal names, enums as strings, times as RFC 3339, decimals with their scale, no type
/// marks; what is null is left out. Any JSON reader can read it.
/// </summary>
public static class EventJson
{
    /// <summary>Options over the given source-generated contexts; types they do not know use reflection.</summary>
    public static JsonSerializerOptions Options(params IReadOnlyList<IJsonTypeInfoResolver> contexts)
    {
        var options = new JsonSerializerOptions
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            IgnoreReadOnlyProperties = true,
            NumberHandling = JsonNumberHandling.Strict,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            TypeInfoResolver = JsonTypeInfoResolver.Combine([.. contexts, new DefaultJsonTypeInfoResolver()])
                .WithAddedModifier(InCanonicalOrder),
        };
        foreach (var converter in Converters())
        {
            options.Converters.Add(converter);
        }

        options.MakeReadOnly();
        return options;
    }

    private static IEnumerable<JsonConverter> Converters() =>
    [
        new JsonStringEnumConverter(),
        new TextConverter<Instant>(
            InstantPattern.ExtendedIso.Format, text => InstantPattern.ExtendedIso.Parse(text).Value),
        new TextConverter<LocalDate>(
            LocalDatePattern.Iso.Format, text => LocalDatePattern.Iso.Parse(text).Value),
        new TextConverter<LocalTime>(
            LocalTimePattern.ExtendedIso.Format, text => LocalTimePattern.ExtendedIso.Parse(text).Value),
        new TextConverter<YearMonth>(
            YearMonthPattern.Iso.Format, text => YearMonthPattern.Iso.Parse(text).Value),
        new TextConverter<PartyId>(party => party.ToString(), text => PartyId.Parse(text) ?? throw Unreadable(text)),
        new TextConverter<Relationship>(
            pair => pair.ToString(), text => Relationship.Parse(text) ?? throw Unreadable(text)),
        new TextConverter<Currency>(
            currency => currency.Code, text => Currency.Find(text) ?? throw Unreadable(text)),
    ];

    private static JsonException Unreadable(string text) =>
        new(string.Create(CultureInfo.InvariantCulture, $"A stored text of {text.Length} characters is not readable."));

    /// <summary>
    /// Properties are written in jsonb's order of keys, so that the canonical form needs no sorting. A nullable
    /// property may be missing, because null is left out.
    /// </summary>
    private static void InCanonicalOrder(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        var names = type.Properties.Select(property => property.Name).ToList();
        names.Sort((a, b) => CanonicalJson.CompareKeys(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b)));
        foreach (var property in type.Properties)
        {
            property.Order = names.IndexOf(property.Name);
            if (property.IsRequired
                && (property.IsSetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null))
            {
                property.IsRequired = false;
            }
        }
    }

    /// <summary>A value that is one string in JSON.</summary>
    private sealed class TextConverter<T>(Func<T, string> write, Func<string, T> read) : JsonConverter<T>
    {
        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return read(reader.GetString() ?? throw new JsonException("A text is missing."));
            }
            catch (UnparsableValueException e)
            {
                throw new JsonException(e.Message, e);
            }
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(write(value));

        public override T ReadAsPropertyName(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => read(reader.GetString()!);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WritePropertyName(write(value));
    }
}
