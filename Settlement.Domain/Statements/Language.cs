using System.Collections.Frozen;
using System.Globalization;
using NodaTime;
using Settlement.Domain.Disputes;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Statements;

/// <summary>
/// How documents are written for a reader: words, numbers and dates of Canadian English or Canadian French. Figures are
/// written from here alone, never from the culture of the machine.
/// </summary>
public sealed class Language
{
    public static readonly Language English = new("en-CA", column: 1, ".", ",", percent: "%");

    // no-break spaces between the digits and before the percent sign, as the OQLF asks
    public static readonly Language French = new("fr-CA", column: 2, ",", "\u00a0", percent: "\u00a0%");

    // of taxes in the rules, and of disputes; another code stands for itself
    private static readonly FrozenDictionary<string, Word> Codes = new Dictionary<string, Word>
    {
        ["GST"] = Word.TaxGst,
        ["HST"] = Word.TaxHst,
        ["GST/HST"] = Word.TaxGstHst,
        ["QST"] = Word.TaxQst,
        ["PST"] = Word.TaxPst,
        ["RST"] = Word.TaxRst,
        ["SALES"] = Word.TaxSales,
        ["EV_EXCISE"] = Word.TaxExcise,
        ["EV_SURTAX"] = Word.TaxSurtax,
        ["AMOUNT_DIFFERS"] = Word.ReasonAmount,
        ["TAX_DIFFERS"] = Word.ReasonTax,
        ["CURRENCY_DIFFERS"] = Word.ReasonCurrency,
        ["QUANTITY_DIFFERS"] = Word.ReasonQuantity,
        ["TIME_DIFFERS"] = Word.ReasonTime,
        ["MISSING_THEIRS"] = Word.ReasonMissing,
        ["DUPLICATE_OURS"] = Word.ReasonDuplicate,
        ["CREDITED_ONE_SIDE"] = Word.ReasonCredited,
        ["TIMING"] = Word.ReasonTiming,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly FrozenDictionary<Word, string> words;
    private readonly FrozenDictionary<string, string> places;
    private readonly string[] months;
    private readonly NumberFormatInfo numbers;
    private readonly string percent;

    private Language(string tag, int column, string point, string group, string percent)
    {
        (Tag, this.percent) = (tag, percent);
        words = Rows("Statements.words.txt").ToFrozenDictionary(row => Enum.Parse<Word>(row[0]), row => row[column]);
        places = Rows("Statements.places.words.txt")
            .ToFrozenDictionary(row => row[0], row => row[column], StringComparer.Ordinal);
        months = words[Word.MonthNames].Split(' ');
        numbers = new NumberFormatInfo
        {
            NumberDecimalSeparator = point,
            NumberGroupSeparator = group,
            NegativeSign = "-",
            NumberNegativePattern = 1,
        };
    }

    /// <summary>BCP 47.</summary>
    public string Tag { get; }

    public bool IsFrench => this == French;

    public string this[Word word] => words[word];

    /// <summary>Of a party's ISO 639-1 code: French where it asks for it, else English.</summary>
    public static Language Of(string? code) => code == "fr" ? French : English;

    /// <summary>A word with gaps, filled.</summary>
    public string Fill(Word word, params object[] values) =>
        string.Format(CultureInfo.InvariantCulture, words[word], values);

    /// <summary>Minor units as an amount, with the currency's own decimals: <c>1,234.50</c>, <c>1 234,50</c>.</summary>
    public string Amount(long minor, Currency currency) => Number(new Money(minor, currency).Amount, currency.MinorUnits);

    /// <summary>With that many decimals, half away from zero where it has more: for quantities and memo columns.</summary>
    public string Number(decimal value, int decimals) =>
        decimal.Round(value, decimals, MidpointRounding.AwayFromZero)
            .ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), numbers);

    public string Whole(long number) => number.ToString("N0", numbers);

    public string Kwh(decimal kwh) => Number(kwh, 3);

    /// <summary>Hours and minutes, <c>1,234:05</c> and <c>1 234:05</c>; seconds are left out.</summary>
    public string Hours(decimal seconds)
    {
        var minutes = (long)decimal.Truncate(Math.Abs(seconds) / 60m);
        return $"{(seconds < 0 ? "-" : "")}{Whole(minutes / 60)}:{minutes % 60:00}";
    }

    /// <summary>A rate as the tables carry it, <c>9.975%</c> or <c>0.03/kWh</c>.</summary>
    public string Rate(string rate)
    {
        var plain = rate.Replace(".", numbers.NumberDecimalSeparator, StringComparison.Ordinal);
        return plain.EndsWith('%') ? plain[..^1] + percent : plain;
    }

    /// <summary><c>October 2026</c>, <c>octobre 2026</c>.</summary>
    public string Month(YearMonth month) =>
        string.Create(CultureInfo.InvariantCulture, $"{months[month.Month - 1]} {month.Year}");

    /// <summary><c>October 31, 2026</c>; <c>31 octobre 2026</c>, and <c>1er</c> for the first.</summary>
    public string Day(LocalDate day)
    {
        var month = months[day.Month - 1];
        var number = IsFrench && day.Day == 1 ? "1er" : day.Day.ToString(CultureInfo.InvariantCulture);
        return IsFrench ? $"{number} {month} {day.Year}" : $"{month} {number}, {day.Year}";
    }

    /// <summary>All days of a month: <c>October 1 to 31, 2026</c>; <c>du 1er au 31 octobre 2026</c>.</summary>
    public string Days(YearMonth month) => Fill(
        Word.WithinMonth, months[month.Month - 1], IsFrench ? "1er" : "1",
        month.ToDateInterval().End.Day, month.Year);

    /// <summary>The name of a state or province; the code itself where it has none here.</summary>
    public string Place(string code) => places.GetValueOrDefault(code, code);

    /// <summary>The name of a tax by its code in the rules: GST is TPS in French.</summary>
    public string Tax(string code) => Named(code);

    /// <summary>Why something is disputed or credited, from the codes of disputes.</summary>
    public string DisputeReason(string code) =>
        code.StartsWith(DisputeReasons.Other, StringComparison.Ordinal)
        ? Fill(Word.ReasonOther, code[DisputeReasons.Other.Length..].Trim())
        : Named(code);

    private string Named(string code) => Codes.TryGetValue(code, out var word) ? this[word] : code;

    private static IEnumerable<string[]> Rows(string resource) =>
        EmbeddedText.Read(resource).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split(" | "));
}
