using Settlement.Api.Statements;
using Settlement.Api.Tax;
using Settlement.Domain.Agreements;
using Settlement.Domain.Tax;

namespace Settlement.Api.Pages;

/// <summary>A question about tax with its answer, from the rule book of the database.</summary>
/// <param name="Question">Null where the form cannot be understood; then there is no answer either.</param>
public sealed record TaxView(TaxForm Form, TaxQuestion? Question, TaxAnswer? Answer, ReferenceBook Book)
{
    /// <summary>The place that was asked about; null where there is none of this name.</summary>
    public string? Place => Places.Named(Form["place"])?.Code;
}

internal static class TaxEndpoint
{
    public static async Task<IResult> Ask(HttpRequest request, Engine engine, CancellationToken stop)
    {
        var book = await engine.Books.Current(stop);
        var form = new TaxForm(
            field => request.Query.TryGetValue(field, out var text) ? text.ToString() : null,
            engine.Now.InUtc().Date);
        TaxQuestion? question = null;
        TaxAnswer? answer = null;
        if (form.Inquiry is { } inquiry)
        {
            (question, var refusal) = inquiry.Question(book.Taxes);
            answer = question is null ? null : inquiry.Answer(question, book.Taxes);
            if (refusal is not null)
            {
                form.Refuse(refusal);
            }
        }

        return PageAnswer.Page<TaxPage>(
            new { View = new TaxView(form, question, answer, book) },
            answer is null ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK);
    }

    public static async Task<IResult> Rules(string? place, Engine engine, CancellationToken stop)
    {
        var code = OwnForms.Given(place) is { } given ? Places.Named(given)?.Code : "";
        return code is null
            ? PageAnswer.Unknown("place.unknown", $"{place} is no place such as CA-QC or US-NY.")
            : PageAnswer.Page<TaxRulesPage>(new { Place = code, Book = await engine.Books.Current(stop) });
    }

    public static async Task<IResult> Report(string party, string month, Engine engine, CancellationToken stop) =>
        await Find(engine, party, month, stop) is { } report
            ? PageAnswer.Page<TaxReportPage>(new
            {
                Report = report,
                Book = await engine.Books.Current(stop),
                Months = await engine.Reports.Months(stop),
            })
            : Unknown(party, month);

    public static async Task<IResult> Download(
        string party, string month, string format, Engine engine, CancellationToken stop) =>
        await Find(engine, party, month, stop) is { } report
            ? Downloads.Of(format, $"tax-report-{report.Party}-{month}", to =>
            {
                if (format == "csv")
                {
                    ReportCsv.Write(to, report);
                }
                else
                {
                    TaxReportVerb.WriteJson(to, report);
                }

                return Task.CompletedTask;
            })
            : Unknown(party, month);

    /// <summary>Null where the party is not registered and nothing of it is posted either.</summary>
    private static async Task<TaxReport?> Find(Engine engine, string party, string month, CancellationToken stop)
    {
        if (PartyId.Parse(party) is not { } id || Output.Month(month, out _) is not { } wanted)
        {
            return null;
        }

        var report = await TaxReportVerb.Of(engine, id, wanted, stop);
        var known = (await engine.Books.Current(stop)).Party(id) is not null;
        return known || report.Rows.Count > 0 || report.TieOuts.Count > 0 ? report : null;
    }

    private static IResult Unknown(string party, string month) => PageAnswer.Unknown(
        "tax-report.unknown", $"There is no tax report of {party} for {month}.");
}
