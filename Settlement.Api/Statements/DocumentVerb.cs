using System.CommandLine;
using Settlement.Domain;

namespace Settlement.Api.Statements;

/// <summary><c>document NUMBER [--format pdf|html|json] [--out PATH]</c></summary>
public static class DocumentVerb
{
    public static Command Create()
    {
        var number = new Argument<string>("NUMBER") { Description = "as in INV-CA-FLO-US-CPI-000001" };
        var format = Output.OpenFormatOption(InvoiceFiles.Formats);
        var path = Output.OutOption();
        var command = new Command("document", "An issued invoice, credit note or debit note.") { number, format, path };
        command.SetAction((parsed, stop) => Run(
            parsed.GetValue(number)!, parsed.GetValue(format)!, parsed.GetValue(path), stop));
        return command;
    }

    private static async Task<int> Run(string number, string format, string? path, CancellationToken stop)
    {
        if (Output.Unwritable(format, InvoiceFiles.Formats, path) is { } unwritable)
        {
            return Shell.Refuse(unwritable);
        }

        await using var engine = await Engine.Open(stop);
        await engine.CatchUp(stop);
        if (await InvoiceFiles.Find(engine, number, stop) is not { } found)
        {
            return Shell.Refuse(new Refusal("document.unknown", $"No document {number} was issued."));
        }

        await using var to = Output.Open(path);
        InvoiceFiles.Write(to, format, found.Invoice, await engine.Books.Current(stop));
        return ExitCode.Done;
    }
}
