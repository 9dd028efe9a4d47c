using System.Text.Json;
using System.Text.Json.Serialization;
using Settlement.Domain.Intake;

namespace Settlement.Projections.Tables;

/// <summary>Of the priced lines of a CDR only which tariffs they name, each once: a line has a dozen members more.</summary>
internal sealed class TariffsOfLines : JsonConverter<IReadOnlyList<PricedLine>>
{
    public override IReadOnlyList<PricedLine> Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("Priced lines are no list.");
        }

        var named = new List<PricedLine>(1);
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isTariff = reader.ValueTextEquals("TariffId"u8);
                reader.Read();
                if (isTariff && !IsKnown(ref reader, named))
                {
                    named.Add(new("", "", 0, reader.GetString()!, 0, 0, 0m, 0m, "", 0m, 0m, ""));
                }

                reader.Skip();
            }
        }

        return named;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<PricedLine> value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Facts that were read in part are not written.");

    private static bool IsKnown(ref Utf8JsonReader reader, List<PricedLine> named)
    {
        foreach (var line in named)
        {
            if (reader.ValueTextEquals(line.TariffId))
            {
                return true;
            }
        }

        return false;
    }
}
