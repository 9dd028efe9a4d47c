using Settlement.Api.Statements;
using Settlement.Domain.Statements;

namespace Settlement.Api.Pages;

/// <summary>Invoices and notes to download.</summary>
internal static class DocumentEndpoint
{
    public static async Task<IResult> Get(string number, string format, Engine engine, CancellationToken stop)
    {
        if (await InvoiceFiles.Find(engine, number, stop) is not { } found)
        {
            return PageAnswer.Unknown(InvoiceFiles.Unknown(number));
        }

        return await File(found.Invoice, number, format, engine, stop);
    }

    /// <summary>One of a month that is not issued, as it would be now; of an issued month its numbered one.</summary>
    public static async Task<IResult> Preliminary(
        string month, string tenant, int place, string format, Engine engine, CancellationToken stop)
    {
        var (relationship, wanted, problem) = await CloseEndpoint.Find(month, tenant, engine, stop);
        if (problem is not null)
        {
            return problem;
        }

        var (invoice, refusal) = await InvoiceFiles.Preliminary(engine, relationship, wanted, place, stop);
        return invoice is null
            ? PageAnswer.Unknown(refusal!)
            : await File(invoice, $"preliminary-{month}-{relationship}-{place}", format, engine, stop);
    }

    private static async Task<IResult> File(Invoice invoice, string name, string format, Engine engine, CancellationToken stop)
    {
        var book = await engine.Books.Current(stop);
        return Downloads.Of(format, InvoiceFiles.Formats, name, to =>
        {
            InvoiceFiles.Write(to, format, invoice, book);
            return Task.CompletedTask;
        });
    }
}
