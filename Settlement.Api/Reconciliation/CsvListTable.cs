using CsvHelper;
using NodaTime;
using NodaTime.Text;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Reconciliation;

namespace Settlement.Api.Reconciliation;

/// <summary>The header of a list, and what its rows say under it.</summary>
internal sealed class CsvListTable
{
    /// <summary>Our names, and the headers they are known under.</summary>
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["cpo"] = ["creditor", "cpo"],
        ["country_code"] = ["cdr_country_code", "country_code"],
        ["party_id"] = ["cdr_party_id", "party_id"],
        ["id"] = ["cdr_id", "id"],
        ["kind"] = ["kind"],
        ["credit"] = ["credit"],
        ["entry"] = ["log_number"],
        ["session_id"] = ["session_id"],
        ["authorization_reference"] = ["authorization_reference"],
        ["evse_id"] = ["evse_id"],
        ["driver"] = ["token_pseudonym"],
        ["start"] = ["start", "start_utc", "start_date_time"],
        ["end"] = ["end", "end_utc", "end_date_time"],
        ["energy_kwh"] = ["energy_kwh", "kwh", "total_energy"],
        ["currency"] = ["currency"],
        ["net"] = ["net", "net_total"],
        ["tax"] = ["tax", "tax_total"],
        ["total"] = ["due", "gross", "total"],
    };

    /// <summary>What a row of totals begins with.</summary>
    private static readonly HashSet<string> TotalWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "total", "totals", "grand total", "sum", "totaux", "total général", "somme",
    };

    public static IEnumerable<string> Names => Known.Keys;

    private readonly ListOptions options;
    private readonly string[] head;
    private readonly Dictionary<string, int> columns = new(StringComparer.Ordinal);

    public CsvListTable(string[] head, ListOptions options, long line)
    {
        (this.head, this.options) = ([.. head.Select(cell => cell.Trim())], options);
        foreach (var (name, headers) in Known)
        {
            var wanted = options.Columns.TryGetValue(name, out var header) ? [header] : headers;
            var at = Array.FindIndex(
                this.head, cell => wanted.Contains(cell, StringComparer.OrdinalIgnoreCase));
            if (at >= 0)
            {
                columns[name] = at;
                var twice = Array.FindIndex(
                    this.head, at + 1, cell => cell.Equals(this.head[at], StringComparison.OrdinalIgnoreCase));
                if (twice >= 0)
                {
                    throw new UnreadableListException(new Refusal(
                        "list.columns",
                        $"line {line}: columns {at + 1} and {twice + 1} are both '{this.head[at]}'; rename one."));
                }
            }
            else if (header is not null)
            {
                throw Missing($"no column '{header}'");
            }
        }

        CheckColumns();
    }

    private void CheckColumns()
    {
        var hasParty = Has("cpo") || (Has("country_code") && Has("party_id"));
        if (!hasParty && options.Cpo is null)
        {
            throw Missing("no column names the CPO: add --from CPO");
        }

        if (!Has("currency") && options.Currency is null)
        {
            throw Missing("no column names the currency: add --currency CAD");
        }

        if (!Has("id") && !Has("session_id") && !Has("authorization_reference") && !Has("evse_id"))
        {
            throw Missing("no column names a CDR, session, authorization or EVSE: add --columns id=…");
        }

        if (!Has("net") && !Has("total"))
        {
            throw Missing("no column has an amount: add --columns net=… or total=…");
        }
    }

    /// <summary>As spreadsheets leave them below a list.</summary>
    public static bool IsEmpty(CsvParser row) => Array.TrueForAll(row.Record!, string.IsNullOrWhiteSpace);

    /// <summary>The sums of a row of totals: it names no time, and nothing else but what it is. Null: it is a row.</summary>
    public CsvSums? Totals(CsvParser row) =>
        row.Count == head.Length && IsTotal(Array.Find(row.Record!, cell => !string.IsNullOrWhiteSpace(cell))!)
        && Text(row, "start") is null && Text(row, "end") is null
            ? new CsvSums(
                Text(row, "currency")?.ToUpperInvariant(), Number(row, "net"), Number(row, "tax"), Number(row, "total"))
            : null;

    private static bool IsTotal(string cell) => TotalWords.Contains(cell.Trim().TrimEnd(':').Trim());

    public ListedCdr Row(CsvParser row)
    {
        if (row.Count != head.Length)
        {
            throw PartnerCsv.Refused(row.RawRow, null, $"{row.Count} cells, the header has {head.Length}");
        }

        var net = Number(row, "net");
        var total = Number(row, "total");
        var credit = Text(row, "kind") is { } kind ? kind == "credit" : IsYes(row, "credit");
        var energy = Number(row, "energy_kwh");
        return new ListedCdr
        {
            Line = row.RawRow,
            Entry = Number(row, "entry") is { } entry and > 0m && entry == decimal.Truncate(entry) && entry < long.MaxValue
                ? (long)entry
                : null,
            Cpo = Cpo(row),
            Id = Text(row, "id") ?? "",
            Credit = credit,
            SessionId = Text(row, "session_id"),
            AuthorizationReference = Text(row, "authorization_reference"),
            EvseId = Text(row, "evse_id"),
            Driver = Text(row, "driver"),
            Start = Time(row, "start"),
            End = Time(row, "end"),
            EnergyKwh = credit && energy > 0m ? -energy : energy,
            Currency = Text(row, "currency")?.ToUpperInvariant() ?? options.Currency
                ?? throw At(row, "currency", "it is empty"),
            Net = net,
            Tax = Number(row, "tax") ?? total - net,
            Total = total,
        };
    }

    private PartyId Cpo(CsvParser row)
    {
        if (Text(row, "cpo") is { } text)
        {
            return PartyId.Parse(text) ?? throw At(row, "cpo", $"'{Short(text)}' is not a party; expected a form like CA-FLO");
        }

        if (Text(row, "country_code") is { } country && Text(row, "party_id") is { } party)
        {
            return PartyId.Of(country, party)
                ?? throw At(row, "country_code", $"'{Short(country)}-{Short(party)}' is not a party");
        }

        return options.Cpo ?? throw PartnerCsv.Refused(row.RawRow, null, "the CPO is missing");
    }

    private bool IsYes(CsvParser row, string name) => Text(row, name)?.ToUpperInvariant() switch
    {
        null or "FALSE" or "NO" or "0" => false,
        "TRUE" or "YES" or "1" => true,
        _ => throw At(row, name, "neither true nor false"),
    };

    private decimal? Number(CsvParser row, string name)
    {
        if (Text(row, name) is not { } text)
        {
            return null;
        }

        var commas = options.DecimalComma == true;
        var number = name is "net" or "tax" or "total"
            ? ListNumber.Amount(text, commas, Text(row, "currency")?.ToUpperInvariant() ?? options.Currency)
            : ListNumber.Quantity(text, commas);
        return number ?? throw At(row, name, $"'{Short(text)}' is not a number, or could be read as two: decimals have "
            + (commas ? "a comma or a point" : "a point (--decimals comma where they have a comma)")
            + ", thousands blanks, or commas before a point");
    }

    private Instant? Time(CsvParser row, string name)
    {
        if (Text(row, name) is not { } text)
        {
            return null;
        }

        if (InstantPattern.ExtendedIso.Parse(text) is { Success: true } utc)
        {
            return utc.Value;
        }

        if (OffsetDateTimePattern.ExtendedIso.Parse(text) is { Success: true } offset)
        {
            return offset.Value.ToInstant();
        }

        return LocalDateTimePattern.ExtendedIso.Parse(text.Replace(' ', 'T')) is { Success: true } local
            ? local.Value.InZoneLeniently(options.Zone).ToInstant()
            : throw At(row, name, $"'{Short(text)}' is not a time; expected a form like 2026-10-01T08:00:00Z");
    }

    /// <summary>Null where the column is missing or the cell empty; the quote that keeps a spreadsheet from evaluating goes.</summary>
    private string? Text(CsvParser row, string name)
    {
        if (!columns.TryGetValue(name, out var at) || row[at] is not { Length: > 0 } cell)
        {
            return null;
        }

        var text = cell.Trim();
        return text.Length == 0 ? null : text is ['\'', '=' or '+' or '-' or '@', ..] ? text[1..] : text;
    }

    private bool Has(string name) => columns.ContainsKey(name);

    private UnreadableListException At(CsvParser row, string name, string why) =>
        PartnerCsv.Refused(row.RawRow, $"{columns[name] + 1} ({head[columns[name]]})", why);

    private static UnreadableListException Missing(string why) => new(new Refusal("list.columns", $"line 1: {why}."));

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
