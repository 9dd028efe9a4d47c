using System.Runtime.CompilerServices;
using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Domain.Corrections;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>Which posted CDRs a correction looks at, and which corrections there are.</summary>
public sealed class CorrectionQueries(NpgsqlDataSource database)
{
    /// <summary>Streams of posted CDRs. Tariff and tax rule are those of the entry that stands.</summary>
    public async IAsyncEnumerable<string> Posted(
        Relationship relationship, CorrectionSelection selection, [EnumeratorCancellation] CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.stream from cdrs t {LiveRows.Join}
            join log.mt_events e on e.tenant_id = t.tenant_id and e.seq_id = t.entry_seq
            where t.tenant_id = $1 and t.state = 'posted' and ($2 is null or t.charge_period = $2)
              and ($3 is null or t.cpo = $3) and ($4 is null or t.place = $4)
              and ($5 is null or exists (
                select from jsonb_array_elements(e.data -> 'Settled' -> 'Lines') line where lower(line ->> 'TariffId') = lower($5)))
              and ($6 is null or exists (
                select from jsonb_array_elements(e.data -> 'Settled' -> 'Taxes') tax where tax ->> 'Rule' = $6))
              and ($7::varchar[] is null or lower(t.cdr_id) = any($7))
            order by t.stream
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = relationship.ToString() });
        Text(command, selection.Month is { } month ? Ids.Text(month) : null);
        Text(command, selection.Cpo?.ToString());
        Text(command, selection.Place);
        Text(command, selection.Tariff);
        Text(command, selection.Rule);
        command.Parameters.Add(new NpgsqlParameter<string[]?>
        {
            TypedValue = selection.Cdrs is null or [] ? null : [.. selection.Cdrs.Select(id => id.ToLowerInvariant())],
        });
        var streams = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(stop))
        {
            while (await reader.ReadAsync(stop))
            {
                streams.Add(reader.GetString(0));
            }
        }

        foreach (var stream in streams)
        {
            yield return stream;
        }
    }

    /// <summary>Net and charged tax, minor units, that stand beside a CDR's own entry and go with it.</summary>
    public async Task<(long Net, long Tax)> Beside(Relationship relationship, string stream, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select {BesideQueries.Amounts} from journal_lines t {LiveRows.Join}
            where t.tenant_id = $1 and t.stream = $2 and {BesideQueries.IsCharge}
            """);
        command.Parameters.Add(new() { Value = relationship.ToString() });
        command.Parameters.Add(new() { Value = stream });
        await using var reader = await command.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop) ? (reader.GetInt64(0), reader.GetInt64(1)) : (0, 0);
    }

    /// <summary>Streams of corrections, the newest first.</summary>
    public async Task<IReadOnlyList<(string Tenant, string Stream)>> Streams(CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            """
            select tenant_id, id from log.mt_streams where id like 'correction/%' and type = 'correction'
            order by created desc, id
            """);
        return await command.Rows(reader => (reader.GetString(0), reader.GetString(1)), stop);
    }

    private static void Text(NpgsqlCommand command, string? value) =>
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = value });
}
