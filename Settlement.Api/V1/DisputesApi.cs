using Settlement.Api.Disputes;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Disputes;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.People;

namespace Settlement.Api.V1;

/// <summary>Disputes: what is withheld of which CDR, and the steps that end it.</summary>
internal static class DisputesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapRead("/disputes", Right.Read, List, "Disputes, those changed last first").Gives<Page<DisputeAnswer>>();
        api.MapRead("/disputes/{relationship}/accepted", Right.Read, Accepted, "Until when each issued document can be disputed").Gives<IReadOnlyList<AcceptanceAnswer>>();
        api.MapReadAtOnce("/disputes/{relationship}/{owner}/{**id}", Right.Read, Get, "The dispute of one CDR").Gives<DisputeAnswer>();
        api.MapWrite("/disputes/{relationship}", Right.Dispute, Open, "Withholds an amount of one CDR").Accepts<DisputeRequest>("application/json").Gives<DisputeAnswer>();
        foreach (var step in DisputeSteps.Names)
        {
            api.MapWrite($"/disputes/{{relationship}}/{step}", DisputeSteps.RightOf(step), Take(step), $"The step '{step}' of a dispute").Accepts<DisputeStepRequest>("application/json").Gives<DisputeAnswer>();
        }
    }

    private static async Task<ApiAnswer> List(
        string? relationship, string? state, int? limit, string? cursor, HttpRequest request, Engine engine, CancellationToken stop)
    {
        var size = Paging.Limit(limit, out var refusal);
        var after = refusal is null ? Paging.Key<NumberCursor>(cursor, out refusal) : null;
        if (refusal is not null)
        {
            return ApiAnswer.No(refusal);
        }

        var found = await engine.Money.Disputes(relationship, state, after?.Number ?? long.MaxValue, size + 1, stop);
        return Paging.Answer(
            request, found, size, listed => DisputeAnswer.Of(listed.Tenant, listed.State), listed => new NumberCursor(listed.Number));
    }

    private static Task<ApiAnswer> Accepted(string relationship, Engine engine, CancellationToken stop) =>
        MoneyApi.With(relationship, engine, async pair =>
        {
            var today = await engine.Disputes.Today(pair, engine.Now, stop);
            return ApiAnswer.Of((await engine.Disputes.Acceptances(pair, today, stop)).Select(each => new AcceptanceAnswer(
                each.Document, Figures.Day(each.LastDay), each.IsAccepted)).ToList());
        }, stop);

    private static Task<ApiAnswer> Get(string relationship, string owner, string id, Engine engine, CancellationToken stop) =>
        MoneyApi.With(relationship, engine, async pair =>
            PartyId.Parse(owner) is { } party ? await Answer(engine, pair, new CdrKey(party, id), stop)
            : ApiAnswer.No(new Refusal("dispute.unknown", $"Nobody disputed {owner}/{id}.")), stop);

    private static Task<ApiAnswer> Open(
        string relationship, DisputeRequest body, HttpContext http, Engine engine, CancellationToken stop) =>
        MoneyApi.With(relationship, engine, async pair =>
        {
            if (DisputeBatch.Cdr(body.Cdr ?? "", out var refusal) is not { } cdr)
            {
                return ApiAnswer.No(refusal!);
            }

            var asked = new DisputeText(
                cdr, body.Reason ?? "", body.Amount, body.Proposed, body.Evidence ?? "", body.Sha256 ?? "");
            return await DisputeSteps.Open(engine, pair, asked, http.Actor(), stop) is { } no
                ? no.Code == "amount.malformed" ? ApiAnswer.No(no) : ApiAnswer.No(StatusCodes.Status409Conflict, no)
                : await Answer(engine, pair, cdr, stop);
        }, stop);

    private static Delegate Take(string step) =>
        (string relationship, DisputeStepRequest body, HttpContext http, Engine engine, CancellationToken stop) =>
            MoneyApi.With(relationship, engine, async pair =>
            {
                if (DisputeBatch.Cdr(body.Cdr ?? "", out var refusal) is not { } cdr)
                {
                    return ApiAnswer.No(refusal!);
                }

                var asked = new DisputeStep(step, body.Amount, body.Because ?? "", body.Sha256 ?? "");
                return await DisputeSteps.Take(engine, pair, cdr, asked, http.Actor(), stop) is { } no
                    ? ApiAnswer.No(StatusCodes.Status409Conflict, no)
                    : await Answer(engine, pair, cdr, stop);
            }, stop);

    private static async Task<ApiAnswer> Answer(Engine engine, Relationship relationship, CdrKey cdr, CancellationToken stop) =>
        (await engine.Disputes.Find(relationship, cdr, stop)).Dispute is { Cdr: not null } dispute
            ? ApiAnswer.Of(DisputeAnswer.Of(relationship.ToString(), dispute))
            : ApiAnswer.No(new Refusal("dispute.unknown", $"Nobody disputed {cdr}."));

    private sealed record NumberCursor(long Number);
}

/// <param name="Cdr">OWNER/ID, as in US-CPI/C1.</param>
/// <param name="Amount">Gross amount disputed, as a decimal string; all of it where none is given.</param>
/// <param name="Proposed">What the whole CDR should come to, gross.</param>
/// <param name="Evidence">What is wrong, without any driver.</param>
/// <param name="Sha256">Of a file with evidence.</param>
public sealed record DisputeRequest(
    string? Cdr, string? Reason, string? Amount, string? Proposed, string? Evidence, string? Sha256);

/// <param name="Amount">Of uphold: the part that is given up.</param>
/// <param name="Because">Why, or the question, or the evidence.</param>
public sealed record DisputeStepRequest(string? Cdr, string? Amount, string? Because, string? Sha256);

public sealed record AcceptanceAnswer(string Document, string LastDay, bool Accepted);

/// <summary>One CDR's dispute. Amounts are gross, as decimal strings.</summary>
public sealed record DisputeAnswer(
    string Relationship, string Cdr, string Debtor, string Creditor, string Currency, string Month, string? Document,
    string State, string Reason, string Gross, string Disputed, string Proposed, string Withheld, string Credited,
    IReadOnlyList<string> CreditNotes, string OpenedOn, string OpenedBy, string AnswerBy, string Because,
    IReadOnlyList<EvidenceAnswer> Evidence, string? Batch)
{
    public static DisputeAnswer Of(string tenant, Dispute dispute)
    {
        var cdr = dispute.Cdr!;
        return new DisputeAnswer(
            tenant, cdr.Key.ToString(), $"{cdr.Debtor}", $"{cdr.Creditor}", cdr.Currency, Projections.Tables.Ids.Text(cdr.Month),
            dispute.Document, dispute.State.ToString(), dispute.Reason, Text(dispute.Gross), Text(dispute.Disputed),
            Text(dispute.Proposed), Text(dispute.Withheld), Text(dispute.Credited), dispute.Notes,
            Figures.Day(dispute.OpenedOn), dispute.OpenedBy, Figures.Day(dispute.AnswerBy), dispute.Because,
            [.. dispute.Evidence.Select(each => new EvidenceAnswer(each.Text, each.Sha256, Figures.Day(each.On), each.By))],
            dispute.Batch);

        string Text(long minor) => new Money(minor, Domain.Ledger.Currency.Of(cdr.Currency)).Text();
    }
}

public sealed record EvidenceAnswer(string Text, string Sha256, string On, string By);
