using Settlement.Api.Statements;
using Settlement.Api.Tax;
using Settlement.Domain;
using Settlement.Domain.People;
using Settlement.Projections.Statements;

namespace Settlement.Api.V1;

/// <summary>Reports and statements: the documents of the command line, and statements' lines page by page.</summary>
internal static class ReportApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapRead("/reports", Right.Read, Months, "Months with movement or held CDRs, newest first")
            .Gives<IReadOnlyList<string>>();
        api.MapRead("/reports/{month}", Right.Read, Report, "The monthly settlement report");
        api.MapRead("/statements/{party}/{counterparty}/{month}", Right.Read, Statement,
            "A partner's statement, without its lines");
        api.MapRead("/statements/{party}/{counterparty}/{month}/lines", Right.Read, Lines,
            "The statement's lines, page by page");
        api.MapRead("/documents/{number}", Right.Read, Document,
            "An issued invoice, credit note or debit note");
        api.MapRead("/periods/{month}/{relationship}/documents/{place}", Right.Read, Preliminary,
            "A document of a month that is not issued, as it would be now");
        api.MapRead("/tax/reports/{party}/{month}", Right.Read, TaxReport, "What a party files for a month");
    }

    private static async Task<ApiAnswer> Months(Engine engine, CancellationToken stop) =>
        ApiAnswer.Of((await engine.Reports.Months(stop)).Select(month => Projections.Tables.Ids.Text(month)).ToList());

    private static async Task<ApiAnswer> Report(
        string month, string? relationship, string? books, Engine engine, CancellationToken stop)
    {
        if (Output.Month(month, out var refusal) is not { } wanted)
        {
            return ApiAnswer.No(refusal!);
        }

        var whose = books is null ? null : Output.Party(books, out refusal);
        if (refusal is not null)
        {
            return ApiAnswer.No(refusal);
        }

        var (tenants, side, unknown) = await engine.Reported(relationship, whose, null, stop);
        if (unknown is not null)
        {
            return ApiAnswer.No(unknown);
        }

        var report = await engine.Report(wanted, tenants, side, stop);
        return ApiAnswer.Document(to => ReportJson.Write(to, report));
    }

    private static async Task<ApiAnswer> Statement(
        string party, string counterparty, string month, Engine engine, CancellationToken stop)
    {
        if (await StatementAddress.Find(engine, party, counterparty, month, stop) is not { } found)
        {
            return ApiAnswer.No(StatementAddress.Unknown(party, counterparty, month));
        }

        var statement = await found.Read(engine, stop);
        var issued = await MonthIssued.Of(engine, found.Relationship, found.Month, stop);
        return ApiAnswer.Document(to => ReportJson.Write(to, statement, issued));
    }

    private static async Task<ApiAnswer> Lines(
        string party, string counterparty, string month, int? limit, string? cursor, HttpRequest request,
        Engine engine, CancellationToken stop)
    {
        if (await StatementAddress.Find(engine, party, counterparty, month, stop) is not { } found)
        {
            return ApiAnswer.No(StatementAddress.Unknown(party, counterparty, month));
        }

        var size = Paging.Limit(limit, out var refusal);
        var after = refusal is null ? Paging.Key<LineMark>(cursor, out refusal) : null;
        if (refusal is not null)
        {
            return ApiAnswer.No(refusal);
        }

        var filter = new LineFilter(found.Relationship.ToString(), found.Month);
        var lines = await engine.Reports.Page(filter, after ?? new LineMark(0), size + 1, stop);
        return Paging.Answer(request, lines, size, line => ReportJson.Element(line.Line), line => line.Mark);
    }

    private static async Task<ApiAnswer> Document(string number, Engine engine, CancellationToken stop)
    {
        var book = await engine.Books.Current(stop);
        return await InvoiceFiles.Find(engine, number, stop) is { } found
            ? ApiAnswer.Document(to => InvoiceFiles.Write(to, "json", found.Invoice, book))
            : ApiAnswer.No(InvoiceFiles.Unknown(number));
    }

    private static async Task<ApiAnswer> Preliminary(
        string month, string relationship, int place, Engine engine, CancellationToken stop)
    {
        if (Output.Month(month, out var refusal) is not { } wanted)
        {
            return ApiAnswer.No(refusal!);
        }

        return await MoneyApi.With(relationship, engine, async pair =>
        {
            var (invoice, problem) = await InvoiceFiles.Preliminary(engine, pair, wanted, place, stop);
            var book = await engine.Books.Current(stop);
            return invoice is null
                ? ApiAnswer.No(problem!)
                : ApiAnswer.Document(to => InvoiceFiles.Write(to, "json", invoice, book));
        }, stop);
    }

    private static async Task<ApiAnswer> TaxReport(string party, string month, Engine engine, CancellationToken stop)
    {
        if (Output.Month(month, out var refusal) is not { } wanted || Output.Party(party, out refusal) is not { } id)
        {
            return ApiAnswer.No(refusal!);
        }

        var report = await TaxReportVerb.Of(engine, id, wanted, stop);
        return (await engine.Books.Current(stop)).Party(id) is null && report.Rows.Count == 0
            ? ApiAnswer.No(new Refusal("party.unknown", $"{id} is not registered."))
            : ApiAnswer.Document(to => TaxReportVerb.WriteJson(to, report));
    }
}
