using Microsoft.AspNetCore.Http;
using Settlement.Api.Partners;
using static Settlement.Tests.Ocpi.OcpiSite;

namespace Settlement.Tests.Ocpi;

/// <summary>A partner's list as real platforms answer it: how many of its two CDRs are taken, and whether the mark moves.</summary>
public class PullTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Name, Link headers of the first page (@ = the second page), total, what the first page is, taken, error.</summary>
    public static TheoryData<string, string[], string?, string?, int, string?> Answers { get; } = new()
    {
        { "one object and no more", [], "1", null, 1, null },
        { "relative link", ["<?offset=1>; rel=\"next\""], "2", null, 2, null },
        { "rel without quotes", ["<@>; rel=next"], "2", null, 2, null },
        { "rel in capitals", ["<@>; rel=NEXT"], "2", null, 2, null },
        { "prev and next in one header", ["<@&back=1>; rel=\"prev\", <@>; rel=\"next\""], "2", null, 2, null },
        { "empty last page", ["<?offset=2>; rel=\"next\""], "1", null, 1, null },
        { "a comma inside the URL", ["<@&ids=1,2>; rel=\"next\""], "2", null, 2, null },
        { "a semicolon inside the URL", ["<@;v=1>; rel=\"next\""], "2", null, 2, null },
        { "several link headers", ["<@&back=1>; rel=\"prev\"", "<@>; rel=\"next\""], "2", null, 2, null },
        { "a title with a comma", ["<@>; title=\"page 2, of 2\"; rel=\"next\""], "2", null, 2, null },
        { "no link although there are two", [], "2", null, 1, "reports 2 objects (X-Total-Count)" },
        { "no total and no link", [], null, null, 1, null },
        { "data is null", [], "0", "\"data\":null,", 0, null },
        { "no data member", [], null, "", 0, null },
        { "data is no list", [], null, "\"data\":{},", 0, "cannot be had" },
        { "null although there are two", [], "2", "\"data\":null,", 0, "reports 2 objects" },
        { "a link to another server", ["<https://elsewhere.example/cdrs?offset=1>; rel=\"next\""], "2", null, 1, "another server" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_list_is_taken_whole_or_the_mark_stays(
        string name, string[] links, string? total, string? data, int taken, string? error)
    {
        _ = name;
        await using var site = await Begin();
        await using var partner = await Connected(site);
        var cdrs = Ordinary("US-CPI", 2);
        partner.Instead = async http =>
        {
            if (http.Request.Path != "/2.2.1/cdrs")
            {
                return false;
            }

            var offset = http.Request.Query["offset"].ToString();
            var first = offset is "0";
            var items = offset.StartsWith('2') ? "" : first ? cdrs[0] : cdrs[1];
            if (first)
            {
                http.Response.Headers.Link = Array.ConvertAll(
                    links, link => link.Replace("@", $"{partner.Address}/2.2.1/cdrs?offset=1", StringComparison.Ordinal));
            }

            if (total is not null)
            {
                http.Response.Headers["X-Total-Count"] = total;
            }

            var member = first && data is not null ? data : $"\"data\":[{items}],";
            await http.Response.WriteAsync($$"""{{{member}}"status_code":1000}""", Stop);
            return true;
        };

        var pulled = await Pull(site);

        (pulled.Objects, pulled.Refused).ShouldBe((taken, 0));
        (pulled.Error ?? "").ShouldContain(error ?? "");
        var state = (await site.Services.Pulls.Progress.All(Stop)).Single(p => p.Module == "cdrs");
        (pulled.Error is null, state.PulledTo is null).ShouldBe((error is null, error is not null));
        (await site.Town.Count("select count(*) from log.mt_events where type = 'cdr_received'")).ShouldBe(taken);
    }

    [Fact]
    public async Task Bad_objects_are_named_by_their_place_and_the_others_are_taken()
    {
        await using var site = await Begin();
        await using var partner = await Connected(site);
        var cdrs = Ordinary("US-CPI", 3);
        partner.Offers["cdrs"].AddRange(
        [
            cdrs[0], "17", cdrs[1], """{"id":"no owner"}""", """{"id":"\ud800"}""", cdrs[2],
        ]);
        partner.PageSize = 4;

        var pulled = await Pull(site);

        pulled.Objects.ShouldBe(6);
        pulled.Error.ShouldBeNull();
        pulled.Reasons.Select(reason => reason.Split(':')[0]).ShouldBe(
            ["object 2", "object 4", "object 5"], ignoreOrder: true, string.Join("\n", pulled.Reasons));
        (await site.Town.Count("select count(*) from log.mt_events where type = 'cdr_received'")).ShouldBe(3);
        (await site.Town.Count("select count(*) from log.mt_events where type = 'document_held'")).ShouldBe(3);
        (await site.Services.Pulls.Progress.All(Stop)).Single(p => p.Module == "cdrs").LastError.ShouldStartWith("object 2: ");
    }

    [Fact]
    public async Task An_object_dated_after_the_year_9999_leaves_the_others()
    {
        await using var site = await Begin();
        await using var partner = await Connected(site);
        var cdrs = Ordinary("US-CPI", 3);
        cdrs[1] = With(cdrs[1], node => node["last_updated"] = "9999-12-31T23:59:59.999-08:00");
        partner.Offers["cdrs"].AddRange(cdrs);
        partner.PageSize = 3;

        var pulled = await Pull(site);

        pulled.Objects.ShouldBe(3);
        (await site.Town.Count("select count(*) from log.mt_events where type in ('cdr_received', 'document_held')"))
            .ShouldBe(pulled.Error is null ? 3 : 2);
    }

    private static async Task<Pulled> Pull(OcpiSite site)
    {
        var known = (await site.Town.Engine.Tokens.Fresh(Stop)).Partner("US-CPI")!;
        return (await site.Services.Pulls.Pull(known, anyway: true, Stop)).Single(pull => pull.Module == "cdrs");
    }

    private static async Task<ScriptedPartner> Connected(OcpiSite site)
    {
        var partner = await ScriptedPartner.Start("2.2.1", "US", "CPI");
        (await partner.Register($"{site.Address}/ocpi/versions", await site.TokenA(Cpi))).Status.ShouldBe(1000);
        return partner;
    }
}
