using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Tests.Ledger;

/// <summary>ISO 4217, lists one and three of its maintenance agency (state 2026-02-01).</summary>
public sealed class CurrencyListTests
{
    [Fact]
    public void Every_active_code_with_minor_units_is_known_and_nothing_twice()
    {
        Currency.Known.Count(currency => currency.WithdrawnOn is null).ShouldBe(165);
        Currency.Known.ShouldAllBe(currency => currency.Code.Length == 3 && currency.MinorUnits >= 0 && currency.MinorUnits <= 4);
    }

    [Theory]
    [InlineData("XCD", 2)]
    [InlineData("XCG", 2)]
    [InlineData("XOF", 0)]
    [InlineData("PYG", 0)]
    [InlineData("UYI", 0)]
    [InlineData("CLF", 4)]
    [InlineData("UYW", 4)]
    [InlineData("MRU", 2)]
    [InlineData("ZWG", 2)]
    [InlineData("CUP", 2)]
    [InlineData("BOV", 2)]
    [InlineData("COU", 2)]
    [InlineData("MXV", 2)]
    [InlineData("CHE", 2)]
    [InlineData("USN", 2)]
    public void A_code_has_the_minor_units_of_the_list(string code, int digits) =>
        Currency.Of(code).MinorUnits.ShouldBe(digits);

    [Theory]
    [InlineData("XAU")]
    [InlineData("XAG")]
    [InlineData("XDR")]
    [InlineData("XUA")]
    [InlineData("XTS")]
    [InlineData("XXX")]
    public void What_has_no_minor_units_is_no_money(string code) => Currency.Find(code).ShouldBeNull();

    [Theory]
    [InlineData("ANG", 2025, 3, 31, "XCG")]
    [InlineData("BGN", 2026, 1, 1, "EUR")]
    [InlineData("MRO", 2017, 12, 31, "MRU")]
    [InlineData("ZWL", 2024, 9, 30, "ZWG")]
    [InlineData("LTL", 2015, 1, 1, "EUR")]
    public void A_withdrawn_code_says_from_when_and_what_came_after_it(string code, int year, int month, int day, string next)
    {
        var currency = Currency.Of(code);
        currency.WithdrawnOn.ShouldBe(new LocalDate(year, month, day));
        currency.Successor.ShouldBe(next);
        Currency.Of(next).WithdrawnOn.ShouldBeNull();
    }
}
