using System.Text.Json;
using Settlement.Api.Files;
using Settlement.Domain.Ledger;
using Settlement.Domain.Periods;
using Settlement.Domain.Statements;

namespace Settlement.Api.Statements;

public static partial class ReportJson
{
    /// <summary>A statement without its lines.</summary>
    public static void Write(Stream to, Statement statement, MonthIssued issued)
    {
        using var json = new Utf8JsonWriter(to, Indented);
        json.WriteStartObject();
        Head(json, statement, issued);
        json.WriteEndObject();
    }

    /// <summary>The lines are written as they come, so that a million of them need no memory.</summary>
    public static async Task Write(
        Stream to, Statement statement, MonthIssued issued, IAsyncEnumerable<StatementLine> lines, CancellationToken stop)
    {
        await using var json = new Utf8JsonWriter(to, Indented);
        json.WriteStartObject();
        Head(json, statement, issued);
        json.WriteStartArray("lines");
        await foreach (var line in lines.WithCancellation(stop))
        {
            Line(json, line);
            if (json.BytesPending > 64 * 1024)
            {
                await json.FlushAsync(stop);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Head(Utf8JsonWriter json, Statement statement, MonthIssued issued)
    {
        json.WriteString("statement_to", statement.To.ToString());
        json.WriteString("counterparty", statement.Counterparty.ToString());
        json.WriteString("month", statement.Month.ToString());
        json.WriteString("time_zone", statement.Zone);
        json.WriteBoolean("provisional", statement.Provisional);
        json.WriteNumber("log_position", statement.Position.Number);
        json.WriteStartArray("balance");
        foreach (var (code, receivable, payable, net) in statement.Balance)
        {
            json.WriteStartObject();
            json.WriteString("currency", code);
            Money(json, "receivable", receivable, Currency.Of(code));
            Money(json, "payable", payable, Currency.Of(code));
            Money(json, "net", net, Currency.Of(code));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Documents(json, issued.Documents);
        Versions(json, issued.Versions);
        Body(json, statement.Directions, statement.Places, statement.Taxes, statement.Held);
    }

    // amounts of a credit note are negative here: they add up
    private static void Documents(Utf8JsonWriter json, IReadOnlyList<Invoice> documents)
    {
        json.WriteStartArray("documents");
        foreach (var document in documents)
        {
            var (currency, sign) = (Currency.Of(document.Currency), document.Sign);
            json.WriteStartObject();
            json.WriteString("number", document.Number);
            json.WriteString("kind", InvoiceFiles.Kind(document.Kind));
            json.WriteString("document_date", Figures.Day(document.Date));
            json.WriteString("due_date", Figures.Day(document.Due));
            json.WriteString("supplier", document.Supplier.ToString());
            json.WriteString("customer", document.Customer.ToString());
            json.WriteString("currency", document.Currency);
            Money(json, "net", sign * document.Net, currency);
            Money(json, "tax", sign * document.Tax, currency);
            Money(json, "total", sign * document.Total, currency);
            if (document.Credited is { } credited)
            {
                json.WriteString("cdr", credited.Cdr.ToString());
                json.WriteString("reason", credited.Reason);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Versions(Utf8JsonWriter json, IReadOnlyList<IssuedStatement> versions)
    {
        json.WriteStartArray("versions");
        foreach (var (draft, digest, numbers, _) in versions)
        {
            json.WriteStartObject();
            json.WriteNumber("version", draft.Version);
            json.WriteString("document_date", Figures.Day(draft.DocumentDate));
            json.WriteNumber("after", draft.PreviousCutOff);
            json.WriteNumber("up_to", draft.CutOff);
            json.WriteNumber("lines", draft.Lines);
            json.WriteString("merkle_root", draft.MerkleRoot);
            json.WriteString("previous_root", draft.PreviousRoot);
            json.WriteString("digest", digest);
            json.WriteStrings("documents", numbers);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
