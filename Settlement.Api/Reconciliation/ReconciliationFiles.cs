using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Settlement.Api.Files;
using Settlement.Domain.Reconciliation;

namespace Settlement.Api.Reconciliation;

/// <summary>The rows of a reconciliation as files: CSV, JSON lines, and disputes as they could be opened.</summary>
public static class ReconciliationFiles
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly IReadOnlyList<Column> Head = Columns(
        "category", "reason", "tier", "cpo", "cdr_id", "credit", "currency", "our_line", "our_start", "our_kwh", "our_net",
        "our_tax", "our_total", "their_line", "their_cdr_id", "their_currency", "their_start", "their_kwh", "their_net",
        "their_tax", "their_total", "difference");

    /// <summary>In the columns that disputes are opened from, many at once.</summary>
    private static readonly IReadOnlyList<Column> DisputeHead =
        Columns("cdr", "reason", "currency", "claimed", "proposed", "evidence");

    public static void Write(Stream to, string format, ReconciliationResult result, ReconciliationCategory? only = null)
    {
        var rows = result.Rows().Where(row => only is null || row.Category == only);
        switch (format)
        {
            case "jsonl":
                Lines(to, rows, Row);
                break;
            case "disputes":
                Disputes(to, rows.Select(DisputeProposal.Of).OfType<DisputeProposal>());
                break;
            default:
                Csv(to, rows);
                break;
        }
    }

    private static IReadOnlyList<Column> Columns(params IEnumerable<string> names) =>
        [.. names.Select(name => new Column(name))];

    private static void Csv(Stream to, IEnumerable<ReconciledRow> rows)
    {
        var csv = new CsvRows(to, Head);
        foreach (var row in rows)
        {
            var (ours, theirs) = (row.Ours, row.Theirs);
            var any = ours ?? theirs!;
            csv.Text(row.Category.ToString());
            csv.Text(row.Reason);
            csv.Whole(row.Tier);
            csv.Text(any.Cpo?.ToString());
            csv.Text(ours?.Id);
            csv.Text(any.Credit ? "yes" : "no");
            csv.Text(any.Currency);
            csv.Number(ours?.Line);
            Measures(csv, ours);
            csv.Number(theirs?.Line);
            csv.Text(theirs?.Id);
            csv.Text(theirs?.Currency);
            Measures(csv, theirs);
            csv.Number(Difference(row));
            csv.EndRow();
        }

        csv.Finish();
    }

    private static void Measures(CsvRows csv, ListedCdr? cdr)
    {
        csv.Moment(cdr?.Start);
        csv.Number(cdr?.EnergyKwh);
        csv.Number(cdr?.Net);
        csv.Number(cdr?.Tax);
        csv.Number(cdr?.Total);
    }

    private static void Lines<T>(Stream to, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        using var buffered = new BufferedStream(to, 1 << 16);
        using var json = new Utf8JsonWriter(buffered, Json);
        foreach (var item in items)
        {
            write(json, item);
            json.Flush();
            buffered.WriteByte((byte)'\n');
            json.Reset();
        }

        buffered.Flush();
    }

    private static void Row(Utf8JsonWriter json, ReconciledRow row)
    {
        json.WriteStartObject();
        json.WriteString("category", row.Category.ToString());
        json.WriteString("reason", row.Reason);
        json.WriteNumber("tier", row.Tier);
        Side(json, "ours", row.Ours);
        Side(json, "theirs", row.Theirs);
        Amount(json, "difference", Difference(row));
        json.WriteEndObject();
    }

    private static void Side(Utf8JsonWriter json, string name, ListedCdr? cdr)
    {
        if (cdr is null)
        {
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("line", cdr.Line);
        json.WriteString("cpo", cdr.Cpo?.ToString());
        json.WriteString("cdr_id", cdr.Id);
        json.WriteBoolean("credit", cdr.Credit);
        json.WriteString("session_id", cdr.SessionId);
        json.WriteString("evse_id", cdr.EvseId);
        json.WriteString("start", cdr.Start?.ToString());
        json.WriteString("end", cdr.End?.ToString());
        json.WriteString("currency", cdr.Currency);
        Amount(json, "energy_kwh", cdr.EnergyKwh);
        Amount(json, "net", cdr.Net);
        Amount(json, "tax", cdr.Tax);
        Amount(json, "total", cdr.Total);
        json.WriteEndObject();
    }

    private static void Disputes(Stream to, IEnumerable<DisputeProposal> disputes)
    {
        var csv = new CsvRows(to, DisputeHead);
        foreach (var dispute in disputes)
        {
            csv.Text(dispute.Cdr.ToString());
            csv.Text(dispute.Reason);
            csv.Text(dispute.Currency);
            csv.Number(dispute.Claimed);
            csv.Number(dispute.Proposed);
            csv.Text(dispute.Evidence);
            csv.EndRow();
        }

        csv.Finish();
    }

    /// <summary>In units of the currency.</summary>
    public static decimal? Difference(ReconciledRow row) => row.DifferenceMinor is { } minor
        ? minor / (decimal)(Domain.Ledger.Currency.Find(row.Currency)?.Scale ?? 100)
        : null;

    // amounts are strings in JSON: no reader turns them into binary fractions
    private static void Amount(Utf8JsonWriter json, string name, decimal? amount) => json.WriteString(name, Text(amount));

    private static string? Text(decimal? amount) => amount?.ToString(CultureInfo.InvariantCulture);
}
