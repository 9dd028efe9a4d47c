using System.Globalization;
using NodaTime;

namespace Settlement.Domain.Rating;

/// <summary>A tariff in plain sentences, in English and in French: what a driver would be told at the charger.</summary>
public static class TariffWords
{
    public static IReadOnlyList<string> English(Tariff tariff) => new TariffSentences(tariff, new EnglishWords()).All();

    public static IReadOnlyList<string> French(Tariff tariff) => new TariffSentences(tariff, new FrenchWords()).All();
}

/// <summary>The order of the sentences; a language gives the words.</summary>
internal sealed class TariffSentences(Tariff tariff, ITariffLanguage words)
{
    public IReadOnlyList<string> All()
    {
        var sentences = new List<string>();
        for (var i = 0; i < tariff.Elements.Count; i++)
        {
            var element = tariff.Elements[i];
            var when = When(element.Restrictions);
            sentences.AddRange(element.Components.Select(component => Sentence(when, Price(component, element.Restrictions))));
        }

        if (tariff.MinPrice is { } min)
        {
            sentences.Add(words.AtLeast(Limit(min.BeforeTaxes), Limit(min.AfterTaxes)));
        }

        if (tariff.MaxPrice is { } max)
        {
            sentences.Add(words.AtMost(Limit(max.BeforeTaxes), Limit(max.AfterTaxes)));
        }

        sentences.Add(words.Taxes(tariff.TaxIncluded));
        if (tariff.Elements.Count > 1)
        {
            sentences.Add(words.FirstHolds);
        }

        if (tariff.ValidFrom is not null || tariff.ValidTo is not null)
        {
            sentences.Add(words.Valid(Day(tariff.ValidFrom), Day(tariff.ValidTo)));
        }

        return sentences;
    }

    private string? Limit(decimal? amount) => amount is { } known ? Money(known) : null;

    private static string Sentence(List<string> when, string price)
    {
        var text = when.Count == 0 ? price : $"{string.Join(", ", when)}, {price}";
        return char.ToUpperInvariant(text[0]) + text[1..] + ".";
    }

    private string Price(PriceComponent component, TariffRestrictions? restrictions)
    {
        var reserved = restrictions?.Reservation is not null;
        var price = component.Price == 0m
            ? words.Free(component.Type, reserved)
            : words.Costs(component.Type, reserved, Money(component.Price));
        var step = component.Type == Dimension.FLAT || component.StepSize <= 1 ? "" : words.Step(component.Type, component.StepSize);
        return price + step + (component.VatPercent is { } vat ? words.Vat(Number(vat, 0)) : "");
    }

    private List<string> When(TariffRestrictions? r)
    {
        var when = new List<string>();
        if (r is null)
        {
            return when;
        }

        Add(r.Reservation switch
        {
            null => null,
            "RESERVATION_EXPIRES" => words.Expired,
            _ => words.Reserved,
        });
        Add(r.DaysOfWeek.Count is > 0 and < 7 ? words.Days([.. r.DaysOfWeek.Distinct().Order()]) : null);
        Add(r.StartTime is null && r.EndTime is null ? null : words.Times(Clock(r.StartTime), Clock(r.EndTime)));
        Add(r.StartDate is null && r.EndDate is null ? null : words.Dates(Date(r.StartDate), Date(r.EndDate)));
        Add(Range(r.MinKwh, r.MaxKwh, "kWh", words.Energy));
        Add(Range(Minutes(r.MinDurationSeconds), Minutes(r.MaxDurationSeconds), "min", words.Duration));
        Add(Range(r.MinPowerKw, r.MaxPowerKw, "kW", words.Power));
        Add(Range(r.MinCurrentA, r.MaxCurrentA, "A", words.Current));
        Add(Range(
            Minutes(r.MinNotRequestingPowerSeconds), Minutes(r.MaxNotRequestingPowerSeconds), "min", words.NotRequestingPower));
        Add(Range(r.MinStateOfCharge, r.MaxStateOfCharge, "%", words.StateOfCharge));
        when.AddRange(r.UnknownKeys.Select(words.Unknown));
        return when;

        void Add(string? condition)
        {
            if (condition is not null)
            {
                when.Add(condition);
            }
        }
    }

    private string? Range(decimal? from, decimal? until, string unit, Func<string?, string?, string> say) =>
        from is null && until is null
            ? null
            : say(from is { } low ? $"{Number(low, 0)} {unit}" : null, until is { } high ? $"{Number(high, 0)} {unit}" : null);

    private static decimal? Minutes(int? seconds) => seconds is { } whole ? Math.Round(whole / 60m, 2) : null;

    private string Money(decimal amount) => $"{Number(amount, 2)} {tariff.Currency}";

    private string Number(decimal value, int decimals) =>
        value.ToString(decimals == 0 ? "0.########" : "0.00########", CultureInfo.InvariantCulture)
            .Replace('.', words.DecimalMark);

    private static string? Clock(LocalTime? time) => time?.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static string? Date(LocalDate? date) => date?.Text();

    private static string? Day(Instant? instant) => instant?.ToString("uuuu-MM-dd HH:mm", CultureInfo.InvariantCulture);
}

/// <summary>The words of one language; null bounds are open.</summary>
internal interface ITariffLanguage
{
    char DecimalMark { get; }

    string Reserved { get; }

    string Expired { get; }

    string FirstHolds { get; }

    string Costs(Dimension what, bool reserved, string price);

    string Free(Dimension what, bool reserved);

    string Step(Dimension what, int step);

    string Vat(string percent);

    string Days(IReadOnlyList<IsoDayOfWeek> days);

    string Times(string? from, string? until);

    string Dates(string? from, string? until);

    string Energy(string? from, string? until);

    string Duration(string? from, string? until);

    string Power(string? from, string? until);

    string Current(string? from, string? until);

    string NotRequestingPower(string? from, string? until);

    string StateOfCharge(string? from, string? until);

    string Unknown(string key);

    string AtLeast(string? before, string? after);

    string AtMost(string? before, string? after);

    string Taxes(TaxIncluded included);

    string Valid(string? from, string? until);
}
