using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;

namespace Settlement.Api.Tax;

/// <summary>
/// The answer as one JSON object that people script against. Amounts and rates are decimal strings; an
/// undetermined answer has the lines that are sure already, no tax and no total, and the code of the question
/// as its reason.
/// </summary>
public static class TaxAnswerJson
{
    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(TaxQuestion question, TaxAnswer answer)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            switch (answer)
            {
                case TaxAnswer.Determined determined:
                    json.WriteString("outcome", "determined");
                    WriteLines(json, determined.Lines);
                    WriteTotals(json, determined.Net, determined.Tax, determined.Net + determined.Tax);
                    WriteText(json, "reason",
                        determined.Notes.Count == 0 ? null : string.Join(", ", determined.Notes));
                    break;
                case TaxAnswer.Undetermined undetermined:
                    json.WriteString("outcome", "undetermined");
                    WriteLines(json, undetermined.Known);
                    WriteTotals(json, question.AmountsIncludeTax ? null : Sum(question), null, null);
                    json.WriteString("reason", undetermined.Code);
                    json.WriteString("question", undetermined.Question);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(answer), answer, "not a tax answer");
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    public static string Word(Disposition disposition) => disposition switch
    {
        Disposition.Charged => "charged",
        Disposition.Exempt => "exempt",
        Disposition.Included => "included",
        Disposition.RemittedByDebtor => "remitted_by_debtor",
        _ => throw new ArgumentOutOfRangeException(nameof(disposition), disposition, "not a disposition"),
    };

    private static void WriteLines(Utf8JsonWriter json, IReadOnlyList<TaxLine> lines)
    {
        json.WriteStartArray("lines");
        foreach (var line in lines)
        {
            json.WriteStartObject();
            json.WriteString("tax", line.Tax);
            json.WriteString("jurisdiction", line.Jurisdiction);
            json.WriteString("rule", line.Rule);
            json.WriteString(
                line.PerKwh is null ? "rate" : "per_kwh", Number(line.PerKwh ?? line.Rate ?? 0m));
            json.WriteString("base", line.Base.Text());
            json.WriteString("amount", line.Amount.Text());
            json.WriteString("disposition", Word(line.Disposition));
            json.WriteString("because", line.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTotals(Utf8JsonWriter json, Money? net, Money? tax, Money? total)
    {
        WriteText(json, "net", net?.Text());
        WriteText(json, "tax", tax?.Text());
        WriteText(json, "total", total?.Text());
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, text);
        }
    }

    private static Money Sum(TaxQuestion question) => question.Amounts.Aggregate(
        Money.Zero(question.Currency), (sum, each) => sum + each.Amount);

    private static string Number(decimal value) =>
        value.ToString("0.############", CultureInfo.InvariantCulture);
}
