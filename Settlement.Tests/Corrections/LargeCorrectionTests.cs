using System.Diagnostics;
using System.Text.Json.Nodes;
using NodaTime;
using Settlement.Api.Corrections;
using Settlement.Api.Demo;
using Settlement.Domain.Agreements;
using Settlement.Domain.Corrections;
using Settlement.Projections.Statements;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Corrections;

/// <summary>A correction of many CDRs goes in pages and each CDR exactly once (rules-money 27).</summary>
public sealed class LargeCorrectionTests
{
    private static readonly YearMonth October = new(2026, 10);
    private static readonly Relationship Pair = Relationship.Parse("CA-FLO~US-CPI")!.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Six_thousand_CDRs_killed_in_the_middle_are_each_corrected_once()
    {
        await using var town = await Begin(9000);
        await DemoPeople.Make(town.Engine, Stop);
        var (preview, _) = await town.Engine.Corrections.Preview(Pair, new CorrectionSelection(Month: October), Stop);
        preview!.Count.ShouldBeGreaterThan(5000);
        preview.Changes.Count.ShouldBe(Correction.PageSize);
        var id = await Approved(town, town.Engine.Corrections, preview);

        using (var first = town.Start("correct", "apply", Pair.ToString(), id, "--actor", "ana"))
        {
            await KillAt(town, first, 1500);
        }

        var reached = await Corrected(town);
        reached.ShouldBeInRange(1500, preview.Count - 1);
        var half = (await town.Engine.Corrections.Load(Pair, id, Stop))!;
        (half.State, half.Applied).ShouldBe((CorrectionState.Posting, null), "finished is only what is posted whole");
        (await town.Program("correct", "withdraw", Pair.ToString(), id, "--actor", "ana", "--reason", "no")).Errors.ShouldContain("correction.begun");

        var (exit, output, errors) = await town.Program("correct", "apply", Pair.ToString(), id, "--actor", "ana");
        exit.ShouldBe(0, errors);
        output.ShouldContain($"applied, {preview.Count:N0} CDRs");
        (await Corrected(town)).ShouldBe(preview.Count);
        (await town.Count("select count(distinct stream_id) from log.mt_events where type = 'cdr_reversed'")).ShouldBe(preview.Count);
        (await town.Count("select sum(due)::bigint from ledger_entries where cause is not null"))
            .ShouldBe(preview.Totals.Sum(total => total.Due));
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
    }

    [Fact]
    public async Task The_digest_covers_every_page_and_two_people_who_apply_it_at_once_post_it_once()
    {
        await using var town = await Begin(300);
        var corrections = new Correcting(town.Engine.Store, town.Engine.Cases, new CorrectionQueries(town.Engine.Database), 7);
        var (preview, _) = await corrections.Preview(Pair, new CorrectionSelection(Month: October, Place: "CA-QC"), Stop);
        preview!.Pages.Count.ShouldBeGreaterThan(2);
        var (whole, _) = await town.Engine.Corrections.Preview(Pair, preview.Selection, Stop);
        preview.Count.ShouldBe(whole!.Changes.Count);
        (await corrections.Propose(Pair, preview.Selection, "agency", new string('0', 64), "ana", Stop))
            .Refusal!.Code.ShouldBe("correction.changed");
        (await town.Count("select count(*) from log.mt_streams where id like 'correction%'")).ShouldBe(0, "what is refused writes nothing");
        var id = await Approved(town, corrections, preview);
        var proposed = (await corrections.Load(Pair, id, Stop))!.Proposed;
        var pages = new List<CorrectedCdr>();
        for (var page = 0; page <= proposed.Pages.Count; page++)
        {
            pages.AddRange(await corrections.Page(Pair, proposed, page, Stop));
        }

        pages.ShouldBe(whole.Changes);
        await Task.WhenAll(corrections.Apply(Pair, id, "ana", Stop), corrections.Apply(Pair, id, "chloe", Stop));

        var done = (await corrections.Load(Pair, id, Stop))!;
        done.Posted.Select(page => page.Page).ShouldBe(Enumerable.Range(0, proposed.Pages.Count + 1));
        (done.Applied!.Corrected, await Corrected(town)).ShouldBe((preview.Count, preview.Count));
        (await town.Rebuild()).ShouldAllBe(tenant => tenant.IsEqual);
    }

    private static async Task<Town> Begin(int cdrs)
    {
        var town = await Town.Begin();
        await town.Import(Town.Month(cdrs));
        (await town.Engine.Amendments.Amend(
            Pair, new JsonObject { ["valid_from"] = "2026-09-01", ["supply"] = "Agency" }, "letter of 1 October", null, "chloe",
            Instant.FromUtc(2026, 11, 1, 0, 0), Stop)).Refusals.ShouldBeEmpty();
        return town;
    }

    private static async Task<string> Approved(Town town, Correcting corrections, CorrectionPreview preview)
    {
        var (correction, refusal) = await corrections.Propose(Pair, preview.Selection, "agency", preview.Digest, "ana", Stop);
        refusal.ShouldBeNull();
        var id = correction!.Proposed.Id;
        (await corrections.Approve(Pair, id, "bruno", Stop)).ShouldBeNull();
        (await corrections.Approve(Pair, id, "chloe", Stop)).ShouldBeNull();
        return id;
    }

    private static Task<long> Corrected(Town town) => town.Count("select count(*) from log.mt_events where type = 'cdr_reversed'");

    private static async Task KillAt(Town town, Process process, long corrected)
    {
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Stop), process.StandardError.ReadToEndAsync(Stop));
        while (!process.HasExited && await Corrected(town) < corrected)
        {
        }

        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(Stop);
        await Task.WhenAll(output, errors);
    }
}
