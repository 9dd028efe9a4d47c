using System.CommandLine;
using Spectre.Console;

namespace Settlement.Api.Statements;

/// <summary>
/// <c>report MONTH [--partner P] [--books PARTY] [--format table|json|csv|xlsx|pdf|html] [--part NAME] [--out PATH]</c>
/// </summary>
public static class ReportVerb
{
    private static readonly IReadOnlyList<string> Formats = ["table", .. ReportFiles.Formats];

    public static Command Create()
    {
        var month = Output.MonthArgument();
        var partner = new Option<string?>("--partner") { Description = "only relationships of this party, as in CA-FLO" };
        var books = new Option<string?>("--books") { Description = "in whose books, as in CA-FLO; without it both sides" };
        var format = Output.OpenFormatOption(Formats);
        var part = new Option<string>("--part")
        {
            Description = $"of csv: {string.Join(" | ", ReportParts.Names)}",
            DefaultValueFactory = _ => ReportParts.Places,
        };
        part.AcceptOnlyFromAmong([.. ReportParts.Names]);
        var path = Output.OutOption();
        var command = new Command("report", "The monthly settlement report.") { month, partner, books, format, part, path };
        command.SetAction((parsed, stop) => Run(
            parsed.GetValue(month)!, parsed.GetValue(partner), parsed.GetValue(books),
            (parsed.GetValue(format)!, parsed.GetValue(part)!, parsed.GetValue(path)), stop));
        return command;
    }

    private static async Task<int> Run(
        string monthText, string? partnerText, string? booksText, (string Format, string Part, string? Path) file,
        CancellationToken stop)
    {
        var (format, part, path) = file;
        if (Output.Month(monthText, out var refusal) is not { } month)
        {
            return Shell.Refuse(refusal!);
        }

        var partner = partnerText is null ? null : Output.Party(partnerText, out refusal);
        var books = booksText is null || refusal is not null ? null : Output.Party(booksText, out refusal);
        if (refusal is not null)
        {
            return Shell.Refuse(refusal);
        }

        if (Output.Unwritable(format, Formats, path) is { } unwritable)
        {
            return Shell.Refuse(unwritable);
        }

        await using var engine = await Engine.Open(stop);
        var (chosen, side, unknown) = await engine.Reported(null, books, partner, stop);
        if (unknown is not null)
        {
            return Shell.Refuse(unknown);
        }

        var report = await engine.Report(month, chosen, side, stop);
        if (format == "table")
        {
            Tables.To(path, console => ReportTable.Print(console, report));
        }
        else
        {
            await using var to = Output.Open(path);
            await ReportFiles.Write(to, format, report, engine, stop, part);
        }

        return report.TiesOut && report.Held.Count == 0 ? ExitCode.Done : ExitCode.Found;
    }
}

/// <summary>Terminal tables, to the terminal or to a text file.</summary>
public static class Tables
{
    public static void To(string? path, Action<IAnsiConsole> print)
    {
        if (path is null)
        {
            if (Console.IsOutputRedirected)
            {
                AnsiConsole.Profile.Width = 200;
            }

            print(AnsiConsole.Console);
            return;
        }

        using var file = new StreamWriter(path);
        print(AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            Out = new AnsiConsoleOutput(file),
        }));
    }
}
