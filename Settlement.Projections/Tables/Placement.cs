using NodaTime;
using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>What is known of a CDR's stream when its next entry is placed.</summary>
/// <param name="Received">Number of the event with which its content came.</param>
/// <param name="Entry">Number of its last entry; null while it has none.</param>
public sealed record Placed(long Received, long? Entry, YearMonth? Period);

/// <summary>
/// Where each CDR's entries stand. CDRs that began in this batch are known from the batch; the few older ones that
/// change are read once.
/// </summary>
public sealed class Placement
{
    private readonly Dictionary<string, Placed> known = new(StringComparer.Ordinal);

    public static async Task<Placement> Load(
        RowTarget target, IReadOnlyList<Recorded> events, CancellationToken stop)
    {
        var placement = new Placement();
        var begun = events.Where(e => e.Version == 1).Select(e => e.Stream).ToHashSet(StringComparer.Ordinal);
        var older = events.Where(e => e.Fact is CdrFact).SelectMany(Streams)
            .Where(stream => !begun.Contains(stream)).Distinct(StringComparer.Ordinal).ToArray();
        if (older.Length == 0)
        {
            return placement;
        }

        await using var select = target.Command(
            """
            select c.stream, c.received_seq, c.entry_seq, c.entry_period
            from unnest($3::varchar[]) s (stream)
            cross join lateral (
              -- one row by its key; a plain join may read the whole generation for a handful of rows
              select k.stream, k.received_seq, k.entry_seq, k.entry_period from cdrs k
              where k.tenant_id = $1 and k.generation = $2 and k.stream = s.stream
              limit 1) c
            """);
        select.Parameters.Add(new() { Value = older });
        await using var reader = await select.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            placement.known[reader.GetString(0)] = new Placed(
                reader.IsDBNull(1) ? 0 : reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetInt64(2),
                reader.IsDBNull(3) ? null : Ids.Month(reader.GetString(3)));
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

    public Placed? Of(string stream) => known.GetValueOrDefault(stream);

    /// <summary>A content came: the first, or another one that a person may choose.</summary>
    public void Received(string stream, long number) =>
        known[stream] = (Of(stream) ?? new Placed(0, null, null)) with { Received = number };

    public void Posted(string stream, long number, YearMonth period) =>
        known[stream] = (Of(stream) ?? new Placed(number, null, null)) with { Entry = number, Period = period };

    private static IEnumerable<string> Streams(Recorded recorded) =>
        TakenBack(recorded) is { } other && other != recorded.Stream ? [recorded.Stream, other] : [recorded.Stream];
}
