using NodaTime;
using Settlement.Api.Intake;
using Settlement.Api.Ledger;
using Settlement.Domain;
using Settlement.Domain.Ledger;
using Settlement.Domain.People;
using Settlement.Projections.Statements;
using Settlement.Projections.Tables;

namespace Settlement.Api.V1;

/// <summary>CDRs: what is held and why, and one with its price, its taxes and its postings.</summary>
internal static class CdrApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapRead("/held", Right.Read, Held, "CDRs that are received and not owed").Gives<Page<HeldItem>>();
        api.MapRead("/held/documents", Right.Read, Documents, "Documents that could not be read as CDRs")
            .Gives<Page<UnreadItem>>();
        api.MapReadAtOnce("/cdrs/{relationship}/{owner}/{**id}", Right.Read, Explain,
            "One CDR: every cent of it")
            .Gives<CdrAnswer>();
    }

    private static async Task<ApiAnswer> Held(
        string? month, string? relationship, string? reason, string? state, string? cpo, string? emsp,
        string? currency, int? limit, string? cursor, HttpRequest request, Engine engine, CancellationToken stop)
    {
        var size = Paging.Limit(limit, out var refusal);
        var after = refusal is null ? Paging.Key<HeldCursor>(cursor, out refusal) : null;
        YearMonth? from = refusal is null && after is not null ? Output.Month(after.Month, out refusal) : null;
        var (filter, wrong) = new HeldText(month, relationship, reason, state, cpo, emsp, currency).Read();
        if (filter is null || refusal is not null)
        {
            return ApiAnswer.No((refusal ?? wrong)!);
        }

        var key = after is null ? null : new HeldKey(after.Tenant, from!.Value, after.State, after.Stream);
        var cdrs = await new HeldQueries(engine.Database).Page(filter, key, size + 1, stop);
        return Paging.Answer(
            request, cdrs, size, HeldItem.Of,
            cdr => new HeldCursor(cdr.Tenant, Ids.Text(cdr.Month), cdr.State, cdr.Stream));
    }

    private static async Task<ApiAnswer> Documents(
        int? limit, string? cursor, HttpRequest request, Engine engine, CancellationToken stop)
    {
        var size = Paging.Limit(limit, out var refusal);
        var after = refusal is null ? Paging.Key<NumberCursor>(cursor, out refusal) : null;
        if (refusal is not null)
        {
            return ApiAnswer.No(refusal);
        }

        var found = await new UnreadDocuments(engine.Database).Page(after?.Number ?? 0, size + 1, stop);
        return Paging.Answer(request, found, size, UnreadItem.Of, document => new NumberCursor(document.Number));
    }

    private static async Task<ApiAnswer> Explain(
        string relationship, string owner, string id, Engine engine, CancellationToken stop) =>
        await Explanation.At(engine, relationship, owner, id, stop) is { } found
            ? ApiAnswer.Of(CdrAnswer.Of(found))
            : ApiAnswer.No(new Refusal("cdr.unknown", $"{relationship} has no CDR {owner}/{id}."));

    private sealed record HeldCursor(string Tenant, string Month, string State, string Stream);

    private sealed record NumberCursor(long Number);
}

/// <param name="Claimed">The CPO's total before tax, as a decimal string.</param>
/// <param name="Expected">The re-rated price, where it can be told.</param>
public sealed record HeldItem(
    string Relationship, string Cpo, string Emsp, string CdrId, string State, string Month, string Currency,
    string Start, string End, decimal EnergyKwh, string Claimed, string? Expected, IReadOnlyList<FindingItem> Reasons,
    string? LocationId, string? City, string? LinkedCdrId)
{
    public static HeldItem Of(HeldCdr cdr) => new(
        cdr.Tenant, cdr.Cpo.ToString(), cdr.Emsp.ToString(), cdr.CdrId, cdr.State, Ids.Text(cdr.Month), cdr.Currency,
        cdr.Start.ToString(), cdr.End.ToString(), cdr.EnergyKwh, Numbers.Text(cdr.Claimed),
        cdr.Expected is { } expected ? Numbers.Text(expected) : null, FindingItem.Of(cdr.Reasons), cdr.LocationId,
        cdr.City, cdr.LinkedId);
}

/// <summary>Something found, with its stable code.</summary>
public sealed record FindingItem(string Code, string Pointer, string Detail)
{
    public static IReadOnlyList<FindingItem> Of(IEnumerable<Finding> findings) =>
        [.. findings.Select(finding => new FindingItem(finding.Code, finding.Pointer, finding.Detail))];
}

/// <summary>A document that is kept sealed; what could be told of it.</summary>
public sealed record UnreadItem(
    long Number, string ReceivedAt, string Code, string Message, string? Owner, string? Id, string Source, int Bytes)
{
    public static UnreadItem Of(UnreadDocument document) => new(
        document.Number, document.Recorded.ToString(), document.Code, document.Message,
        document.Owner?.ToString(), document.Id, document.Source, document.Length);
}

/// <summary>Decimals as the API writes them.</summary>
internal static class Numbers
{
    public static string Text(decimal amount) => amount.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static string Money(long minor, string currency) => new Money(minor, Currency.Of(currency)).Text();
}
