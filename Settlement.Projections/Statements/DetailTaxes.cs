using System.Globalization;
using System.Text.Json;

namespace Settlement.Projections.Statements;

/// <summary>Reads of a line's stored taxes what a detail file shows, without making the whole of them.</summary>
internal static class DetailTaxes
{
    public static List<DetailTax> Read(ReadOnlySpan<byte> json)
    {
        var taxes = new List<DetailTax>(2);
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.StartObject && ReadOne(ref reader) is { } tax)
            {
                taxes.Add(tax);
            }
        }

        return taxes;
    }

    private static DetailTax? ReadOne(ref Utf8JsonReader reader)
    {
        var (name, percent, perKwh, amount, charged, registration) =
            ("", (string?)null, (string?)null, 0L, false, (string?)null);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("Tax"u8))
            {
                name = Text(ref reader) ?? "";
            }
            else if (reader.ValueTextEquals("Rate"u8))
            {
                percent = Number(ref reader) is { } value ? Digits(value * 100m) + "%" : null;
            }
            else if (reader.ValueTextEquals("PerKwh"u8))
            {
                perKwh = Number(ref reader) is { } value ? Digits(value) + "/kWh" : null;
            }
            else if (reader.ValueTextEquals("Amount"u8))
            {
                amount = (long)(Number(ref reader) ?? 0m);
            }
            else if (reader.ValueTextEquals("Disposition"u8))
            {
                charged = Text(ref reader) == nameof(Domain.Tax.Disposition.Charged);
            }
            else if (reader.ValueTextEquals("Registration"u8))
            {
                registration = Text(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return charged && amount != 0 ? new DetailTax(name, perKwh ?? percent ?? "", amount, registration) : null;
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Null ? null : reader.GetString();
    }

    private static decimal? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.Number => reader.GetDecimal(),
            JsonTokenType.String => decimal.Parse(reader.GetString()!, CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    private static string Digits(decimal value) => value.ToString("0.##########", CultureInfo.InvariantCulture);
}
