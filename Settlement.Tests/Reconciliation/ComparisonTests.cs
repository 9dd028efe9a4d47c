using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Reconciliation;

namespace Settlement.Tests.Reconciliation;

/// <summary>Which category a row falls into, case by case.</summary>
public sealed class ComparisonTests
{
    private static readonly Instant Noon = Instant.FromUtc(2026, 10, 5, 12, 0);

    private static readonly ListedCdr Cdr = new()
    {
        Line = 1,
        Cpo = PartyId.Parse("US-CPI")!.Value,
        Id = "C-1",
        SessionId = "S-1",
        AuthorizationReference = "R-1",
        EvseId = "US*CPI*E1",
        Start = Noon,
        End = Noon + Duration.FromHours(1),
        EnergyKwh = 16.521m,
        Currency = "CAD",
        Net = 11.34m,
        Tax = 1.70m,
        Total = 13.04m,
    };

    private static string Of(ListedCdr ours, ListedCdr theirs, ReconciliationTerms? terms = null) => string.Join(
        ", ", Reconciling.Of([ours], [theirs], terms ?? ReconciliationTerms.Default)
            .Select(row => $"{row.Category}{(row.Reason.Length > 0 ? $" ({row.Reason})" : "")} tier {row.Tier}").Order());

    public static TheoryData<string, ListedCdr, string> Differences => new()
    {
        { "the same", Cdr, "MATCHED tier 1" },
        { "another case of the id", Cdr with { Id = "c-1" }, "MATCHED tier 1" },
        { "half a cent is a cent", Cdr with { Net = 11.345m, Total = null, Tax = null }, "AMOUNT_DIFFERS (rounding) tier 1" },
        { "less than half a cent", Cdr with { Net = 11.3449m, Total = null, Tax = null }, "MATCHED tier 1" },
        { "only the net is told", Cdr with { Tax = null, Total = null }, "MATCHED tier 1" },
        { "one cent", Cdr with { Net = 11.35m, Total = 13.05m }, "AMOUNT_DIFFERS (rounding) tier 1" },
        { "another net", Cdr with { Net = 12.34m, Total = 14.04m }, "AMOUNT_DIFFERS (net) tier 1" },
        { "another tax", Cdr with { Tax = 2.70m, Total = 14.04m }, "TAX_DIFFERS (tax) tier 1" },
        { "only the total, another", Cdr with { Net = null, Tax = null, Total = 14m }, "AMOUNT_DIFFERS (total) tier 1" },
        { "another currency", Cdr with { Currency = "USD" }, "CURRENCY_DIFFERS tier 1" },
        { "a watt-hour", Cdr with { EnergyKwh = 16.522m }, "MATCHED_WITHIN_TOLERANCE (energy) tier 1" },
        { "more than a watt-hour", Cdr with { EnergyKwh = 16.5221m }, "QUANTITY_DIFFERS (energy) tier 1" },
        { "a minute", Cdr with { Start = Noon + Duration.FromSeconds(60) }, "MATCHED_WITHIN_TOLERANCE (time) tier 1" },
        { "more than a minute", Cdr with { End = Noon + Duration.FromSeconds(3661) }, "TIME_DIFFERS (end) tier 1" },
        { "another id, the same session", Cdr with { Id = "X" }, "MATCHED tier 2" },
        { "only the reference", Cdr with { Id = "X", SessionId = null }, "MATCHED tier 3" },
        { "only place, moment and energy", Cdr with { Id = "X", SessionId = null, AuthorizationReference = null, Start = Noon + Duration.FromSeconds(120), EnergyKwh = 16.571m }, "QUANTITY_DIFFERS (energy) tier 4" },
        { "too late for that", Cdr with { Id = "X", SessionId = null, AuthorizationReference = null, Start = Noon + Duration.FromSeconds(121) }, "MISSING_OURS tier 0, MISSING_THEIRS tier 0" },
        { "too much for that", Cdr with { Id = "X", SessionId = null, AuthorizationReference = null, EnergyKwh = 16.572m }, "MISSING_OURS tier 0, MISSING_THEIRS tier 0" },
        { "another CPO", Cdr with { Cpo = PartyId.Parse("CA-FLO") }, "MISSING_OURS tier 0, MISSING_THEIRS tier 0" },
        { "a credit of it", Cdr with { Credit = true, Net = -11.34m, Tax = -1.70m, Total = -13.04m, EnergyKwh = -16.521m }, "CREDITED_ONE_SIDE (theirs) tier 0, MISSING_THEIRS tier 0" },
    };

    [Theory]
    [MemberData(nameof(Differences))]
    public void A_pair_falls_into(string what, ListedCdr theirs, string expected) =>
        Of(Cdr, theirs with { Line = 2 }).ShouldBe(expected, what);

    [Fact]
    public void The_cpos_claim_in_their_list_points_to_the_tariff() =>
        Of(Cdr with { Claimed = 12.34m }, Cdr with { Net = 12.34m, Tax = null, Total = null })
            .ShouldBe("AMOUNT_DIFFERS (tariff) tier 1");

    [Fact]
    public void What_is_held_is_told_with_its_code_and_does_not_count_as_ours()
    {
        var held = Cdr with { Standing = ListStanding.Held, Detail = "tariff.missing", Net = 11m, Tax = null, Total = null };
        Of(held, Cdr).ShouldBe("HELD_OURS (tariff.missing) tier 1");
        ReconciliationSummary.Of(Reconciling.Of([held], [Cdr], ReconciliationTerms.Default)).Totals
            .ShouldBe([("CAD", ListSums.Zero, new ListSums(1, 11.34m, 1, 13.04m, 16.521m))]);
        Reconciling.Of([held], [], ReconciliationTerms.Default).ShouldBeEmpty();
    }

    [Fact]
    public void What_an_adjacent_month_has_is_a_matter_of_timing() =>
        Of(Cdr with { Standing = ListStanding.Adjacent, Detail = "2026-09" }, Cdr).ShouldBe("TIMING (2026-09) tier 1");

    [Fact]
    public void The_best_of_several_under_one_id_is_paired_and_the_others_are_duplicates()
    {
        var rows = Reconciling.Of([Cdr], [Cdr with { Net = 99m }, Cdr, Cdr with { Net = 98m }], ReconciliationTerms.Default);
        rows.Select(row => (row.Category, row.Theirs!.Net)).ShouldBe(
        [
            (ReconciliationCategory.MATCHED, 11.34m), (ReconciliationCategory.DUPLICATE_THEIRS, 99m),
            (ReconciliationCategory.DUPLICATE_THEIRS, 98m),
        ], ignoreOrder: true);
    }

    [Fact]
    public void Two_that_could_be_it_are_for_a_person()
    {
        var nameless = Cdr with { Id = "", SessionId = null, AuthorizationReference = null };
        Reconciling.Of([Cdr], [nameless, nameless with { Start = Noon + Duration.FromSeconds(5) }], ReconciliationTerms.Default)
            .ShouldAllBe(row => row.Category == ReconciliationCategory.AMBIGUOUS && row.Tier == 4);
        // a driver that both tell decides
        var known = Cdr with { Driver = "p" };
        Reconciling.Of([known], [nameless with { Driver = "p" }, nameless with { Driver = "q" }], ReconciliationTerms.Default)
            .Select(row => row.Category).ShouldBe([ReconciliationCategory.MATCHED, ReconciliationCategory.MISSING_OURS], ignoreOrder: true);
    }

    [Fact]
    public void Accepted_differences_count_again_where_they_come_to_more_than_the_cap()
    {
        ListedCdr[] ours = [.. Enumerable.Range(0, 4).Select(i => Cdr with { Id = $"{i}", Tax = null, Total = null })];
        ListedCdr[] theirs = [.. ours.Select(row => row with { Net = row.Net + 0.01m })];
        var terms = new ReconciliationTerms { MoneyMinor = 1 };

        Reconciling.Of(ours, theirs, terms with { MoneyCapMinor = 4 })
            .ShouldAllBe(row => row.Category == ReconciliationCategory.MATCHED_WITHIN_TOLERANCE && row.DifferenceMinor == 1);
        Reconciling.Of(ours, theirs, terms with { MoneyCapMinor = 3 })
            .ShouldAllBe(row => row.Category == ReconciliationCategory.AMOUNT_DIFFERS && row.Reason == "rounding");
    }

    [Fact]
    public void Each_direction_has_its_own_tolerance_and_its_own_cap_also_under_an_alias()
    {
        var (flo, cpi, alias) = (PartyId.Parse("CA-FLO")!.Value, PartyId.Parse("US-CPI")!.Value, PartyId.Parse("CA-CPI")!.Value);
        var agreed = Agreement.ProvisionalFor(Relationship.Between(flo, cpi)) with
        {
            ToleranceMinor = 2,
            Directions = [new DirectionTerms(cpi, ReconcileMinor: 5, ReconcileCapMinor: 9, ReconcileKwh: 1m, ReconcileSeconds: 600)],
        };
        var book = ReferenceBook.Empty.With(
            new BookFact.PartyRegistered(new Party { Id = cpi, LegalName = "ChargePoint", Aliases = [alias] }), 1);
        var terms = ReconciliationTerms.Of(agreed, book);
        ListedCdr Row(PartyId cpo, string id, decimal net = 11.34m, decimal kwh = 16.521m) =>
            Cdr with { Cpo = cpo, Id = id, Net = net, EnergyKwh = kwh, Tax = null, Total = null, SessionId = null, AuthorizationReference = null, EvseId = null };

        string Outcome(PartyId cpo, decimal net, decimal kwh = 16.521m) => string.Join(",", Reconciling
            .Of([Row(cpo, "1")], [Row(cpo, "1", net, kwh)], terms).Select(row => row.Category));

        Outcome(flo, 11.36m).ShouldBe("MATCHED_WITHIN_TOLERANCE"); // the tolerance of prices, where none is agreed for lists
        Outcome(flo, 11.37m).ShouldBe("AMOUNT_DIFFERS");
        Outcome(cpi, 11.39m).ShouldBe("MATCHED_WITHIN_TOLERANCE");
        Outcome(alias, 11.39m).ShouldBe("MATCHED_WITHIN_TOLERANCE");
        Outcome(cpi, 11.40m).ShouldBe("AMOUNT_DIFFERS");
        Outcome(cpi, 11.34m, 17m).ShouldBe("MATCHED_WITHIN_TOLERANCE");
        Outcome(flo, 11.34m, 17m).ShouldBe("QUANTITY_DIFFERS");

        // 5 + 5 under two ids of one direction exceed its cap of 9; the other direction's differences do not count with it
        var rows = Reconciling.Of(
            [Row(cpi, "1"), Row(alias, "2"), Row(flo, "3")],
            [Row(cpi, "1", 11.39m), Row(alias, "2", 11.39m), Row(flo, "3", 11.36m)], terms);
        rows.OrderBy(row => row.Ours!.Id, StringComparer.Ordinal).Select(row => row.Category).ShouldBe([
            ReconciliationCategory.AMOUNT_DIFFERS, ReconciliationCategory.AMOUNT_DIFFERS, ReconciliationCategory.MATCHED_WITHIN_TOLERANCE,
        ]);
    }

    [Fact]
    public void A_difference_is_a_dispute_with_both_numbers()
    {
        var rows = Reconciling.Of([Cdr], [Cdr with { Line = 7, Net = 10.34m, Total = 12.04m }], ReconciliationTerms.Default);
        DisputeProposal.Of(rows[0]).ShouldBe(new DisputeProposal(
            new CdrKey(Cdr.Cpo!.Value, "C-1"), "AMOUNT_DIFFERS", "CAD", 13.04m, 12.04m,
            "line 7 of the partner's list: net 11.34 here, 10.34 CAD there; total 13.04 here, 12.04 CAD there"));

        // a list that tells the net alone: the gross in proportion, 13.04 × 10.34 ÷ 11.34 = 11.8901 → 11.89
        DisputeProposal.Of(Reconciling.Of([Cdr], [Cdr with { Net = 10.34m, Tax = null, Total = null }], ReconciliationTerms.Default)[0])!
            .Proposed.ShouldBe(11.89m);
        DisputeProposal.Of(Reconciling.Of([Cdr], [Cdr with { Net = 12.34m, Total = 14.04m }], ReconciliationTerms.Default)[0])
            .ShouldBeNull("they owe more than is posted: nothing to withhold");
        DisputeProposal.Of(Reconciling.Of([Cdr], [], ReconciliationTerms.Default)[0])!.Proposed.ShouldBe(0m);
        DisputeProposal.Of(Reconciling.Of([], [Cdr], ReconciliationTerms.Default)[0]).ShouldBeNull();
        DisputeProposal.Of(Reconciling.Of([Cdr], [Cdr], ReconciliationTerms.Default)[0]).ShouldBeNull();
    }
}
