using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;
using NodaTime.Text;

namespace Settlement.Domain.Tax;

/// <summary>A day as ISO 8601 text, <c>2026-10-01</c>, so that any JSON reader can read it.</summary>
public sealed class IsoDateConverter : JsonConverter<LocalDate>
{
    public override LocalDate Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        LocalDatePattern.Iso.Parse(reader.GetString() ?? "").TryGetValue(default, out var date)
            ? date
            : throw new JsonException("Not a day such as 2026-10-01.");

    public override void Write(Utf8JsonWriter writer, LocalDate value, JsonSerializerOptions options) =>
        writer.WriteStringValue(LocalDatePattern.Iso.Format(value));
}
