using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Api.Reconciliation;
using Settlement.Domain.Agreements;
using Settlement.Domain.Reconciliation;

namespace Settlement.Tests.Reconciliation;

/// <summary>What holds for any two lists of CDRs.</summary>
public sealed class ReconciliationLawTests
{
    private static readonly Instant Noon = Instant.FromUtc(2026, 10, 5, 12, 0);

    private static readonly PartyId[] Cpos = [PartyId.Parse("CA-FLO")!.Value, PartyId.Parse("US-CPI")!.Value];

    private static readonly ReconciliationTerms Tolerant = new() { MoneyMinor = 1, MoneyCapMinor = 3 };

    /// <summary>Small worlds, so that ids, sessions, places and moments meet often.</summary>
    private static Gen<ListedCdr> Rows() =>
        from cpo in Gen.Elements(Cpos)
        from id in Gen.Elements("", "a", "A", "b", "c", "d", "e")
        from credit in Gen.Elements(false, false, false, true)
        from session in Gen.Elements<string?>(null, "s1", "S1", "s2", "s3")
        from authorization in Gen.Elements<string?>(null, null, "r1", "r2")
        from evse in Gen.Elements<string?>(null, "e1", "e2")
        from driver in Gen.Elements<string?>(null, null, "p", "q")
        from start in Gen.Elements<int?>(null, 0, 30, 110, 121, 400)
        from kwh in Gen.Elements<decimal?>(null, 10m, 10.0005m, 10.04m, 11m)
        from currency in Gen.Elements("CAD", "CAD", "CAD", "USD", "JPY")
        from cents in Gen.Choose(0, 4)
        from hasNet in Gen.Elements(true, true, false)
        from tax in Gen.Elements<int?>(null, 0, 5)
        let net = (credit ? -1 : 1) * (1000 + cents) / (currency == "JPY" ? 1m : 100m)
        select new ListedCdr
        {
            Line = 0,
            Cpo = cpo,
            Id = id,
            Credit = credit,
            SessionId = session,
            AuthorizationReference = authorization,
            EvseId = evse,
            Driver = driver,
            Start = start is { } seconds ? Noon + Duration.FromSeconds(seconds) : null,
            End = start is { } s ? Noon + Duration.FromSeconds(s + 600) : null,
            EnergyKwh = kwh,
            Currency = currency,
            Net = hasNet ? net : null,
            Tax = tax,
            Total = tax is { } t ? net + t : hasNet ? null : net,
        };

    private static Gen<ListedCdr[]> Lists() => Rows().ListOf().Select(rows => Numbered(rows));

    private static Gen<ListedCdr[]> OurLists() =>
        from rows in Lists()
        from standings in Gen.Elements(ListStanding.Listed, ListStanding.Listed, ListStanding.Held, ListStanding.Adjacent).ListOf(rows.Length)
        select rows.Zip(standings, (row, standing) => row with
        {
            Standing = standing,
            Detail = standing == ListStanding.Listed ? null : "known",
        }).ToArray();

    private static ListedCdr[] Numbered(IEnumerable<ListedCdr> rows) =>
        [.. rows.Select((row, line) => row with { Line = line + 2 })];

    private static Config Config => Laws.Config(400);

    [Fact]
    public void Each_row_is_in_exactly_one_category_and_the_sums_are_those_of_the_lists()
    {
        Prop.ForAll(Arb.From(OurLists()), Arb.From(Lists()), (ours, theirs) =>
        {
            var rows = Reconciling.Of(ours, theirs, Tolerant);

            rows.Where(row => row.CountsOurs).Select(row => row.Ours!.Line).Order()
                .ShouldBe(ours.Where(row => row.Standing == ListStanding.Listed).Select(row => row.Line).Order());
            rows.Select(row => row.Theirs?.Line).OfType<long>().Order().ShouldBe(theirs.Select(row => row.Line).Order());
            foreach (var (currency, one, other) in ReconciliationSummary.Of(rows).Totals)
            {
                one.ShouldBe(Sum(ours.Where(row => row.Standing == ListStanding.Listed && row.Currency == currency)));
                other.ShouldBe(Sum(theirs.Where(row => row.Currency == currency)));
            }
        }).Check(Config);

        static ListSums Sum(IEnumerable<ListedCdr> rows) => rows.Aggregate(ListSums.Zero, (sum, row) => sum.Plus(row));
    }

    [Fact]
    public void The_order_of_rows_does_not_matter()
    {
        Prop.ForAll(Arb.From(OurLists()), Arb.From(Lists()), Arb.From(Gen.Choose(0, int.MaxValue - 1)), (ours, theirs, seed) =>
        {
            var mixed = Answer(Reconciling.Of(Mixed(ours, seed), Mixed(theirs, seed + 1), Tolerant));
            mixed.ShouldBe(Answer(Reconciling.Of(ours, theirs, Tolerant)));
        }).Check(Config);
    }

    /// <summary>Two rows of one CDR that differ in nothing but the letters of an id: the same one is the duplicate.</summary>
    [Fact]
    public void The_order_of_rows_that_are_written_differently_only_does_not_matter()
    {
        ListedCdr row = new()
        {
            Line = 0, Cpo = Cpos[0], Id = "d", SessionId = "s1", AuthorizationReference = "r1", Currency = "CAD", Net = 10m, Total = 10m,
        };
        foreach (var other in new[]
            {
                row with { SessionId = "S1" }, row with { AuthorizationReference = "R1" }, row with { Id = "D" }, row with { Entry = 7 },
            })
        {
            Answer(Reconciling.Of([], Numbered([other, row]), Tolerant)).ShouldBe(Answer(Reconciling.Of([], Numbered([row, other]), Tolerant)));
        }

        var nowhere = row with { Id = "", SessionId = null, AuthorizationReference = null };
        foreach (var other in new[] { nowhere with { Cpo = Cpos[1] }, nowhere with { Credit = true } })
        {
            Answer(Reconciling.Of([], Numbered([other, nowhere]), Tolerant))
                .ShouldBe(Answer(Reconciling.Of([], Numbered([nowhere, other]), Tolerant)));
        }
    }

    [Fact]
    public void Changing_sides_changes_the_names_of_sides_and_nothing_else()
    {
        Prop.ForAll(Arb.From(Lists()), Arb.From(Lists()), (one, other) =>
        {
            var swapped = Reconciling.Of(other, one, Tolerant).Select(row => new ReconciledRow(
                Opposite(row.Category), row.Reason switch { "ours" => "theirs", "theirs" => "ours", var same => same },
                row.Tier, row.Theirs, row.Ours, -row.DifferenceMinor));
            Answer(swapped).ShouldBe(Answer(Reconciling.Of(one, other, Tolerant)));
        }).Check(Config);

        static ReconciliationCategory Opposite(ReconciliationCategory category) => category switch
        {
            ReconciliationCategory.MISSING_OURS => ReconciliationCategory.MISSING_THEIRS,
            ReconciliationCategory.MISSING_THEIRS => ReconciliationCategory.MISSING_OURS,
            ReconciliationCategory.DUPLICATE_OURS => ReconciliationCategory.DUPLICATE_THEIRS,
            ReconciliationCategory.DUPLICATE_THEIRS => ReconciliationCategory.DUPLICATE_OURS,
            _ => category,
        };
    }

    [Fact]
    public void A_list_compared_with_itself_has_only_matches()
    {
        var distinct = Lists().Select(rows => Numbered(rows.Where(row => row.Id.Length > 0).DistinctBy(row => row.Key)));
        Prop.ForAll(Arb.From(distinct), list =>
        {
            var rows = Reconciling.Of(list, list, ReconciliationTerms.Default);
            rows.ShouldAllBe(row => row.Category == ReconciliationCategory.MATCHED && row.Tier == 1);
            rows.Count.ShouldBe(list.Length);
        }).Check(Config);
    }

    [Fact]
    [Trait("Size", "default")]
    public void In_pieces_and_from_files_the_answer_is_the_same_as_at_once()
    {
        Prop.ForAll(Arb.From(OurLists()), Arb.From(Lists()), (ours, theirs) =>
        {
            // in pieces, entries of one CDR count together first: so ids are unique on our side here
            var own = ours.Where(row => row.Standing != ListStanding.Adjacent)
                .DistinctBy(row => row.Key is null ? $"{row.Line}" : $"{row.Key} {row.Standing}").ToArray();
            using var result = Reconciler.Run(
                own.ToAsyncEnumerable(), theirs.ToAsyncEnumerable(), null, Tolerant, default).GetAwaiter().GetResult();
            var atOnce = Reconciling.Of(own, theirs, Tolerant);

            Answer(result.Rows()).ShouldBe(Answer(atOnce));
            result.Summary.Lines.ShouldBe(ReconciliationSummary.Of(atOnce).Lines);
        }).Check(Laws.Config(100));
    }

    private static ListedCdr[] Mixed(ListedCdr[] rows, int seed) =>
        [.. rows.Select((row, i) => (row, Order: unchecked((uint)((i + 1) * 2654435761L + seed * 40503L) % 1009)))
            .OrderBy(each => each.Order).Select(each => each.row)];

    /// <summary>As a bag of lines that tell the content, not where it stood.</summary>
    private static List<string> Answer(IEnumerable<ReconciledRow> rows) =>
        [.. rows.Select(row => $"{row.Category} {row.Reason} {row.Tier} {row.DifferenceMinor} | {Content(row.Ours)} | {Content(row.Theirs)}")
            .Order(StringComparer.Ordinal)];

    private static string Content(ListedCdr? row) => row is null ? "-" : (row with { Line = 0 }).ToString();
}
