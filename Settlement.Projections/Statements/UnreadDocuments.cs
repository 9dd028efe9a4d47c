using NodaTime;
using Npgsql;
using NpgsqlTypes;
using Settlement.Domain.Agreements;

namespace Settlement.Projections.Statements;

/// <summary>
/// Documents that could not be read as CDRs, from the log itself: they belong to no relationship, so no
/// table has them. Their content stays sealed and is never selected.
/// </summary>
public sealed class UnreadDocuments(NpgsqlDataSource database)
{
    private const string Documents =
        """
        from log.mt_events h where tenant_id = '@intake' and type = 'document_held' and not exists (
          select from log.mt_events d
          where d.tenant_id = '@intake' and d.stream_id = h.stream_id and d.version = h.version + 1)
        """;

    public async Task<long> Count(CancellationToken stop)
    {
        await using var command = database.CreateCommand($"select count(*) {Documents}");
        return (long)(await command.ExecuteScalarAsync(stop))!;
    }

    /// <summary>In the order they came.</summary>
    public async Task<IReadOnlyList<UnreadDocument>> Page(long after, int limit, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select seq_id, timestamp, data ->> 'Code', data ->> 'Message', data ->> 'Owner', data ->> 'Id',
                   data ->> 'Source', (data ->> 'Length')::int, stream_id
            {Documents} and seq_id > $1 order by seq_id limit $2
            """);
        command.Parameters.Add(new() { Value = after, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = limit });
        return await command.Rows(r => new UnreadDocument(
            r.GetInt64(0), Instant.FromDateTimeUtc(r.GetDateTime(1)), r.GetString(2), r.GetString(3),
            r.IsDBNull(4) ? null : PartyId.Parse(r.GetString(4)), r.IsDBNull(5) ? null : r.GetString(5),
            r.GetString(6), r.GetInt32(7), r.GetString(8)), stop);
    }
}

/// <summary>A document that could not be read as a CDR, without its content.</summary>
/// <param name="Owner">The CPO, where the document still told it.</param>
/// <param name="Length">Bytes.</param>
public sealed record UnreadDocument(
    long Number, Instant Recorded, string Code, string Message, PartyId? Owner, string? Id, string Source,
    int Length, string Stream);
