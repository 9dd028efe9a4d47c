using NodaTime;
using Settlement.Domain.Disputes;
using Settlement.Domain.Intake;
using Settlement.Domain.Periods;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>What is known of a CDR's stream when its next entry is placed.</summary>
/// <param name="Received">Number of the event with which its content came.</param>
/// <param name="Entry">Number of its last entry; null while it has none.</param>
/// <param name="Supply">Whose supply that entry is, and where.</param>
public sealed record Placed(long Received, long? Entry, YearMonth? Period, JournalAbout? Supply = null);

/// <summary>
/// Where each CDR's entries stand. CDRs that began in this batch are known from the batch; the few older ones that
/// change are read once.
/// </summary>
public sealed class Placement
{
    private readonly Dictionary<string, Placed> known = new(StringComparer.Ordinal);
    private readonly Dictionary<long, YearMonth> reversed = [];

    public static async Task<Placement> Load(
        RowTarget target, IReadOnlyList<Recorded> events, CancellationToken stop)
    {
        var placement = new Placement();
        await placement.LoadReversals(target, events, stop);
        var begun = events.Where(e => e.Version == 1).Select(e => e.Stream).ToHashSet(StringComparer.Ordinal);
        var older = events.Where(e => e.Fact is CdrFact).SelectMany(Streams).Concat(events.SelectMany(Changed))
            .Where(stream => !begun.Contains(stream)).Distinct(StringComparer.Ordinal).ToArray();
        if (older.Length == 0)
        {
            return placement;
        }

        await using var select = target.Command(
            """
            select c.stream, c.received_seq, c.entry_seq, c.entry_period, e.cpo, e.emsp, e.place
            from unnest($3::varchar[]) s (stream)
            cross join lateral (
              -- one row by its key; a plain join may read the whole generation for a handful of rows
              select k.stream, k.received_seq, k.entry_seq, k.entry_period from cdrs k
              where k.tenant_id = $1 and k.generation = $2 and k.stream = s.stream
              limit 1) c
            left join ledger_entries e on e.tenant_id = $1 and e.generation = $2 and e.seq_id = c.entry_seq
            """);
        select.Parameters.Add(new() { Value = older });
        await using var reader = await select.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            placement.known[reader.GetString(0)] = new Placed(
                reader.IsDBNull(1) ? 0 : reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetInt64(2),
                reader.IsDBNull(3) ? null : Ids.Month(reader.GetString(3)),
                reader.IsDBNull(4) ? null : new(reader.GetString(4), reader.GetString(5), reader.GetString(6)));
        }

        return placement;
    }

    /// <summary>The stream whose entry a fact takes back; null where it takes back none.</summary>
    public static string? TakenBack(Recorded recorded) => recorded.Fact switch
    {
        CdrFact.CreditPosted { Negated: not null } e => CdrStreams.Name(new CdrKey(e.Cdr.Cpo, e.OriginalId)),
        CdrFact.CdrConflicted { Negated: not null } or CdrFact.CreditTakenBack { Restored: not null } or CdrFact.CdrReversed => recorded.Stream,
        _ => null,
    };

    /// <summary>Streams of CDRs whose charge or tax a fact changes beside their own entries.</summary>
    public static IEnumerable<string> Changed(Recorded recorded) => recorded.Fact switch
    {
        PeriodFact.StatementIssued e => e.Draft.TaxChanges.Select(change => CdrStreams.Name(change.Cdr)),
        DisputeFact.CreditNoteIssued e => [CdrStreams.Name(e.Cdr.Key)],
        CdrFact.CreditTakenBack { Restored: { } restored } => [CdrStreams.Name(restored.Cdr.Key)],
        _ => [],
    };

    public Placed? Of(string stream) => known.GetValueOrDefault(stream);

    /// <summary>A content came: the first, or another one that a person may choose.</summary>
    public void Received(string stream, long number) =>
        known[stream] = (Of(stream) ?? new Placed(0, null, null)) with { Received = number };

    public void Posted(string stream, long number, YearMonth period, JournalAbout supply) =>
        known[stream] = (Of(stream) ?? new Placed(number, null, null)) with { Entry = number, Period = period, Supply = supply };

    /// <summary>The month in which an entry was reversed; null while it stands. Kept of entries that this batch needs.</summary>
    public YearMonth? ReversedIn(long entry) => reversed.TryGetValue(entry, out var month) ? month : null;

    public void Reversed(long entry, YearMonth month) => reversed[entry] = month;

    /// <summary>What reversed it counts no longer.</summary>
    public void Stands(long entry) => reversed.Remove(entry);

    // a CDR may be reversed between the cut-off of its statement and the issue
    private async Task LoadReversals(RowTarget target, IReadOnlyList<Recorded> events, CancellationToken stop)
    {
        foreach (var draft in events.Select(e => e.Fact).OfType<PeriodFact.StatementIssued>().Select(e => e.Draft)
            .Where(draft => draft.TaxChanges.Count > 0))
        {
            await using var select = target.Command(
                """
                select t.corrects, t.period from ledger_entries t
                where t.tenant_id = $1 and t.generation = $2 and t.period > $3 and t.corrects = any($4) and not exists (
                  select from ledger_entries back
                  where back.tenant_id = $1 and back.generation = $2 and back.corrects = t.seq_id)
                """);
            select.Parameters.Add(new() { Value = Ids.Text(draft.Month) });
            select.Parameters.Add(new() { Value = draft.TaxChanges.Select(change => change.Entry ?? 0).Distinct().ToArray() });
            await using var reader = await select.ExecuteReaderAsync(stop);
            while (await reader.ReadAsync(stop))
            {
                Reversed(reader.GetInt64(0), Ids.Month(reader.GetString(1)));
            }
        }
    }

    private static IEnumerable<string> Streams(Recorded recorded) =>
        TakenBack(recorded) is { } other && other != recorded.Stream ? [recorded.Stream, other] : [recorded.Stream];
}
