using Settlement.Api.Partners;
using Settlement.Domain.People;
using Settlement.Projections.Partners;

namespace Settlement.Api.V1;

/// <summary>Invoice records that partners sent.</summary>
internal static class InvoiceRecordsApi
{
    public static void Map(IEndpointRouteBuilder api) => api.MapRead(
        "/invoice-records", Right.Read, List,
        "Invoice records of partners (OCPI 2.3.0), compared with our documents; relationship= for one")
        .Gives<IReadOnlyList<InvoiceRecordAnswer>>();

    private static async Task<ApiAnswer> List(string? relationship, Engine engine, CancellationToken stop) => ApiAnswer.Of(
        (await InvoiceRecordsVerb.List(engine, relationship, stop)).Select(InvoiceRecordAnswer.Of).ToList());
}

/// <summary>A received record, and what differs from our documents; empty: it agrees.</summary>
public sealed record InvoiceRecordAnswer(
    string Relationship, string Owner, string Id, string InvoiceId, int Cdrs, string ReceivedAt, string Source,
    IReadOnlyList<RecordFinding> Findings)
{
    public static InvoiceRecordAnswer Of(ReceivedRecord one) => new(
        one.Tenant, one.Record.Owner.ToString(), one.Record.Id, one.Record.InvoiceId, one.Record.Cdrs.Count,
        one.ReceivedAt.ToString(), one.Source,
        [.. one.Findings.Select(finding => new RecordFinding(finding.Code, finding.Message))]);
}

public sealed record RecordFinding(string Code, string Detail);
