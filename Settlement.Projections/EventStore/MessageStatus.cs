using NodaTime;
using Npgsql;

namespace Settlement.Projections.EventStore;

/// <summary>A message that failed through all its tries: it waits for a person.</summary>
/// <param name="Type">What it asks for.</param>
/// <param name="Failure">Kind of the last failure; its text stays in the table.</param>
public sealed record DeadMessage(Guid Id, string Type, string Failure, Instant Sent);

/// <summary>Messages of this database: what follows facts and is not done yet.</summary>
/// <param name="Waiting">To be handled now.</param>
/// <param name="Scheduled">To be tried again, or due later.</param>
/// <param name="Dead">The newest first, at most a hundred.</param>
public sealed record MessageStatus(long Waiting, long Scheduled, IReadOnlyList<DeadMessage> Dead)
{
    public static async Task<MessageStatus> Read(NpgsqlDataSource source, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            select count(*) filter (where status = 'Incoming'), count(*) filter (where status = 'Scheduled')
            from wolverine.wolverine_incoming_envelopes
            """));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            select id, message_type, coalesce(exception_type, ''), coalesce(failed_at, sent_at, 'epoch')
            from wolverine.wolverine_dead_letters order by 4 desc, id limit 100
            """));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        await reader.ReadAsync(stop);
        var (waiting, scheduled) = (reader.GetInt64(0), reader.GetInt64(1));
        await reader.NextResultAsync(stop);
        var dead = new List<DeadMessage>();
        while (await reader.ReadAsync(stop))
        {
            dead.Add(new DeadMessage(
                reader.GetGuid(0), Short(reader.GetString(1)), Short(reader.GetString(2)), Query.StoredTime(reader, 3)));
        }

        return new MessageStatus(waiting, scheduled, dead);
    }

    private static string Short(string type) => type[(type.LastIndexOf('.') + 1)..];
}
