using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using Settlement.Domain.Agreements;
using Settlement.Domain.Books;
using Settlement.Domain.Ledger;

namespace Settlement.Tests.Books;

/// <summary>The ledger in the books of one party (rules-money 22).</summary>
public sealed class PartyBooksTests
{
    private static readonly PartyId Flo = PartyId.Parse("CA-FLO")!.Value;

    private static readonly PartyId Cpi = PartyId.Parse("US-CPI")!.Value;

    private static readonly Relationship Pair = Relationship.Between(Flo, Cpi);

    private static readonly PartyBooks FlosBooks = new(Flo, [PartyId.Parse("US-FLO")!.Value], Pair);

    private static readonly PartyBooks CpisBooks = new(Cpi, [PartyId.Parse("CA-CPI")!.Value], Pair);

    private static NeutralPosting Debit(string account, long amount, bool? recoverable = null) =>
        new(account, amount, 0, recoverable);

    private static NeutralPosting Credit(string account, long amount, bool? recoverable = null) =>
        new(account, 0, amount, recoverable);

    private static string[] Lines(IBooks books, params NeutralPosting[] entry) =>
        [.. books.Of("CAD", entry).Select(line =>
            $"{(line.Debit > 0 || line.Credit == 0 ? "debit" : "credit")} {line.Account.Name} {line.Debit + line.Credit}")];

    private static readonly NeutralPosting[] Cdr =
    [
        Debit("due:CA-FLO:US-CPI", 1304), Credit("charge:US-CPI:ENERGY", 1074),
        Credit("charge:US-CPI:PARKING_TIME", 60), Credit("tax:US-CPI:CA-QC:GST", 57, true),
        Credit("tax:US-CPI:CA-BC:PST", 113, false),
    ];

    [Fact]
    public void A_cdr_is_revenue_and_output_tax_for_its_creditor() => Lines(CpisBooks, Cdr).ShouldBe(
    [
        "debit assets:receivable:CA-FLO:CAD 1304", "credit revenue:roaming:ENERGY:CAD 1074",
        "credit revenue:roaming:PARKING_TIME:CAD 60", "credit liabilities:tax:CA-QC:GST:CAD 57",
        "credit liabilities:tax:CA-BC:PST:CAD 113",
    ]);

    [Fact]
    public void The_same_cdr_is_cost_and_input_credit_for_its_debtor() => Lines(FlosBooks, Cdr).ShouldBe(
    [
        "credit liabilities:payable:US-CPI:CAD 1304", "debit expenses:roaming:ENERGY:CAD 1074",
        "debit expenses:roaming:PARKING_TIME:CAD 60", "debit assets:input-tax:CA-QC:GST:CAD 57",
        "debit expenses:tax:CA-BC:PST:CAD 113",
    ]);

    [Fact]
    public void A_charge_under_an_alias_is_the_partys_own() =>
        Lines(FlosBooks, Debit("due:US-CPI:US-FLO", 100), Credit("charge:US-FLO:FLAT", 100)).ShouldBe(
            ["debit assets:receivable:US-CPI:CAD 100", "credit revenue:roaming:FLAT:CAD 100"]);

    [Fact]
    public void Tax_that_the_owner_of_the_station_remits_is_owed_to_him_and_input_tax_of_the_buyer()
    {
        NeutralPosting[] entry =
        [
            Debit("due:CA-FLO:US-CPI", 105), Credit("charge:US-CPI:ENERGY", 100), Credit("tax:OWNER:CA-QC:GST", 5),
        ];
        Lines(CpisBooks, entry)[2].ShouldBe("credit liabilities:tax-of:OWNER:CA-QC:GST:CAD 5");
        Lines(FlosBooks, entry)[2].ShouldBe("debit assets:input-tax:CA-QC:GST:CAD 5");
    }

    [Fact]
    public void Netting_clears_both_dues_and_its_two_accounts_cancel()
    {
        NeutralPosting[] entry =
        [
            Debit("setoff:CA-FLO:US-CPI", 70), Debit("setoff:US-CPI:CA-FLO", 70),
            Credit("due:CA-FLO:US-CPI", 70), Credit("due:US-CPI:CA-FLO", 70),
        ];
        Lines(FlosBooks, entry).ShouldBe(
        [
            "credit liabilities:set-off:US-CPI:CAD 70", "debit assets:set-off:US-CPI:CAD 70",
            "debit liabilities:payable:US-CPI:CAD 70", "credit assets:receivable:US-CPI:CAD 70",
        ]);
    }

    [Fact]
    public void A_disputed_due_is_withheld_by_the_one_and_outstanding_for_the_other()
    {
        NeutralPosting[] entry = [Debit("disputed:CA-FLO:US-CPI", 11), Credit("due:CA-FLO:US-CPI", 11)];
        Lines(FlosBooks, entry).ShouldBe(
            ["credit liabilities:payable-disputed:US-CPI:CAD 11", "debit liabilities:payable:US-CPI:CAD 11"]);
        Lines(CpisBooks, entry).ShouldBe(
            ["debit assets:receivable-disputed:CA-FLO:CAD 11", "credit assets:receivable:CA-FLO:CAD 11"]);
    }

    [Fact]
    public void A_payment_leaves_the_bank_of_the_payer_and_what_matches_nothing_is_his_advance()
    {
        NeutralPosting[] entry =
            [Debit("payment:CA-FLO", 150), Credit("due:CA-FLO:US-CPI", 100), Credit("unapplied:CA-FLO", 50)];
        Lines(FlosBooks, entry).ShouldBe(
            ["credit assets:bank:CAD 150", "debit liabilities:payable:US-CPI:CAD 100", "debit assets:advance:US-CPI:CAD 50"]);
        Lines(CpisBooks, entry).ShouldBe(
            ["debit assets:bank:CAD 150", "credit assets:receivable:CA-FLO:CAD 100", "credit liabilities:unapplied:CA-FLO:CAD 50"]);

        NeutralPosting[] alone = [Debit("payment:CA-FLO", 50), Credit("unapplied:CA-FLO", 50)];
        Lines(FlosBooks, alone).ShouldBe(["credit assets:bank:CAD 50", "debit assets:advance:US-CPI:CAD 50"]);
        Lines(CpisBooks, alone).ShouldBe(["debit assets:bank:CAD 50", "credit liabilities:unapplied:CA-FLO:CAD 50"]);

        NeutralPosting[] back = [Debit("unapplied:CA-FLO", 50), Credit("payment:US-CPI", 50)];
        Lines(CpisBooks, back).ShouldBe(["debit liabilities:unapplied:CA-FLO:CAD 50", "credit assets:bank:CAD 50"]);
        Lines(FlosBooks, back).ShouldBe(["credit assets:advance:US-CPI:CAD 50", "debit assets:bank:CAD 50"]);
    }

    [Fact]
    public void A_write_off_is_a_cost_of_the_creditor_and_a_gain_of_the_debtor()
    {
        NeutralPosting[] entry = [Debit("writeoff:US-CPI", 3), Credit("due:CA-FLO:US-CPI", 3)];
        Lines(CpisBooks, entry)[0].ShouldBe("debit expenses:write-off:CA-FLO:CAD 3");
        Lines(FlosBooks, entry)[0].ShouldBe("credit revenue:write-off:US-CPI:CAD 3");
    }

    [Fact]
    public void A_conversion_of_both_dues_at_once_gives_the_trading_account_the_difference_of_the_two()
    {
        // neutral: both dues close, 140 in all; to FLO it owes 100 and is owed 40
        NeutralPosting[] entry =
            [Debit("fx:USD-CAD", 140), Credit("due:CA-FLO:US-CPI", 100), Credit("due:US-CPI:CA-FLO", 40)];
        Lines(FlosBooks, entry).ShouldBe(
        [
            "credit equity:trading:USD-CAD:CAD 60", "debit liabilities:payable:US-CPI:CAD 100",
            "credit assets:receivable:US-CPI:CAD 40",
        ]);

        Should.Throw<AmbiguousDirectionException>(() => FlosBooks.Of(
            "CAD", [.. entry, Debit("rounding", 1), Credit("due:CA-FLO:US-CPI", 1)]));
    }

    [Theory]
    [InlineData("fee:US-CPI")]
    [InlineData("due:CA-FLO")]
    [InlineData("charge:nobody:ENERGY")]
    [InlineData("")]
    public void An_account_outside_the_chart_is_a_mistake(string name) =>
        Should.Throw<FormatException>(() => NeutralAccount.Parse(name));

    /// <summary>An account that is added to the chart needs a place in the books before anything is posted to it.</summary>
    [Fact]
    public void Every_account_of_the_chart_has_a_place_in_everybodys_books()
    {
        var chart = typeof(Account).GetMembers(BindingFlags.Public | BindingFlags.Static)
            .Where(member => member is PropertyInfo or MethodInfo { IsSpecialName: false, ReturnType.Name: nameof(Account) }
                && member.Name is not (nameof(Account.Stored)))
            .Select(member => ((Account)(member is PropertyInfo property
                ? property.GetValue(null)!
                : ((MethodInfo)member).Invoke(null, [.. ((MethodInfo)member).GetParameters().Select(Sample)])!)).Name)
            .ToList();

        chart.Count.ShouldBeGreaterThanOrEqualTo(11);
        foreach (var account in chart)
        {
            foreach (var books in new IBooks[] { FlosBooks, CpisBooks, new NeutralBooks() })
            {
                books.Of("CAD", [Debit("due:CA-FLO:US-CPI", 1), Credit(account, 1)]).Count.ShouldBe(2, account);
            }
        }

        static object Sample(ParameterInfo parameter) => parameter switch
        {
            { ParameterType.IsEnum: true } => Enum.GetValues(parameter.ParameterType).GetValue(0)!,
            { Name: "debtor" or "payer" } => Flo,
            _ when parameter.ParameterType == typeof(PartyId) => Cpi,
            { Name: "remitter" } => "US-CPI",
            _ => "CAD",
        };
    }

    [Fact]
    public void The_place_of_a_local_tax_keeps_its_colon() =>
        NeutralAccount.Parse("tax:US-CPI:US-CO:1234:SALES").ShouldBe(
            new NeutralAccount(NeutralKind.Tax, null, null, "US-CPI", "US-CO:1234:SALES"));

    /// <summary>Entries of one direction over every account of the chart.</summary>
    private static Gen<IReadOnlyList<NeutralPosting>> Entries() =>
        from flo in Gen.Elements(true, false)
        let pair = flo ? "CA-FLO:US-CPI" : "US-CPI:CA-FLO"
        let debtor = pair[..6]
        let creditor = pair[7..]
        from names in Gen.SubListOf(
            $"charge:{creditor}:ENERGY", $"charge:{creditor}:TIME", $"tax:{creditor}:CA-QC:GST",
            $"tax:{creditor}:CA-BC:PST", "tax:OWNER:US-CO:12:SALES", $"setoff:{pair}", $"disputed:{pair}",
            $"payment:{debtor}", $"unapplied:{debtor}", "fx:USD-CAD", "rounding", "opening", $"writeoff:{creditor}")
        from amounts in Gen.ListOf(Gen.Choose(-100_000, 100_000), names.Count)
        from recoverable in Gen.Elements<bool?>(true, false, null)
        select (IReadOnlyList<NeutralPosting>)
        [
            .. names.Zip(amounts, (name, n) => Posting(name, n, name.StartsWith("tax", StringComparison.Ordinal) ? recoverable : null)),
            Posting($"due:{pair}", -amounts.Sum(), null),
        ];

    private static NeutralPosting Posting(string account, long debit, bool? recoverable) =>
        new(account, Math.Max(debit, 0), Math.Max(-debit, 0), recoverable);

    [Fact]
    public void Books_balance_mirror_each_other_and_lose_nothing()
    {
        Prop.ForAll(Arb.From(Entries()), entry =>
        {
            var (flo, cpi) = (FlosBooks.Of("USD", entry), CpisBooks.Of("USD", entry));
            flo.Count.ShouldBe(entry.Count);
            for (var i = 0; i < entry.Count; i++)
            {
                // one of the two has the line as it is, the other has it on the other side
                (flo[i].Debit, flo[i].Credit).ShouldBe((cpi[i].Credit, cpi[i].Debit));
                (flo[i].Debit + flo[i].Credit).ShouldBe(entry[i].Debit + entry[i].Credit);
                flo[i].Account.Name.ShouldEndWith(":USD");
            }

            foreach (var books in new[] { flo, cpi, new NeutralBooks().Of("USD", entry) })
            {
                books.Sum(line => line.Debit).ShouldBe(books.Sum(line => line.Credit));
                books.Select(line => line.Account).Distinct().Count().ShouldBe(entry.Count, "no two accounts become one");
            }
        }).Check(Laws.Config(500));
    }
}
