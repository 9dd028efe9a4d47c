using System.Text.Json;
using NodaTime;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Periods;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>Lines of journal entries: what is posted besides the CDRs' own entries.</summary>
public sealed class JournalRows
{
    private static readonly TableCopy<Row> Table = new(
        "journal_lines",
        """
        seq_id, line, kind, period, on_date, recorded_at, currency, account, debit, credit, stream, cdr_id, reference, tax,
        cpo, emsp, place, corrects, corrects_period, document
        """,
        static (cells, row) =>
        {
            var (recorded, line, period, entry, posted, about) = row;
            cells.Add(recorded.Number);
            cells.Add(line);
            cells.Add(StatementBalances.Kind(entry.Kind));
            cells.Add(Ids.Text(period));
            cells.Add(entry.On);
            cells.Add(recorded.Time);
            cells.Add(entry.Currency);
            cells.Add(posted.Posting.Account.Name);
            cells.Add(posted.Posting.Debit);
            cells.Add(posted.Posting.Credit);
            cells.Add(posted.Cdr is { } cdr ? CdrStreams.Name(cdr) : null);
            cells.Add(posted.Cdr?.Id);
            cells.Add(entry.Reference);
            cells.AddJson(posted.Tax, RowJson.Options);
            cells.Add(about?.Creditor);
            cells.Add(about?.Debtor);
            cells.Add(about?.Place);
            cells.Add(about?.Corrects);
            cells.Add(about?.CorrectsPeriod is { } corrected ? Ids.Text(corrected) : null);
            cells.Add(entry.Document);
        });

    private readonly List<Row> rows = [];
    private readonly Dictionary<string, Dictionary<(string Currency, string Account), Beside>> beside =
        new(StringComparer.Ordinal);

    private readonly List<TakenBackLine> takenBack = [];

    private sealed record Row(Recorded Event, int Line, YearMonth Period, JournalEntry Entry, JournalLine Posted, JournalAbout? About);

    /// <summary>What stands beside a CDR's own entry in one account: debit less credit, and the taxes behind it.</summary>
    private sealed record Beside(long Debit, IReadOnlyList<PostedTax> Taxes);

    /// <summary>What was taken back beside a CDR's entry, and with which event.</summary>
    private sealed record TakenBackLine(
        long Number, string Stream, string Currency, string Account, long Debit, PostedTax? Tax);

    /// <summary>Reads what stands beside the CDRs that this batch takes back, or whose tax a document of it changes.</summary>
    public static async Task<JournalRows> Load(
        RowTarget target, IReadOnlyList<Recorded> events, CancellationToken stop)
    {
        var journal = new JournalRows();
        var streams = events.Select(Placement.TakenBack).OfType<string>()
            .Concat(events.SelectMany(Placement.Changed)).Distinct(StringComparer.Ordinal).ToArray();
        if (streams.Length == 0)
        {
            return journal;
        }

        await using var select = target.Command(
            """
            select stream, currency, account, debit, credit, tax::text, seq_id, kind from journal_lines
            where tenant_id = $1 and generation = $2 and stream = any($3) order by seq_id, line
            """);
        select.Parameters.Add(new() { Value = streams });
        await using var reader = await select.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            journal.Remember(
                reader.GetInt64(6), reader.GetString(7), reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3) - reader.GetInt64(4),
                reader.IsDBNull(5)
                    ? null
                    : JsonSerializer.Deserialize<PostedTax>(reader.GetString(5), RowJson.Options));
        }

        return journal;
    }

    /// <param name="about">What is known of the CDR that a line is about; null where it has no entry.</param>
    public void Add(Recorded recorded, YearMonth period, JournalEntry entry, Func<CdrKey, JournalAbout?> about)
    {
        var line = rows.Count > 0 && rows[^1].Event.Number == recorded.Number ? rows[^1].Line + 1 : 0;
        foreach (var posted in entry.Lines)
        {
            rows.Add(new Row(recorded, line++, period, entry, posted, posted.Cdr is { } key ? about(key) : null));
            if (posted.Cdr is { } cdr)
            {
                Remember(
                    recorded.Number, StatementBalances.Kind(entry.Kind), CdrStreams.Name(cdr), entry.Currency, posted.Posting.Account.Name,
                    posted.Posting.Debit - posted.Posting.Credit, posted.Tax);
            }
        }
    }

    /// <summary>
    /// The entry that takes back everything beside a CDR's own entry (rules-money 14): its share of document rounding,
    /// tax-point lines, what is withheld, our own credit notes. Null where nothing is there.
    /// </summary>
    public JournalEntry? TakeBack(CdrKey cdr, string currency, LocalDate on)
    {
        if (!beside.TryGetValue(CdrStreams.Name(cdr), out var accounts))
        {
            return null;
        }

        var lines = accounts.Where(each => each.Key.Currency == currency && each.Value.Debit != 0)
            .OrderBy(each => each.Key.Account, StringComparer.Ordinal)
            .SelectMany(each => Reversed(each.Key.Account, each.Value, cdr)).ToList();
        return lines.Count == 0
            ? null
            : new JournalEntry(JournalKind.TakenBack, currency, null, on, $"CDR {cdr.Owner} {cdr.Id}", lines).Balanced();
    }

    /// <summary>
    /// The entry with which everything that a credit took back stands again; null where that was nothing. A dispute that the
    /// credit ended stays ended: what was withheld is due.
    /// </summary>
    /// <param name="credit">Number of the credit's entry.</param>
    public JournalEntry? GiveBack(CdrKey cdr, string currency, LocalDate on, long credit)
    {
        var lines = takenBack
            .Where(line => line.Number >= credit && line.Currency == currency && line.Stream == CdrStreams.Name(cdr))
            .Select(line => JournalLine.Credit(
                Account.Stored(NotWithheld(line.Account)), line.Debit, cdr, line.Tax is null ? null : Opposite(line.Tax))).ToList();
        return lines.Count == 0
            ? null
            : new JournalEntry(JournalKind.GivenBack, currency, null, on, $"CDR {cdr.Owner} {cdr.Id}", lines).Balanced();
    }

    public async Task Write(RowTarget target, CancellationToken stop)
    {
        if (rows.Count == 0)
        {
            return;
        }

        await Table.Write(target, rows, stop);
    }

    // a tax account: one line per tax behind it, so that the tax report finds each with its rule
    private static IEnumerable<JournalLine> Reversed(string account, Beside side, CdrKey cdr)
    {
        if (side.Taxes.Count == 0)
        {
            return [JournalLine.Credit(Account.Stored(account), side.Debit, cdr)];
        }

        return side.Taxes.Where(tax => tax.Amount != 0)
            .Select(tax => JournalLine.Debit(Account.Stored(account), tax.Amount, cdr, Opposite(tax)));
    }

    private static string NotWithheld(string account) =>
        account.StartsWith("disputed:", StringComparison.Ordinal) ? $"due:{account["disputed:".Length..]}" : account;

    private static PostedTax Opposite(PostedTax tax) => tax with { Base = -tax.Base, Kwh = -tax.Kwh, Amount = -tax.Amount };

    private void Remember(
        long number, string kind, string stream, string currency, string account, long debit, PostedTax? tax)
    {
        if (kind == StatementBalances.Kind(JournalKind.TakenBack))
        {
            takenBack.Add(new TakenBackLine(number, stream, currency, account, debit, tax));
        }

        if (!beside.TryGetValue(stream, out var accounts))
        {
            beside[stream] = accounts = [];
        }

        var side = accounts.GetValueOrDefault((currency, account)) ?? new Beside(0, []);
        accounts[(currency, account)] = new Beside(
            side.Debit + debit, tax is null ? side.Taxes : Cancel(side.Taxes, tax));
    }

    // a tax and its opposite leave nothing to take back
    private static IReadOnlyList<PostedTax> Cancel(IReadOnlyList<PostedTax> taxes, PostedTax tax)
    {
        var opposite = taxes.FirstOrDefault(each => Opposite(each) == tax);
        return opposite is null ? [.. taxes, tax] : [.. taxes.Where(each => !ReferenceEquals(each, opposite))];
    }
}

/// <summary>Whose supply a journal line is about, as in the CDR's own entry.</summary>
/// <param name="Corrects">Number of the entry that was reversed with it.</param>
public sealed record JournalAbout(
    string Creditor, string Debtor, string Place, long? Corrects = null, YearMonth? CorrectsPeriod = null);
