using Settlement.Api.Files;
using Settlement.Domain.Statements;
using Settlement.Projections.Statements;

namespace Settlement.Api.Statements;

/// <summary>The monthly report in every format: the command line and the pages give the same bytes.</summary>
public static class ReportFiles
{
    public static readonly IReadOnlyList<string> Formats = ["json", "csv", "xlsx", "pdf", "html"];

    /// <param name="part">Of a CSV: one of <see cref="ReportParts.Names"/>.</param>
    public static async Task Write(
        Stream to, string format, MonthlyReport report, Engine engine, CancellationToken stop, string part = ReportParts.Places)
    {
        switch (format)
        {
            case "json":
                ReportJson.Write(to, report);
                break;
            case "csv":
                ReportCsv.Write(to, report, part);
                break;
            case "xlsx":
                var sources = new ReportSources(engine.Reports, new HeldQueries(engine.Database), engine.Periods, await IsIssued(report, engine, stop));
                await ReportBook.Write(to, report, sources, stop);
                break;
            case "pdf":
                PdfPaper.Write(to, ReportPaper.Of(report, await engine.Books.Current(stop), await IsIssued(report, engine, stop)));
                break;
            case "html":
                HtmlPaper.Write(to, ReportPaper.Of(report, await engine.Books.Current(stop), await IsIssued(report, engine, stop)));
                break;
            default:
                throw new InvalidOperationException($"No report is written as {format}.");
        }
    }

    /// <summary>Whether the statement of every relationship with movement is out: the figures change no more.</summary>
    private static async Task<bool> IsIssued(MonthlyReport report, Engine engine, CancellationToken stop)
    {
        foreach (var relationship in report.Directions.Select(total => total.Direction.Relationship).Distinct())
        {
            var period = (await engine.Closing.Book(relationship, stop)).Month(report.Month);
            if (!period.IsIssued)
            {
                return false;
            }
        }

        return report.Places.Count > 0;
    }
}
