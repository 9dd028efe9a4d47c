using Settlement.Api.Statements;

namespace Settlement.Api.Pages;

/// <summary>Issued invoices and notes to download.</summary>
internal static class DocumentEndpoint
{
    public static async Task<IResult> Get(string number, string format, Engine engine, CancellationToken stop)
    {
        if (await InvoiceFiles.Find(engine, number, stop) is not { } found)
        {
            return PageAnswer.Unknown("document.unknown", $"No document {number} was issued.");
        }

        var book = await engine.Books.Current(stop);
        return Downloads.Of(format, InvoiceFiles.Formats, number, to =>
        {
            InvoiceFiles.Write(to, format, found.Invoice, book);
            return Task.CompletedTask;
        });
    }
}
