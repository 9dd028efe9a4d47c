using System.Globalization;
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
    public static JsonSerializerOptions Options(params IReadOnlyList<IJsonTypeInfoResolver> contexts) =>
        Options(contexts, static _ => { });

    internal static JsonSerializerOptions Options(
        IReadOnlyList<IJsonTypeInfoResolver> contexts, Action<JsonTypeInfo> modifier)
    {
        var options = new JsonSerializerOptions
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            IgnoreReadOnlyProperties = true,
            NumberHandling = JsonNumberHandling.Strict,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            TypeInfoResolver = JsonTypeInfoResolver.Combine([.. contexts, new DefaultJsonTypeInfoResolver()])
                .WithAddedModifier(NullsMayBeMissing).WithAddedModifier(modifier),
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
        new InstantConverter(),
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

    /// <summary>A nullable property may be missing, because null is left out.</summary>
    private static void NullsMayBeMissing(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        foreach (var property in type.Properties.Where(property => property.IsRequired))
        {
            if (property.IsSetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null)
            {
                property.IsRequired = false;
            }
        }
    }

    /// <summary>
    /// RFC 3339 in UTC. A session has dozens of times, and NodaTime's patterns are made for people: where a time is
    /// whole ticks the writer's own format is the same text, and quicker.
    /// </summary>
    private sealed class InstantConverter : JsonConverter<Instant>
    {
        private const int MostTickDigits = 28; // 2026-10-01T08:00:00.1234567Z

        public override Instant Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (!reader.HasValueSequence && reader.ValueSpan.Length <= MostTickDigits
                && reader.TryGetDateTime(out var time) && time.Kind == DateTimeKind.Utc)
            {
                return Instant.FromDateTimeUtc(time);
            }

            return InstantPattern.ExtendedIso.Parse(reader.GetString()!) is { Success: true } parsed
                ? parsed.Value
                : throw new JsonException("A stored time is not readable.");
        }

        public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options)
        {
            var time = value > FirstDay && value < LastDay ? value.ToDateTimeUtc() : default;
            if (time != default && Instant.FromDateTimeUtc(time) == value)
            {
                writer.WriteStringValue(time);
            }
            else
            {
                writer.WriteStringValue(InstantPattern.ExtendedIso.Format(value));
            }
        }
    }

    private static readonly Instant FirstDay = Instant.FromUtc(1, 1, 2, 0, 0);
    private static readonly Instant LastDay = Instant.FromUtc(9999, 12, 31, 0, 0);

    /// <summary>A value that is one string in JSON. A log says the same parties, months and days again and again.</summary>
    private sealed class TextConverter<T>(Func<T, string> write, Func<string, T> read) : JsonConverter<T>
    {
        private readonly Met?[] met = new Met?[256];

        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String || reader.HasValueSequence || reader.ValueSpan.Length < 2)
            {
                return Parse(reader.GetString());
            }

            var text = reader.ValueSpan;
            ref var place = ref met[(text[^1] + (16 * text[^2]) + (64 * text[text.Length / 2])) % met.Length];
            if (place is not { } known || !text.SequenceEqual(known.Text))
            {
                place = known = new Met(text.ToArray(), Parse(reader.GetString()));
            }

            return known.Value;
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(write(value));

        public override T ReadAsPropertyName(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString());

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WritePropertyName(write(value));

        private T Parse(string? text)
        {
            try
            {
                return read(text ?? throw new JsonException("A text is missing."));
            }
            catch (UnparsableValueException e)
            {
                throw new JsonException(e.Message, e);
            }
        }

        private sealed record Met(byte[] Text, T Value);
    }
}
