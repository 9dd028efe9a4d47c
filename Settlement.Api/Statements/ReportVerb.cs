using System.CommandLine;
using Spectre.Console;

namespace Settlement.Api.Statements;

/// <summary><c>report MONTH [--partner P] [--format table|json|csv|xlsx|pdf|html] [--out PATH]</c></summary>
public static class ReportVerb
{
    private static readonly IReadOnlyList<string> Formats = ["table", .. ReportFiles.Formats];

    public static Command Create()
    {
        var month = Output.MonthArgument();
        var partner = new Option<string?>("--partner") { Description = "only relationships of this party, as in CA-FLO" };
        var format = Output.OpenFormatOption(Formats);
        var path = Output.OutOption();
        var command = new Command("report", "The monthly settlement report.") { month, partner, format, path };
        command.SetAction((parsed, stop) => Run(
            parsed.GetValue(month)!, parsed.GetValue(partner), parsed.GetValue(format)!, parsed.GetValue(path), stop));
        return command;
    }

    private static async Task<int> Run(string monthText, string? partnerText, string format, string? path, CancellationToken stop)
    {
        if (Output.Month(monthText, out var refusal) is not { } month)
        {
            return Shell.Refuse(refusal!);
        }

        var partner = partnerText is null ? null : Output.Party(partnerText, out refusal);
        if (refusal is not null)
        {
            return Shell.Refuse(refusal);
        }

        if (Output.Unwritable(format, Formats, path) is { } unwritable)
        {
            return Shell.Refuse(unwritable);
        }

        await using var engine = await Engine.Open(stop);
        await engine.CatchUp(stop);
        var tenants = await engine.Reports.TenantsWithMovement(null, stop);
        var chosen = partner is { } party
            ? tenants.Where(t => Domain.Agreements.Relationship.Parse(t)!.Value.Has(party)).ToList()
            : tenants;
        var report = await engine.Reports.Report(month, chosen, stop);
        if (format == "table")
        {
            Tables.To(path, console => ReportTable.Print(console, report));
        }
        else
        {
            await using var to = Output.Open(path);
            await ReportFiles.Write(to, format, report, engine, stop);
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
