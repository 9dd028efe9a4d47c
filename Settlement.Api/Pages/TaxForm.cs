using System.Globalization;
using NodaTime;
using NodaTime.Text;
using Settlement.Api.Tax;
using Settlement.Domain;
using Settlement.Domain.Tax;

namespace Settlement.Api.Pages;

/// <summary>The form of the tax page: what stands in each field, and the inquiry it makes.</summary>
public sealed class TaxForm
{
    private const decimal MostAmount = 1_000_000_000m;
    private const decimal MostEnergy = 1_000_000m;

    private static readonly LocalDate FirstDay = new(1990, 1, 1);
    private static readonly LocalDate LastDay = new(2099, 12, 31);

    private readonly Func<string, string?> asked;
    private readonly LocalDate today;
    private readonly SortedDictionary<string, Refusal> faults = new(StringComparer.Ordinal);

    /// <param name="asked">The text of a field; null where the address does not name it.</param>
    /// <param name="today">Stands in the date field until another day is written.</param>
    public TaxForm(Func<string, string?> asked, LocalDate today)
    {
        (this.asked, this.today) = (asked, today);
        var inquiry = Read();
        Inquiry = faults.Count == 0 ? inquiry : null;
    }

    /// <summary>Null where a field holds what cannot be understood.</summary>
    public TaxInquiry? Inquiry { get; }

    /// <summary>What is wrong, by the name of its field.</summary>
    public IReadOnlyDictionary<string, Refusal> Faults => faults;

    /// <summary>What stands in a field.</summary>
    public string this[string field] => (asked(field) ?? Default(field)).Trim();

    public bool Is(string field, string value = "yes") => this[field] == value;

    /// <summary>The engine refused: the fault belongs to the field that its code begins with.</summary>
    public void Refuse(Refusal refusal) => faults[refusal.Code.Split('.')[0]] = refusal;

    private string Default(string field) => field switch
    {
        "place" => "CA-QC",
        "amount" => "100.00",
        "on" => Figures.Day(today),
        "component" => nameof(ChargeComponent.ENERGY),
        "buyer" => "driver",
        _ => "",
    };

    private TaxInquiry Read() => new(this["place"], Number("amount", MostAmount) ?? Missing("amount"), Day("on") ?? today)
    {
        Currency = Text("currency"),
        Component = Word<ChargeComponent>("component"),
        Kwh = Number("kwh", MostEnergy),
        Station = new StationFacts
        {
            PowerKw = Number("kw", MostEnergy),
            Level = Level(),
            InstalledOn = Day("installed"),
            IsPublic = !Is("not-public"),
            OnStateProperty = Is("state-property"),
            IsResidence = Is("residence"),
        },
        Invoiced = Day("invoiced"),
        Buyer = Is("buyer", "reseller") ? Buyer.Reseller : Buyer.Driver,
        NoCertificate = Is("no-certificate"),
        Locality = Text("locality"),
        Inclusive = Is("inclusive"),
        AsKnown = Day("as-known"),
    };

    private string? Text(string field) => this[field] is { Length: > 0 } text ? text : null;

    private decimal Missing(string field)
    {
        faults.TryAdd(field, new Refusal($"{field}.missing", $"Write the {field}, as in 100.00."));
        return 0m;
    }

    private decimal? Number(string field, decimal most)
    {
        if (Text(field) is not { } text)
        {
            return null;
        }

        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number <= most)
        {
            return number;
        }

        faults[field] = new Refusal(
            $"{field}.malformed", $"'{text}' is not a number from 0 to {Figures.Number(most)}; expected a form like 100.00.");
        return 0m;
    }

    private int? Level()
    {
        if (Text("level") is not { } text)
        {
            return null;
        }

        if (text is not ("1" or "2" or "3"))
        {
            faults["level"] = new Refusal("level.malformed", $"'{text}' is no charging level; there are 1, 2 and 3.");
            return null;
        }

        return text[0] - '0';
    }

    private LocalDate? Day(string field)
    {
        if (Text(field) is not { } text)
        {
            return null;
        }

        if (LocalDatePattern.Iso.Parse(text) is { Success: true, Value: var day } && day >= FirstDay && day <= LastDay)
        {
            return day;
        }

        faults[field] = new Refusal(
            "day.malformed", $"'{text}' is no day from {Figures.Day(FirstDay)} on; write it as 2026-10-01.");
        return null;
    }

    private TWord Word<TWord>(string field)
        where TWord : struct, Enum
    {
        if (Enum.GetNames<TWord>().Contains(this[field], StringComparer.Ordinal))
        {
            return Enum.Parse<TWord>(this[field]);
        }

        faults[field] = new Refusal(
            $"{field}.unknown", $"'{this[field]}' is none of {string.Join(", ", Enum.GetNames<TWord>())}.");
        return default;
    }
}
