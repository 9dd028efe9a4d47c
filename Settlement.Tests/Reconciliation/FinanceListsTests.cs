using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Settlement.Api.Reconciliation;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Reconciliation;
using Settlement.Domain.Statements;

namespace Settlement.Tests.Reconciliation;

/// <summary>The same forty CDRs as the tools of finance people write them (Vectors/Lists).</summary>
public class FinanceListsTests
{
    private static readonly ListOptions FromFlo = ListOptions.None with
    {
        Cpo = PartyId.Parse("CA-FLO"), Emsp = PartyId.Parse("US-CPI"),
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Task<List<ListedCdr>> Read(string name, bool comma) => PartnerList.Read(
        Path.Combine(Checkout.Root, "Settlement.Tests", "Vectors", "Lists", name), FromFlo with { DecimalComma = comma }, Stop)
        .ToListAsync(Stop).AsTask();

    /// <summary>File, then what it comes to where the partner writes points, and where it writes commas: 40 rows, or why not.</summary>
    public static TheoryData<string, string, string> Files { get; } = new()
    {
        { "a-plain.csv", "40", "40" },
        { "b-semicolon-comma.csv", "line 2, column 7 (net): '42,00", "40" },
        { "c-utf16-tab.csv", "40", "40" },
        { "d-dollar.csv", "40", "40" },
        { "e-french-dollar.csv", "line 2, column 7 (net): '42,00", "40" },
        { "f-sep-line.csv", "line 3, column 7 (net): '42,00", "40" },
        { "g-totals-row.csv", "40", "40" },
        { "h-blank-lines.csv", "40", "40" },
        { "i-us-dates.csv", "line 2, column 3 (start): '10/29/2026 22:46' is not a time", "line 2, column 3 (start)" },
        { "j-space-dates.csv", "40", "40" },
        { "k-cr-only.csv", "40", "40" },
        { "l-latin1.csv", "line 1, column 12: the text is not UTF-8", "line 1, column 12: the text is not UTF-8" },
        { "m-thousands.csv", "40", "40" },
        { "n-comma-quoted.csv", "line 2, column 7 (net): '42,00", "40" },
        { "o-upper-ids.csv", "40", "40" },
        { "p-apostrophe.csv", "40", "40" },
        { "q-quoted-all.csv", "40", "40" },
        { "r-dup-header.csv", "line 1: columns 7 and 8 are both 'net'", "line 1: columns 7 and 8 are both 'net'" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_file_is_the_forty_rows_or_refused_with_its_place(string file, string withPoints, string withCommas)
    {
        foreach (var (comma, expected) in new[] { (false, withPoints), (true, withCommas) })
        {
            if (expected != "40")
            {
                (await Should.ThrowAsync<UnreadableListException>(Read(file, comma))).Message.ShouldContain(expected);
                continue;
            }

            var more = file.StartsWith('m') ? 1000m : 0m;
            var ours = (await Read("a-plain.csv", comma: false)).ConvertAll(row => row with
            {
                Net = row.Net + more, Tax = row.Tax + more, Total = row.Total + more,
            });
            using var result = await Reconciler.Run(
                ours.ToAsyncEnumerable(), (await Read(file, comma)).ToAsyncEnumerable(), null, ReconciliationTerms.Default, Stop);
            var rows = result.Rows().ToList();
            rows.Count.ShouldBe(40, $"{file}, comma {comma}");
            rows.ShouldAllBe(row => row.Category == ReconciliationCategory.MATCHED);
        }
    }

    [Theory]
    [InlineData("Total,,,,,CAD,12.00,1.00,13.00", null)]
    [InlineData("TOTAUX :,,,,,,12.00,,13.00", null)]
    [InlineData("Total,,,,,CAD,12.00,1.00,13.01", "line 4, column total: the row of totals says 13.01 CAD, the rows are 13.00")]
    [InlineData("Total,,,,,CAD,12.00,1.00,13.00\r\nb,S,,,1,CAD,1.00,0.00,1.00", "line 4: a row of totals stands before the end")]
    [InlineData("Total,S-1,2026-10-01T00:00:00Z,,1,CAD,1.00,0.00,1.00", "3 rows")]
    public async Task A_row_of_totals_is_compared_with_the_rows_and_is_none_of_them(string last, string? expected)
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            path,
            $"id,session_id,start,end,energy_kwh,currency,net,tax,total\r\na,S-a,,,1,CAD,10.00,1.00,11.00\r\nc,S-c,,,1,CAD,2.00,0.00,2.00\r\n{last}\r\n",
            Stop);
        try
        {
            var rows = PartnerList.Read(path, FromFlo, Stop).ToListAsync(Stop).AsTask();
            if (expected is null or "3 rows")
            {
                (await rows).Count.ShouldBe(expected is null ? 2 : 3);
            }
            else
            {
                (await Should.ThrowAsync<UnreadableListException>(rows)).Message.ShouldContain(expected);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("42.00", "42.00", "42.00")]
    [InlineData("42,00", null, "42.00")]
    [InlineData("1,234.50", "1234.50", "1234.50")]
    [InlineData("1.234,50", "1234.50", "1234.50")]
    [InlineData("1 234,50", "1234.50", "1234.50")]
    [InlineData("1 234,50 $", "1234.50", "1234.50")]
    [InlineData("-$42.00", "-42.00", "-42.00")]
    [InlineData("$ 42.00", "42.00", "42.00")]
    [InlineData("1,234", null, null)]
    [InlineData("0,123", null, "0.123")]
    [InlineData("12,34.50", null, null)]
    [InlineData("42.00 €", null, null)]
    [InlineData("4$2", null, null)]
    [InlineData("1e3", null, null)]
    public void An_amount_in_CAD_is_read_in_one_way_or_not_at_all(string text, string? withPoints, string? withCommas)
    {
        ListNumber.Amount(text, commas: false, "CAD").ShouldBe(Number(withPoints));
        ListNumber.Amount(text, commas: true, "CAD").ShouldBe(Number(withCommas));
    }

    /// <summary>How a partner writes decimals decides what is refused, never which amount is read.</summary>
    [Fact]
    public void No_text_is_two_amounts() => Prop.ForAll(
        Gen.Elements('1', '2', '0', ',', '.', ' ', '-', '$').ListOf().Select(list => string.Concat(list)).ToArbitrary(),
        text => ListNumber.Amount(text, commas: false, "CAD") is not { } one
            || ListNumber.Amount(text, commas: true, "CAD") is not { } other
            || one == other).Check(Laws.Config(100));

    [Fact]
    public void An_amount_that_our_papers_print_is_read_back_in_both_languages() => Prop.ForAll(
        Gen.Choose(-200_000_000, 200_000_000).ToArbitrary(), minor =>
        {
            var amount = minor / 100m;
            return ListNumber.Amount(Language.English.Amount(minor, Currency.Of("CAD")), commas: false, "CAD") == amount
                && ListNumber.Amount(Language.French.Amount(minor, Currency.Of("CAD")), commas: true, "CAD") == amount;
        }).Check(Laws.Config(100));

    private static decimal? Number(string? text) => text is null ? null : decimal.Parse(text, CultureInfo.InvariantCulture);
}
