using System.CommandLine;
using System.Globalization;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Statements;

namespace Settlement.Api.Statements;

/// <summary><c>document NUMBER [--format pdf|html|json] [--out PATH]</c></summary>
public static class DocumentVerb
{
    public static Command Create()
    {
        var number = new Argument<string>("NUMBER")
        {
            Description = "as in INV-CA-FLO-US-CPI-000001; before issue MONTH/RELATIONSHIP/PLACE, "
                + "as in 2026-10/CA-FLO~US-CPI/1",
        };
        var format = Output.OpenFormatOption(InvoiceFiles.Formats);
        var path = Output.OutOption();
        var command = new Command("document", "An invoice, credit note or debit note.") { number, format, path };
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
        var (invoice, refusal) = await Find(engine, number, stop);
        if (invoice is null)
        {
            return Shell.Refuse(refusal!);
        }

        await using var to = Output.Open(path);
        InvoiceFiles.Write(to, format, invoice, await engine.Books.Current(stop));
        return ExitCode.Done;
    }

    // MONTH/RELATIONSHIP/PLACE names one that has no number yet
    private static async Task<(Invoice? Invoice, Refusal? Refusal)> Find(Engine engine, string number, CancellationToken stop) =>
        number.Split('/') is [var monthText, var pair, var placeText]
            && Output.Month(monthText, out _) is { } month
            && await engine.Books.Known(Relationship.Parse(pair), stop) is { } relationship
            && int.TryParse(placeText, NumberStyles.None, CultureInfo.InvariantCulture, out var place)
                ? await InvoiceFiles.Preliminary(engine, relationship, month, place, stop)
                : await InvoiceFiles.Find(engine, number, stop) is { } found
                    ? (found.Invoice, null)
                    : (null, InvoiceFiles.Unknown(number));
}
