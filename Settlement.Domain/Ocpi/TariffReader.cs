using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Domain.Ocpi;

/// <summary>Reads OCPI 2.1.1, 2.2.1 and 2.3.0 tariffs leniently.</summary>
public static class TariffReader
{
    private static readonly NameTable<TariffField> Names =
        new("energy_mix", "preauthorize_amount");

    private static readonly NameTable<TextField> TextNames = new();

    /// <summary>Of a text for drivers in as many languages.</summary>
    private const int MostTexts = 20;

    private enum TariffField
    {
        country_code, party_id, id, currency, type, min_price, max_price, elements, tax_included,
        start_date_time, end_date_time, last_updated, tariff_alt_text, tariff_alt_url,
    }

    private enum TextField { language, text }

    /// <param name="version">Null: recognised from the tariff (tax_included, before_taxes, an owner).</param>
    public static TariffReading Read(ReadOnlyMemory<byte> json, OcpiVersion? version)
    {
        var draft = Parse(JsonText.Trim(json.Span));
        return draft.As(version ?? draft.Recognised);
    }

    /// <param name="json">One JSON object without anything around it.</param>
    internal static TariffDraft Parse(ReadOnlySpan<byte> json)
    {
        var draft = new TariffDraft();
        if (json.Length > JsonText.MaxBytes)
        {
            draft.Notes.RefuseWhole(
                "tariff.too-large", $"{json.Length} bytes; at most {JsonText.MaxBytes} are read");
            return draft;
        }

        try
        {
            var cursor = new JsonCursor(json, draft.Notes);
            if (!Utf8.IsValid(json))
            {
                draft.Notes.RefuseWhole("json.not-utf8", "the document is not UTF-8");
            }
            else if (!cursor.StartObject())
            {
                draft.Notes.RefuseWhole("json.malformed", "the document is no JSON object");
            }
            else
            {
                Fields(ref cursor, draft);
                cursor.Finish();
                draft.ContentHash = Convert.ToHexStringLower(SHA256.HashData(json));
            }
        }
        catch (JsonException)
        {
            draft.Notes.RefuseWhole("json.malformed", JsonText.WhereMalformed(json));
        }

        return draft;
    }

    private static void Fields(ref JsonCursor json, TariffDraft draft)
    {
        var seen = default(SeenMembers);
        while (json.NextMember(Names, ref seen, out var field))
        {
            switch (field)
            {
                case TariffField.country_code:
                    draft.CountryCode = json.Code("country_code", 2);
                    break;
                case TariffField.party_id:
                    draft.PartyId = json.Code("party_id", 3);
                    break;
                case TariffField.id:
                    draft.Id = json.Word("id", 36);
                    break;
                case TariffField.currency:
                    draft.Currency = json.Code("currency", 3);
                    break;
                case TariffField.type:
                    draft.Type = json.Code("type", 36);
                    break;
                case TariffField.min_price:
                    draft.MinPrice = Limit(ref json, "min_price", draft);
                    break;
                case TariffField.max_price:
                    draft.MaxPrice = Limit(ref json, "max_price", draft);
                    break;
                case TariffField.elements:
                    draft.Elements = TariffElementReader.Elements(ref json);
                    break;
                case TariffField.tax_included:
                    draft.TaxIncluded = Included(ref json);
                    draft.IsV230 = true;
                    break;
                case TariffField.start_date_time:
                    draft.ValidFrom = json.Optional("start_date_time");
                    break;
                case TariffField.end_date_time:
                    draft.ValidTo = json.Optional("end_date_time");
                    break;
                case TariffField.last_updated:
                    draft.LastUpdated = json.Optional("last_updated");
                    break;
                case TariffField.tariff_alt_text:
                    draft.AltText = AltTexts(ref json);
                    break;
                case TariffField.tariff_alt_url:
                    draft.AltUrl = json.Word("tariff_alt_url", 255);
                    break;
            }
        }
    }

    /// <summary>Null: nothing of it is a text in a language of two letters.</summary>
    private static List<DisplayText>? AltTexts(ref JsonCursor json)
    {
        var texts = new List<DisplayText>();
        if (!json.EnterArray("tariff_alt_text"))
        {
            return null;
        }

        while (json.NextElement())
        {
            if (!json.IsObject())
            {
                continue;
            }

            string? language = null, text = null;
            var seen = default(SeenMembers);
            while (json.NextMember(TextNames, ref seen, out var field))
            {
                if (field == TextField.language)
                {
                    language = json.Word("language", 2);
                }
                else
                {
                    text = json.Word("text", 512);
                }
            }

            if (language is { Length: 2 } && text is not null && texts.Count < MostTexts)
            {
                texts.Add(new DisplayText(language, text));
            }
        }

        return texts.Count > 0 ? texts : null;
    }

    private static PriceLimit? Limit(ref JsonCursor json, string name, TariffDraft draft)
    {
        var limit = PriceReader.Limit(ref json, name, out var isV230);
        draft.IsV230 |= isV230;
        if (limit is null)
        {
            json.Notes.Find(
                IntakeFindings.FieldMissing, name, "states no amount; it cannot be applied");
        }

        return limit;
    }

    private static TaxIncluded Included(ref JsonCursor json)
    {
        switch (json.Code("tax_included", 3))
        {
            case "YES":
                return TaxIncluded.YES;
            case "NO":
                return TaxIncluded.NO;
            case "N/A":
                return TaxIncluded.NOT_APPLICABLE;
            default:
                json.Notes.Find(
                    IntakeFindings.TaxIncludedUnknown, "tax_included", "is none of YES, NO, N/A; read as NO");
                return TaxIncluded.NO;
        }
    }
}
