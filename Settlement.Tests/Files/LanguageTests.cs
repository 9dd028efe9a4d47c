using System.Text.RegularExpressions;
using NodaTime;
using Settlement.Api.Intake;
using Settlement.Domain.Disputes;
using Settlement.Domain.Ledger;
using Settlement.Domain.Statements;
using Settlement.Domain.Tax;

namespace Settlement.Tests.Files;

/// <summary>Documents in English and French: no word missing, figures as Canadians write them.</summary>
public sealed partial class LanguageTests
{
    // words that are the same in both, on purpose
    private static readonly HashSet<Word> Same =
    [
        Word.TotalCurrency, Word.DocumentDate, Word.ByTax, Word.ColumnNet, Word.ColumnDate,
        Word.ColumnDescription, Word.DetailDigest, Word.TotalWithTax, Word.TaxesOnDocument, Word.PerKwh,
        Word.SheetExceptions, Word.SheetCode, Word.CreditedCdr, Word.ColumnVersion,
        Word.ColumnSource,
    ];

    public static TheoryData<string> Both => ["en", "fr"];

    [Theory]
    [MemberData(nameof(Both))]
    public void No_word_is_missing(string code)
    {
        var language = Language.Of(code);
        Enum.GetValues<Word>().Where(word => string.IsNullOrWhiteSpace(language[word])).ShouldBeEmpty();
    }

    [Fact]
    public void Every_word_is_translated() => Enum.GetValues<Word>()
        .Where(word => Language.English[word] == Language.French[word]).ShouldBe(Same.Order());

    [Fact]
    public void Both_languages_fill_the_same_gaps() =>
        Enum.GetValues<Word>().Where(word => Gaps(Language.English[word]) != Gaps(Language.French[word])).ShouldBeEmpty();

    [Fact]
    public void Every_jurisdiction_and_reason_has_a_name_in_both()
    {
        foreach (var code in Places.Codes)
        {
            Language.English.Place(code).ShouldNotBe(code);
            Language.French.Place(code).ShouldNotBe(code);
        }

        foreach (var reason in DisputeReasons.Codes)
        {
            Language.English.DisputeReason(reason).ShouldNotBe(reason);
            Language.French.DisputeReason(reason).ShouldNotBe(reason);
        }

        HeldReason.All.Where(reason => reason.Title.Length == 0 || reason.French.Length == 0).ShouldBeEmpty();
    }

    [Fact]
    public void Figures_are_written_as_their_readers_do()
    {
        var (cad, jpy) = (Currency.Of("CAD"), Currency.Of("JPY"));
        var (en, fr) = (Language.English, Language.French);
        (en.Amount(123_456_789, cad), fr.Amount(123_456_789, cad)).ShouldBe(("1,234,567.89", "1\u00a0234\u00a0567,89"));
        (en.Amount(-123_456, jpy), fr.Amount(-5, cad)).ShouldBe(("-123,456", "-0,05"));
        (en.Rate("9.975%"), fr.Rate("9.975%")).ShouldBe(("9.975%", "9,975\u00a0%"));
        (en.Rate("0.03/kWh"), fr.Rate("0.03/kWh")).ShouldBe(("0.03/kWh", "0,03/kWh"));
        (en.Hours(4_444_444), fr.Hours(-3_660)).ShouldBe(("1,234:34", "-1:01"));
        (en.Kwh(1234.5m), fr.Kwh(1234.5m)).ShouldBe(("1,234.500", "1\u00a0234,500"));
    }

    [Fact]
    public void Dates_are_written_as_their_readers_do()
    {
        var (en, fr) = (Language.English, Language.French);
        var (first, last) = (new LocalDate(2026, 8, 1), new LocalDate(2026, 12, 31));
        (en.Day(first), fr.Day(first)).ShouldBe(("August 1, 2026", "1er août 2026"));
        (en.Day(last), fr.Day(last)).ShouldBe(("December 31, 2026", "31 décembre 2026"));
        (en.Month(new(2026, 2)), fr.Month(new(2026, 2))).ShouldBe(("February 2026", "février 2026"));
        (en.Days(new(2028, 2)), fr.Days(new(2028, 2))).ShouldBe(("February 1 to 29, 2028", "du 1er au 29 février 2028"));
    }

    [Fact]
    public void Canadian_taxes_have_their_French_names() =>
        new[] { "GST", "HST", "GST/HST", "QST", "PST" }.Select(Language.French.Tax).ShouldBe(["TPS", "TVH", "TPS/TVH", "TVQ", "TVP"]);

    [Fact]
    public void A_culture_changes_no_figure()
    {
        foreach (var culture in Cultures.Three)
        {
            Cultures.In(culture, () => Language.French.Amount(-123_456, Currency.Of("CAD"))).ShouldBe("-1\u00a0234,56");
            Cultures.In(culture, () => Language.English.Day(new(2026, 1, 2))).ShouldBe("January 2, 2026");
        }
    }

    private static string Gaps(string text) =>
        string.Join(' ', Gap().Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal));

    [GeneratedRegex(@"\{\d\}", RegexOptions.None, 1000)]
    private static partial Regex Gap();
}
