using Settlement.Api.Intake;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.People;
using Settlement.Projections.Statements;

namespace Settlement.Api.V1;

/// <summary>A person's decisions on held CDRs, one by one and many at once.</summary>
internal static class HeldDecisionsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapWrite("/held/release", Right.ReleaseHeld, Release,
            "Settles a held CDR at an amount not above its price; with evidence it proposes one up to the claim")
            .Accepts<HeldRequest>("application/json").Gives<HeldAnswer>();
        api.MapWrite("/held/approve", Right.ApproveCorrection, Approve,
            "Approves a release on evidence that somebody else proposed, at the amount or version stated")
            .Accepts<HeldRequest>("application/json").Gives<HeldAnswer>();
        api.MapWrite("/held/reject", Right.ReleaseHeld, Reject, "Gives up on a held CDR")
            .Accepts<HeldRequest>("application/json").Gives<HeldAnswer>();
        api.MapWrite("/held/choose", Right.ReleaseHeld, Choose, "Chooses between the contents under one id")
            .Accepts<HeldRequest>("application/json").Gives<HeldAnswer>();
        api.MapWrite("/held/another-session", Right.ReleaseHeld, AnotherSession,
            "States that a CDR held as the second of its session belongs to another session")
            .Accepts<HeldRequest>("application/json").Gives<HeldAnswer>();
        api.MapWrite("/held/look-again", Right.ReleaseHeld, LookAgain,
            "Puts a rejected CDR in question again")
            .Accepts<HeldRequest>("application/json").Gives<HeldAnswer>();
        api.MapRead("/held/bulk", Right.Read, Preview, "What a bulk decision would come to")
            .Gives<BulkAnswer>();
        api.MapWrite("/held/bulk", Right.ReleaseHeld, Bulk,
            "Decides on all that a filter finds; each CDR answers")
            .Accepts<BulkRequest>("application/json").Gives<IReadOnlyList<HeldAnswer>>();
        api.MapWrite("/held/documents/review", Right.ReleaseHeld, Review,
            "Reads again what could not be read")
            .Gives<IReadOnlyList<DocumentItem>>();
    }

    private static Task<ApiAnswer> Release(HeldRequest? request, HttpContext http, Engine engine, CancellationToken stop) =>
        One(request, async (asked, key) =>
        {
            CdrAnswered No(Refusal refusal) => new(asked.Relationship!, key, null, refusal);
            if (asked.Amount is not { } amount)
            {
                return No(new Refusal("amount.missing", "State the amount."));
            }

            if (asked is { Evidence: null, EvidenceSha256: null })
            {
                return await engine.Decisions.Release(
                    asked.Relationship!, key, amount, asked.Reason ?? "", http.Actor(), asked.Version, stop);
            }

            var (evidence, refusal) = ReleaseEvidence.Of(asked.Evidence, asked.EvidenceSha256);
            return refusal is not null ? No(refusal) : await engine.Decisions.Propose(
                asked.Relationship!, key, new CdrRelease(amount, asked.Reason ?? "", http.Actor()) { Evidence = evidence },
                asked.Version, stop);
        });

    private static Task<ApiAnswer> Approve(HeldRequest? request, HttpContext http, Engine engine, CancellationToken stop) =>
        One(request, (asked, key) => engine.Decisions.Approve(
            asked.Relationship!, key, asked.Amount, http.Actor(), asked.Version, stop));

    private static Task<ApiAnswer> Reject(HeldRequest? request, HttpContext http, Engine engine, CancellationToken stop) =>
        One(request, (asked, key) => engine.Decisions.Reject(
            asked.Relationship!, key, asked.Reason ?? "", http.Actor(), asked.Version, stop));

    private static Task<ApiAnswer> Choose(HeldRequest? request, HttpContext http, Engine engine, CancellationToken stop) =>
        One(request, (asked, key) => engine.Decisions.Choose(
            asked.Relationship!, key, asked.Content ?? "", asked.Reason ?? "", http.Actor(), asked.Version, stop));

    private static Task<ApiAnswer> AnotherSession(HeldRequest? request, HttpContext http, Engine engine, CancellationToken stop) =>
        One(request, (asked, key) => engine.Decisions.AnotherSession(
            asked.Relationship!, key, asked.Reason ?? "", http.Actor(), asked.Version, stop));

    private static Task<ApiAnswer> LookAgain(HeldRequest? request, HttpContext http, Engine engine, CancellationToken stop) =>
        One(request, (asked, key) => engine.Decisions.LookAgain(
            asked.Relationship!, key, asked.Reason ?? "", http.Actor(), stop));

    private static async Task<ApiAnswer> Preview(
        string? action, string? month, string? relationship, string? reason, string? state, string? cpo, string? emsp,
        string? currency, Engine engine, CancellationToken stop)
    {
        var (filter, wanted, refusal) = Read(
            action, new HeldText(month, relationship, reason, state, cpo, emsp, currency));
        var (preview, no) = refusal is null ? await engine.Bulk.Preview(filter!, wanted, stop) : (null, refusal);
        return preview is null ? ApiAnswer.No(no!) : ApiAnswer.Of(BulkAnswer.Of(preview));
    }

    private static async Task<ApiAnswer> Bulk(BulkRequest? request, HttpContext http, Engine engine, CancellationToken stop)
    {
        var asked = request ?? new BulkRequest();
        var (filter, action, refusal) = Read(asked.Action, new HeldText(
            asked.Month, asked.Relationship, asked.Code, asked.State, asked.Cpo, asked.Emsp, asked.Currency));
        if (refusal is not null)
        {
            return ApiAnswer.No(refusal);
        }

        var (answers, no) = await engine.Bulk.Apply(filter!, action, asked.Because ?? "", http.Actor(), asked.Digest, stop);
        return no is null ? ApiAnswer.Of(answers.Select(HeldAnswer.Of).ToList()) : ApiAnswer.No(StatusCodes.Status409Conflict, no);
    }

    private static async Task<ApiAnswer> Review(HttpContext http, Engine engine, CancellationToken stop)
    {
        var answers = await engine.Documents.Review(null, null, http.Actor(), stop);
        await engine.AfterCredits(stop);
        return ApiAnswer.Of(answers.Select(answer => new DocumentItem(
            answer.Document.Number, answer.Document.Source, answer.Answer?.Tenant, answer.Answer?.Key?.ToString(),
            answer.Answer?.Outcome.ToString().ToLowerInvariant(), answer.Refusal?.Code, answer.Refusal?.Message)).ToList());
    }

    private static async Task<ApiAnswer> One(HeldRequest? request, Func<HeldRequest, CdrKey, Task<CdrAnswered>> decide)
    {
        if (request is not { Relationship: { } tenant, Owner: { } owner, Id: { } id }
            || Relationship.OfTenant(tenant) is null || PartyId.Parse(owner) is not { } party)
        {
            return ApiAnswer.No(new Refusal("cdr.malformed", "State the relationship, owner and id of the CDR."));
        }

        var answer = await decide(request, new CdrKey(party, id));
        return answer.Refusal is { } refusal
            ? refusal.Code == "cdr.unknown" ? ApiAnswer.No(refusal) : ApiAnswer.No(StatusCodes.Status409Conflict, refusal)
            : ApiAnswer.Of(HeldAnswer.Of(answer));
    }

    private static (HeldFilter? Filter, BulkAction Action, Refusal? Refusal) Read(string? action, HeldText asked)
    {
        var (filter, refusal) = asked.Read();
        var what = BulkActions.Read(action, out var unknown);
        return (filter, what ?? default, refusal ?? unknown);
    }
}

/// <param name="Relationship">CA-FLO~US-CPI</param>
/// <param name="Owner">The CPO.</param>
/// <param name="Version">Of the CDR's stream as it was seen; another one is refused.</param>
/// <param name="Amount">
/// Of a release: before tax, after where the tariff includes tax. Of an approval: the amount proposed; required there
/// unless the version is stated.
/// </param>
/// <param name="Evidence">Of a release that no tariff proves: a document the partner can look up.</param>
/// <param name="EvidenceSha256">Of a release that no tariff proves: SHA-256 of a file, hex.</param>
/// <param name="Content">Of a choice: the content's digest, or its first characters.</param>
public sealed record HeldRequest(
    string? Relationship, string? Owner, string? Id, string? Reason, decimal? Amount, string? Content, long? Version,
    string? Evidence = null, string? EvidenceSha256 = null);

public sealed record HeldAnswer(string Relationship, string Cdr, string Answer, string? RefusalCode)
{
    public static HeldAnswer Of(CdrAnswered answer) =>
        new(answer.Tenant, answer.Key.ToString(), answer.Text, answer.Refusal?.Code);
}

/// <param name="Code">The reason they are held for.</param>
/// <param name="Because">Why it is decided so; recorded with each.</param>
/// <param name="Digest">Of the preview; applied is only what was shown.</param>
public sealed record BulkRequest(
    string? Action = null, string? Month = null, string? Relationship = null, string? Code = null, string? State = null,
    string? Cpo = null, string? Emsp = null, string? Currency = null, string? Because = null, string? Digest = null);

public sealed record BulkAnswer(
    string Digest, int Allowed, IReadOnlyList<BulkSum> Totals, IReadOnlyList<BulkItem> Cdrs)
{
    public static BulkAnswer Of(BulkPreview preview) => new(
        preview.Digest, preview.Allowed,
        [.. preview.Totals.Select(total => new BulkSum(
            total.Emsp.ToString(), total.Cpo.ToString(), total.Currency, total.Cdrs, Numbers.Money(total.Net, total.Currency),
            Numbers.Money(total.Tax, total.Currency), Numbers.Money(total.Due, total.Currency)))],
        [.. preview.Lines.Select(line => new BulkItem(
            line.Cdr.Tenant, $"{line.Cdr.Cpo}/{line.Cdr.CdrId}", line.Amount is { } amount ? Numbers.Text(amount) : null,
            line.Due is { } due ? Numbers.Money(due, line.Cdr.Currency) : null, line.Refusal?.Code))]);
}

public sealed record BulkSum(string Emsp, string Cpo, string Currency, int Cdrs, string Net, string Tax, string Due);

public sealed record BulkItem(string Relationship, string Cdr, string? Amount, string? Due, string? RefusalCode);

public sealed record DocumentItem(
    long Number, string Source, string? Relationship, string? Cdr, string? Outcome, string? RefusalCode, string? Message);
