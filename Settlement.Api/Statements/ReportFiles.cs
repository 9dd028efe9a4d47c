using Settlement.Api.Files;
using Settlement.Domain.Statements;
using Settlement.Projections.Statements;

namespace Settlement.Api.Statements;

/// <summary>The monthly report in every format: the command line and the pages give the same bytes.</summary>
public static class ReportFiles
{
    public static readonly IReadOnlyList<string> Formats = ["json", "csv", "xlsx", "pdf", "html"];

    public static async Task Write(
        Stream to, string format, MonthlyReport report, Engine engine, CancellationToken stop)
    {
        switch (format)
        {
            case "json":
                ReportJson.Write(to, report);
                break;
            case "csv":
                ReportCsv.Write(to, report);
                break;
            case "xlsx":
                var sources = new ReportSources(engine.Reports, new HeldQueries(engine.Database), engine.Periods);
                await ReportBook.Write(to, report, sources, stop);
                break;
            case "pdf":
                PdfPaper.Write(to, ReportPaper.Of(report, await engine.Books.Current(stop)));
                break;
            case "html":
                HtmlPaper.Write(to, ReportPaper.Of(report, await engine.Books.Current(stop)));
                break;
            default:
                throw new InvalidOperationException($"No report is written as {format}.");
        }
    }
}
