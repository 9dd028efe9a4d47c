using Microsoft.AspNetCore.Mvc;
using Settlement.Api.Disputes;
using Settlement.Api.Pages;
using Settlement.Api.People;
using Settlement.Api.Reconciliation;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.People;
using Settlement.Domain.Reconciliation;

namespace Settlement.Api.V1;

/// <summary>A partner's list against ours, and disputes out of it.</summary>
internal static class ReconciliationApi
{
    private const string Comparison = "/reconciliations/{relationship}/{month}";

    private const string Bulk = "/disputes/{relationship}/bulk";

    private static readonly string[] Lists =
        ["application/json", "application/x-ndjson", "text/csv", "application/gzip", "application/octet-stream"];

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapWrite(Comparison, Right.Dispute, Compare,
            "Compares a partner's list, sent as the body: OCPI CDRs as JSON or JSON lines, or CSV, each also gzipped")
            .Accepts<Stream>(Lists[0], Lists[1..]).Gives<ReconciliationAnswer>()
            .WithMetadata(new RequestSizeLimitAttribute(ReconcileEndpoint.MostBytes));
        api.MapReadAtOnce("/reconciliations/{id}", Right.Read, Get,
            "A comparison made before; the last ones are kept")
            .Gives<ReconciliationAnswer>();
        api.MapReadAtOnce("/reconciliations/{id}/rows", Right.Read, Rows,
            "Its rows, as CSV or JSON lines (format: csv, jsonl, disputes)");
        api.MapWrite(Bulk, Right.Dispute, Open,
            "Opens the disputes that a comparison proposes, or those of a CSV sent as the body")
            .Accepts<Stream>("text/csv").Gives<IReadOnlyList<DisputeOutcome>>();
    }

    private static async Task<ApiAnswer> Compare(
        string relationship, string month, string? cpo, string? from, string? to, string? currency, string? zone,
        string? decimals, HttpContext http, Engine engine, ReconciliationShelf shelf, CancellationToken stop)
    {
        var (options, refusal) = ReconcileVerb.Options(from, to, currency, zone ?? "UTC", [], decimals);
        var only = cpo is null || refusal is not null ? null : Output.Party(cpo, out refusal);
        if (refusal is not null || Output.Month(month, out refusal) is not { } wanted)
        {
            return ApiAnswer.No(refusal!);
        }

        return await MoneyApi.With(relationship, engine, async pair =>
        {
            try
            {
                return ApiAnswer.Of(ReconciliationAnswer.Of(await shelf.Compare(
                    engine, (pair, wanted, only), options!, http.Request.Body, "sent to the API", http.Actor(), stop)));
            }
            catch (UnreadableListException e)
            {
                return ApiAnswer.No(e.Refusal);
            }
        }, stop);
    }

    private static ApiAnswer Get(string id, ReconciliationShelf shelf) =>
        shelf.Find(id) is { } one ? ApiAnswer.Of(ReconciliationAnswer.Of(one)) : Unknown(id);

    private static IResult Rows(string id, string? format, ReconciliationShelf shelf) =>
        shelf.Find(id) is not { } one ? Unknown(id)
        : (format ?? "csv") is not ("csv" or "jsonl" or "disputes")
            ? ApiAnswer.No(new Refusal("format.unknown", $"There is no {format} of this; there are csv, jsonl and disputes."))
        : ReconcileEndpoint.File(one, format ?? "csv");

    private static Task<ApiAnswer> Open(
        string relationship, string? reconciliation, HttpContext http, Engine engine, ReconciliationShelf shelf,
        CancellationToken stop) => MoneyApi.With(relationship, engine, async pair =>
    {
        var (rows, batch, refusal) = await Proposed(pair, reconciliation, http, shelf, stop);
        if (refusal is not null)
        {
            return ApiAnswer.No(refusal);
        }

        var today = await engine.Disputes.Today(pair, engine.Now, stop);
        var outcomes = await DisputeBatch.Open(engine.Disputes, pair, rows, batch, today, http.Actor(), stop);
        return ApiAnswer.Of(outcomes.Select(outcome => new DisputeOutcome(
            outcome.Cdr.ToString(), outcome.Refusal is null, outcome.Refusal?.Code, outcome.Refusal?.Message)).ToList());
    }, stop);

    private static async Task<(IReadOnlyList<DisputeProposal> Rows, string Batch, Refusal? Refusal)> Proposed(
        Relationship pair, string? reconciliation, HttpContext http, ReconciliationShelf shelf, CancellationToken stop)
    {
        if (reconciliation is not null)
        {
            return shelf.Find(reconciliation) is { } one && one.Relationship == pair
                ? ([.. one.Result.Disputes()], $"reconciliation {reconciliation}", null)
                : ([], "", NoComparison(reconciliation));
        }

        using var text = new StreamReader(http.Request.Body);
        var (rows, refusal) = DisputeBatch.Read(await text.ReadToEndAsync(stop));
        return (rows ?? [], "sent to the API", refusal);
    }

    private static ApiAnswer Unknown(string id) => ApiAnswer.No(NoComparison(id));

    private static Refusal NoComparison(string id) => new(
        "reconciliation.unknown", $"There is no comparison {id} here: the last ones of this process are kept; send the list again.");
}

/// <summary>What a comparison came to. Every row of both lists is in exactly one category.</summary>
/// <param name="Id">For its rows, and for disputes out of it.</param>
/// <param name="Disputes">How many disputes it proposes.</param>
public sealed record ReconciliationAnswer(
    string Id, string Relationship, string Month, bool AllMatched, IReadOnlyList<ReconciliationCount> Categories, int Disputes)
{
    public static ReconciliationAnswer Of(ShelvedReconciliation one) => new(
        one.Id, one.Relationship.ToString(), Projections.Tables.Ids.Text(one.Month), one.Result.Summary.AllMatched,
        [.. one.Result.Summary.Lines.Select(line => new ReconciliationCount(
            line.Category.ToString(), line.Reason, line.Currency, line.Ours.Rows, line.Theirs.Rows,
            Figures.Exact(line.Ours.Net), Figures.Exact(line.Theirs.Net)))],
        one.Result.Disputes().Count());
}

/// <summary>Rows and net, both sides.</summary>
public sealed record ReconciliationCount(
    string Category, string Reason, string Currency, long Ours, long Theirs, string OurNet, string TheirNet);

/// <summary>What became of one dispute of many.</summary>
public sealed record DisputeOutcome(string Cdr, bool Opened, string? Code, string? Message);
