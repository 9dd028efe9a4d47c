using System.Buffers;
using NodaTime;
using Npgsql;

namespace Settlement.Projections.EventStore;

internal sealed partial class LogVerifier
{
    private async Task<List<(string Tenant, long Number, byte[] Seal)>> Heads(string? tenant, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(AppendSql.Command(
            FindHeads,
            new NpgsqlParameter { Value = (object?)tenant ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Varchar }));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var heads = new List<(string, long, byte[])>();
        while (await reader.ReadAsync(stop))
        {
            heads.Add((reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)));
        }

        return heads;
    }

    private async IAsyncEnumerable<SealRow> Seals(
        string tenant, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        var after = 0L;
        while (true)
        {
            var page = await SealPage(tenant, after, stop);
            foreach (var seal in page)
            {
                yield return seal;
            }

            if (page.Count == 0)
            {
                yield break;
            }

            after = page[^1].First;
        }
    }

    private async Task<List<SealRow>> SealPage(string tenant, long after, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(AppendSql.Command(FindSeals, AppendSql.Text(tenant), AppendSql.Long(after)));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var page = new List<SealRow>();
        while (await reader.ReadAsync(stop))
        {
            page.Add(new SealRow(
                reader.GetInt64(0),
                reader.GetInt32(1),
                Instant.FromDateTimeUtc(reader.GetDateTime(2)),
                reader.GetFieldValue<byte[]>(3),
                reader.GetFieldValue<byte[]>(4)));
        }

        return page;
    }

    /// <summary>Events with their digest; the next page is read while this one is hashed.</summary>
    private async IAsyncEnumerable<(Row Row, byte[] Digest)> Events(
        string tenant, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        var coming = EventPage(tenant, 0, stop);
        while (true)
        {
            var page = await coming;
            if (page.Count == 0)
            {
                yield break;
            }

            coming = EventPage(tenant, page[^1].Number, stop);
            var digests = new byte[page.Count][];
            Parallel.For(0, page.Count, i => digests[i] = Digest(page[i]));
            for (var i = 0; i < digests.Length; i++)
            {
                yield return (page[i], digests[i]);
            }
        }
    }

    private async Task<List<Row>> EventPage(string tenant, long after, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(AppendSql.Command(FindEvents, AppendSql.Text(tenant), AppendSql.Long(after)));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var page = new List<Row>(PageSize);
        while (await reader.ReadAsync(stop))
        {
            page.Add(new Row(
                reader.GetInt64(0),
                reader.GetGuid(1),
                reader.GetString(2),
                reader.GetInt64(3),
                reader.GetString(4),
                Instant.FromDateTimeUtc(reader.GetDateTime(5)),
                reader.IsDBNull(6) ? null : reader.GetString(6),
                reader.IsDBNull(7) ? null : reader.GetString(7),
                reader.IsDBNull(8) ? null : reader.GetFieldValue<byte[]>(8),
                reader.GetFieldValue<byte[]>(9)));
        }

        return page;
    }

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? scratch;

    private static byte[] Digest(Row row)
    {
        var output = scratch ??= new ArrayBufferWriter<byte>(8192);
        output.ResetWrittenCount();
        CanonicalJson.Write(row.Data, output);
        return EventDigest.Of(new EventDigest.Parts(
            row.Id, row.Stream, row.Type, row.Correlation, row.Causation,
            row.Headers is null ? null : CanonicalJson.Of(row.Headers),
            output.WrittenSpan));
    }
}
