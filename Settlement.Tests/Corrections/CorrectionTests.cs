using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Api.Demo;
using Settlement.Domain.Agreements;
using Settlement.Domain.Corrections;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Corrections;

/// <summary>Our own mistakes made good (rules-money 27).</summary>
public sealed class CorrectionTests
{
    private static readonly YearMonth October = new(2026, 10);
    private static readonly Relationship Pair = Relationship.Parse("CA-FLO~US-CPI")!.Value;
    private static readonly PartyId Flo = PartyId.Parse("CA-FLO")!.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_corrected_agreement_moves_exactly_the_difference_and_a_second_time_nothing()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(300));
        await Agency(town);
        var before = await Balances(town);
        var (preview, _) = await town.Engine.Corrections.Preview(Pair, new CorrectionSelection(Month: October, Place: "CA-QC"), Stop);
        preview!.Changes.ShouldNotBeEmpty();
        var (correction, refusal) = await town.Engine.Corrections.Propose(
            Pair, preview.Selection, "the supply is agency since the letter of 1 October", preview.Digest, "ana", Stop);
        refusal.ShouldBeNull();
        var id = correction!.Proposed.Id;

        (await town.Engine.Corrections.Apply(Pair, id, "ana", Stop)).Refusal!.Code.ShouldBe("correction.not-approved");
        (await town.Engine.Corrections.Approve(Pair, id, "ana", Stop))!.Code.ShouldBe("user.same-person");
        (await town.Engine.Corrections.Approve(Pair, id, "bruno", Stop)).ShouldBeNull();
        (await town.Engine.Corrections.Approve(Pair, id, "bruno", Stop)).ShouldBeNull(); // said again: it counts once
        (await town.Engine.Corrections.Apply(Pair, id, "ana", Stop)).Refusal!.Code.ShouldBe("correction.not-approved");
        (await town.Engine.Corrections.Approve(Pair, id, "chloe", Stop)).ShouldBeNull();
        var (applied, _) = await town.Engine.Corrections.Apply(Pair, id, "ana", Stop);

        applied!.Corrected.ShouldBe(preview.Changes.Count);
        var after = await Balances(town);
        foreach (var total in preview.Totals)
        {
            var account = (total.Currency, $"due:{total.OwedBy}:{total.OwedTo}");
            (after.GetValueOrDefault(account) - before.GetValueOrDefault(account)).ShouldBe(total.Due);
        }

        (await town.Engine.Corrections.Apply(Pair, id, "ana", Stop)).Applied!.Corrected.ShouldBe(applied.Corrected);
        var (again, _) = await town.Engine.Corrections.Preview(Pair, preview.Selection, Stop);
        again!.Changes.ShouldBeEmpty();
        (await Balances(town)).ShouldBe(after);
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
        (await town.Rebuild()).ShouldAllBe(tenant => tenant.IsEqual);
    }

    [Fact]
    public async Task A_tax_that_should_never_have_been_charged_leaves_its_account()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(300));
        var book = await town.Engine.Books.Current(Stop);
        var supplier = book.Party(Pair.B)!;
        var fact = new BookFact.PartyRegistered(supplier with
        {
            Registrations = [.. supplier.Registrations.Select(one => one.Tax == "QST" ? one with { Number = null } : one)],
        });
        await town.Engine.Books.Record([(ReferenceFiles.Stream(fact), fact)], "test", Stop);
        var before = await Balances(town);
        var charged = -before[("CAD", "tax:US-CPI:CA-QC:QST")];
        charged.ShouldBeGreaterThan(0);
        var rule = await town.Database.Value<string>(
            "select line ->> 'Rule' from ledger_entries, jsonb_array_elements(taxes) line where line ->> 'Tax' = 'QST' limit 1");

        var (correction, refusal) = await town.Engine.Corrections.Propose(
            Pair, new CorrectionSelection(Rule: rule, Cpo: Pair.B), "US-CPI is not registered for QST", null, "ana", Stop);
        refusal.ShouldBeNull();
        correction!.Proposed.Cdrs.ShouldAllBe(cdr => cdr.What.Contains("tax") && cdr.NetBefore == cdr.NetAfter);
        await town.Engine.Corrections.Approve(Pair, correction.Proposed.Id, "bruno", Stop);
        await town.Engine.Corrections.Approve(Pair, correction.Proposed.Id, "chloe", Stop);
        var (applied, _) = await town.Engine.Corrections.Apply(Pair, correction.Proposed.Id, "ana", Stop);

        applied!.LeftOut.ShouldBeEmpty();
        var after = await Balances(town);
        var less = correction.Proposed.Cdrs.Sum(cdr => cdr.DueBefore - cdr.DueAfter);
        less.ShouldBeInRange(charged / 2, charged);
        (-after[("CAD", "tax:US-CPI:CA-QC:QST")]).ShouldBe(charged - less);
        (before[("CAD", "due:CA-FLO:US-CPI")] - after[("CAD", "due:CA-FLO:US-CPI")]).ShouldBe(less);
        var (again, _) = await town.Engine.Corrections.Preview(Pair, correction.Proposed.Selection, Stop);
        again!.Changes.ShouldBeEmpty();
        again.LeftOut.ShouldAllBe(cdr => cdr.Code == "tax.differs", "the CPO states the tax: that is for it to credit");
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
    }

    [Fact]
    public async Task A_CDR_that_changed_since_the_preview_is_left_out_and_told()
    {
        await using var town = await Town.Begin();
        var documents = Town.Month(200).Where(document => document.Story == DemoStory.Ordinary).ToList();
        await town.Import(documents);
        await Agency(town);
        var (correction, _) = await town.Engine.Corrections.Propose(
            Pair, new CorrectionSelection(Month: October), "agency", null, "ana", Stop);
        await town.Engine.Corrections.Approve(Pair, correction!.Proposed.Id, "bruno", Stop);
        await town.Engine.Corrections.Approve(Pair, correction.Proposed.Id, "chloe", Stop);
        var changed = correction.Proposed.Cdrs[0].Key;
        var other = documents.Single(document => (string)JsonNode.Parse(document.Json.Span)!["id"]! == changed.Id);
        var content = JsonNode.Parse(other.Json.Span)!;
        content["cdr_location"]!["city"] = "Elsewhere";
        await town.Import([other with { Json = Encoding.UTF8.GetBytes(content.ToJsonString()) }]);

        var (applied, _) = await town.Engine.Corrections.Apply(Pair, correction.Proposed.Id, "ana", Stop);

        applied!.Corrected.ShouldBe(correction.Proposed.Cdrs.Count - 1);
        var left = applied.LeftOut.ShouldHaveSingleItem();
        (left.CdrId, left.Code).ShouldBe((changed.Id, "cdr.changed"));
        (await town.Count($"select count(*) from ledger_entries where kind = 'correction' and cdr_id = '{changed.Id}'")).ShouldBe(0);
    }

    [Fact]
    public async Task After_the_month_is_cut_a_correction_is_a_line_of_the_next_with_its_cause()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(200));
        var closing = town.Engine.Closing;
        await closing.SoftClose(Pair, October, Instant.FromUtc(2026, 11, 3, 15, 0), "ana", Stop);
        (await closing.Prepare(Pair, October, new LocalDate(2026, 11, 3), "ana", Stop)).Refusal.ShouldBeNull();
        var inOctober = await town.Count("select count(*) from ledger_entries where period = '2026-10'");
        await Agency(town);
        var (correction, refusal) = await town.Engine.Corrections.Propose(
            Pair, new CorrectionSelection(Place: "CA-QC"), "agency, not resale", null, "ana", Stop);
        refusal.ShouldBeNull();
        await town.Engine.Corrections.Approve(Pair, correction!.Proposed.Id, "bruno", Stop);
        await town.Engine.Corrections.Approve(Pair, correction.Proposed.Id, "chloe", Stop);

        var (applied, _) = await town.Engine.Corrections.Apply(Pair, correction.Proposed.Id, "ana", Stop);

        (await town.Count("select count(*) from ledger_entries where kind = 'correction' and period = '2026-11' "
            + "and corrects_period = '2026-10' and cause = 'agency, not resale'")).ShouldBe(applied!.Corrected);
        (await town.Count("select count(*) from ledger_entries where kind = 'cdr' and period = '2026-11' "
            + "and cause = 'agency, not resale'")).ShouldBe(applied.Corrected);
        (await town.Count("select count(*) from ledger_entries where period = '2026-10'")).ShouldBe(inOctober, "it takes nothing any more");
    }

    [Fact]
    public async Task What_was_released_stays_released_at_its_amount()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(400).Where(document => document.Story == DemoStory.WrongClaim).Take(1));
        var stream = await town.Database.Value<string>("select stream from cdrs where state = 'held'");
        await town.Engine.Decisions.Release(Pair.ToString(), CdrStreams.Key(stream!), 0.5m, "half a dollar", "ana", null, Stop);

        var (preview, _) = await town.Engine.Corrections.Preview(Pair, new CorrectionSelection(Month: October), Stop);

        preview!.Looked.ShouldBe(1);
        preview.Changes.ShouldBeEmpty("nothing is different now");
        preview.LeftOut.ShouldBeEmpty("it would not be held for its claim again");
    }

    [Fact]
    public void Taken_back_and_posted_anew_is_the_difference_on_every_account()
    {
        var settled = from net in Gen.Choose(0, 100_000)
                      from tax in Gen.Choose(0, 20_000)
                      from place in Gen.Elements("CA-QC", "CA-ON", "US-CA")
                      from component in Gen.Elements(ChargeComponent.ENERGY, ChargeComponent.TIME, ChargeComponent.FLAT)
                      select Sample(net, tax, place, component);
        Prop.ForAll(settled.Zip(settled).ToArbitrary(), pair =>
        {
            var (before, after) = pair;
            var reversed = Movement.Of(new CdrFact.CdrReversed(before.Cdr, before, "c", "why"))!.Entry();
            var anew = Movement.Of(new CdrFact.CdrRated(after))!.Entry();
            var sum = Sum([.. reversed.Postings, .. anew.Postings]);
            var (was, now) = (Sum(before.Entry().Postings), Sum(after.Entry().Postings));
            return sum.Values.Sum() == 0
                && sum.All(each => each.Value == now.GetValueOrDefault(each.Key) - was.GetValueOrDefault(each.Key));
        }).Check(Laws.Config(100));
    }

    private static async Task Agency(Town town)
    {
        var changes = new JsonObject { ["valid_from"] = "2026-09-01", ["supply"] = "Agency" };
        var amended = await town.Engine.Amendments.Amend(
            Pair, changes, "letter of 1 October", null, "chloe", Instant.FromUtc(2026, 11, 1, 0, 0), Stop);
        amended.Refusals.ShouldBeEmpty();
    }

    private static async Task<Dictionary<(string, string), long>> Balances(Town town)
    {
        var balances = new Dictionary<(string, string), long>();
        await using var command = town.Engine.Database.CreateCommand(
            """
            select t.currency, t.account, sum(t.debit - t.credit)::bigint from balances t
            join tenant_heads l using (tenant_id, generation) group by 1, 2 order by 1, 2
            """);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        while (await reader.ReadAsync(Stop))
        {
            balances[(reader.GetString(0), reader.GetString(1))] = reader.GetInt64(2);
        }

        return balances;
    }

    private static Dictionary<string, long> Sum(IEnumerable<Posting> postings) => postings
        .GroupBy(posting => posting.Account.Name, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Sum(posting => posting.Debit - posting.Credit), StringComparer.Ordinal);

    private static SettledCdr Sample(int net, int tax, string place, ChargeComponent component)
    {
        var start = Instant.FromUtc(2026, 10, 5, 12, 0);
        return new SettledCdr
        {
            Cdr = new CdrHeading(Flo, "1", Pair.B, "CAD", net / 100m, start, start, October),
            ReceivedAt = start,
            Agreement = 1,
            Place = place,
            PlaceFoundBy = "state",
            TaxDate = new LocalDate(2026, 10, 5),
            Policy = [],
            Lines = [],
            ReRated = net / 100m,
            Claimed = net / 100m,
            SettledBecause = "",
            PricesIncludeTax = false,
            Charges = [new PostedCharge(component, net)],
            Taxes = [new PostedTax("GST", place, "rule", 0.05m, null, net, null, tax, Disposition.Charged, "CPO", true, "", null, null)],
            Net = net,
            Tax = tax,
            Due = net + tax,
            EnergyKwh = 1m,
            ChargingSeconds = 60,
            ParkingSeconds = 0,
        };
    }
}
