using System.Globalization;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Domain.Ocpi;

/// <summary>Writes a tariff as one version of OCPI has it.</summary>
public static class TariffJson
{
    private static readonly LocalTimePattern Clock = LocalTimePattern.CreateWithInvariantCulture("HH:mm");

    /// <param name="owner">Where the tariff does not name its own (2.1.1).</param>
    public static void Write(Utf8JsonWriter json, Tariff tariff, PartyId owner, Instant received, OcpiVersion version)
    {
        json.WriteStartObject();
        if (version != OcpiVersion.V211)
        {
            json.Party(tariff.Owner ?? owner);
        }

        json.WriteString("id", tariff.Id);
        json.WriteString("currency", tariff.Currency);
        if (version != OcpiVersion.V211)
        {
            json.Text("type", OcpiEnums.TariffType(tariff.Type));
            AltText(json, tariff);
            Limit(json, "min_price", tariff.MinPrice, version);
            Limit(json, "max_price", tariff.MaxPrice, version);
        }

        if (version == OcpiVersion.V230)
        {
            json.WriteString("tax_included", tariff.TaxIncluded switch
            {
                TaxIncluded.YES => "YES",
                TaxIncluded.NOT_APPLICABLE => "N/A",
                _ => "NO",
            });
        }

        if (version == OcpiVersion.V211)
        {
            AltText(json, tariff);
        }

        json.WriteStartArray("elements");
        foreach (var element in Elements(tariff, version))
        {
            Element(json, element, version);
        }

        json.WriteEndArray();
        if (version != OcpiVersion.V211)
        {
            json.Time("start_date_time", tariff.ValidFrom, version);
            json.Time("end_date_time", tariff.ValidTo, version);
        }

        json.Time("last_updated", tariff.LastUpdated ?? received, version);
        json.WriteEndObject();
    }

    private static readonly TariffElement Free = new([new PriceComponent(Dimension.FLAT, 0m, 1, null)], null);

    // 2.1.1 has no reservations: the price of one would read as a price of charging
    private static List<TariffElement> Elements(Tariff tariff, OcpiVersion version)
    {
        var elements = tariff.Elements.Where(element => element.Components.Count > 0
            && (version != OcpiVersion.V211 || tariff.Version == OcpiVersion.V211 || element.Restrictions?.Reservation is null))
            .ToList();
        return elements.Count > 0 ? elements : [Free];
    }

    private static void AltText(Utf8JsonWriter json, Tariff tariff)
    {
        if (tariff.AltText is { Count: > 0 } texts)
        {
            json.WriteStartArray("tariff_alt_text");
            foreach (var text in texts)
            {
                json.WriteStartObject();
                json.WriteString("language", text.Language);
                json.Text("text", text.Text, 512);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.Text("tariff_alt_url", tariff.AltUrl);
    }

    private static void Limit(Utf8JsonWriter json, string name, PriceLimit? limit, OcpiVersion version)
    {
        if (limit is null)
        {
            return;
        }

        var isNew = version == OcpiVersion.V230;
        json.WriteStartObject(name);
        json.Number(isNew ? "before_taxes" : "excl_vat", limit.BeforeTaxes);
        json.Number(isNew ? "after_taxes" : "incl_vat", limit.AfterTaxes);
        json.WriteEndObject();
    }

    private static void Element(Utf8JsonWriter json, TariffElement element, OcpiVersion version)
    {
        json.WriteStartObject();
        json.WriteStartArray("price_components");
        foreach (var component in element.Components)
        {
            json.WriteStartObject();
            json.WriteString("type", component.Type.ToString());
            json.WriteNumber("price", component.Price);
            if (version != OcpiVersion.V211)
            {
                json.Number("vat", component.VatPercent);
            }

            json.WriteNumber("step_size", component.StepSize);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (element.Restrictions is { } restrictions)
        {
            Restrictions(json, restrictions);
        }

        json.WriteEndObject();
    }

    private static void Restrictions(Utf8JsonWriter json, TariffRestrictions read)
    {
        json.WriteStartObject("restrictions");
        json.Text("start_time", read.StartTime is { } start ? Clock.Format(start) : null);
        json.Text("end_time", read.EndTime is { } end ? Clock.Format(end) : null);
        json.Text("start_date", read.StartDate is { } first ? LocalDatePattern.Iso.Format(first) : null);
        json.Text("end_date", read.EndDate is { } last ? LocalDatePattern.Iso.Format(last) : null);
        json.Number("min_kwh", read.MinKwh);
        json.Number("max_kwh", read.MaxKwh);
        json.Number("min_current", read.MinCurrentA);
        json.Number("max_current", read.MaxCurrentA);
        json.Number("min_power", read.MinPowerKw);
        json.Number("max_power", read.MaxPowerKw);
        json.Number("min_duration", read.MinDurationSeconds);
        json.Number("max_duration", read.MaxDurationSeconds);
        json.Number("min_duration_not_requesting_power", read.MinNotRequestingPowerSeconds);
        json.Number("max_duration_not_requesting_power", read.MaxNotRequestingPowerSeconds);
        json.Number("min_soc", read.MinStateOfCharge);
        json.Number("max_soc", read.MaxStateOfCharge);
        if (read.DaysOfWeek.Count > 0)
        {
            json.WriteStartArray("day_of_week");
            foreach (var day in read.DaysOfWeek)
            {
                json.WriteStringValue(day.ToString().ToUpper(CultureInfo.InvariantCulture));
            }

            json.WriteEndArray();
        }

        json.Text("reservation", read.Reservation);
        json.WriteEndObject();
    }
}
