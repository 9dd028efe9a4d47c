using System.Text.Json;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>Amounts: excl_vat/incl_vat in 2.2.1, before_taxes with taxes in 2.3.0.</summary>
internal static class PriceJson
{
    public static void Write(Utf8JsonWriter json, string name, Price? price, OcpiVersion version)
    {
        if (price is null)
        {
            return;
        }

        json.WriteStartObject(name);
        if (version != OcpiVersion.V230)
        {
            json.Number("excl_vat", price.BeforeTaxes);
            json.Number("incl_vat", price.AfterTaxes);
        }
        else
        {
            json.Number("before_taxes", price.BeforeTaxes);
            Taxes(json, price);
        }

        json.WriteEndObject();
    }

    private static void Taxes(Utf8JsonWriter json, Price price)
    {
        if (price.Taxes.Count == 0)
        {
            // 2.2.1 tells both amounts and names no tax
            if (price is { BeforeTaxes: { } before, AfterTaxes: { } after } && after != before)
            {
                json.WriteStartArray("taxes");
                json.WriteStartObject();
                json.WriteString("name", "TAX");
                json.WriteNumber("amount", after - before);
                json.WriteEndObject();
                json.WriteEndArray();
            }

            return;
        }

        json.WriteStartArray("taxes");
        foreach (var tax in price.Taxes)
        {
            json.WriteStartObject();
            json.WriteString("name", tax.Name);
            json.Text("account_number", tax.AccountNumber);
            json.Number("percentage", tax.Percentage);
            json.WriteNumber("amount", tax.Amount);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
