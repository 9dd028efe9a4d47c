using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using JasperFx.Events;
using Marten;
using NodaTime;
using Npgsql;
using Settlement.Domain;

namespace Settlement.Projections.EventStore;

/// <summary>
/// What goes into one transaction beside Marten's own statements: once the facts have their numbers, the ledger's rows,
/// the commands, the seal and the head are written, and only then it commits. If one fails nothing of it happened.
/// </summary>
internal sealed class Appending(
    string tenant, AppendPlan plan, Head head, Instant time, ILedger ledger, Action<string>? at) : ITransactionParticipant
{
    private const string AddCommands = """
        insert into commands (tenant_id, command_id, input_hash, first_number, last_number)
        select $1, w.id, w.hash, w.first_number, w.last_number
        from unnest($2, $3, $4, $5) as w(id, hash, first_number, last_number)
        """;

    private readonly Dictionary<StoreCommand, (long First, long Last)> numbers = new(ReferenceEqualityComparer.Instance);
    private readonly List<(IEvent Event, PlannedStream Stream, StoreCommand Command, Fact Fact)> events = [];

    /// <summary>Gives Marten the facts of the plan.</summary>
    public void Append(IDocumentSession session, EventNames names)
    {
        var placed = new Dictionary<StoreCommand, int>(ReferenceEqualityComparer.Instance);
        foreach (var stream in plan.Streams)
        {
            var first = events.Count;
            foreach (var (command, fact) in stream.Facts)
            {
                var place = placed.GetValueOrDefault(command);
                placed[command] = place + 1;
                events.Add((Event(session, command, fact, place, names), stream, command, fact));
            }

            var added = events.Skip(first).Select(e => (object)e.Event).ToArray();
            session.Events.Append(stream.Stream, stream.Before + added.Length, added);
        }

        ((ITransactionParticipantRegistrar)session).AddTransactionParticipant(this);
    }

    public async Task BeforeCommitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken token)
    {
        at?.Invoke("append.appended");
        var recorded = Recorded();
        try
        {
            await ledger.Apply(new RowTarget(connection, transaction, tenant, head.Generation), recorded, token);
        }
        catch (Exception e) when (SqlStates.IsOfOne(e))
        {
            throw new LedgerFailedException(e);
        }

        at?.Invoke("append.applied");
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands = { Commands(), Seals.Add(tenant, recorded[0].Number, recorded[^1].Number, head.Seal, time) },
        };
        await batch.ExecuteNonQueryAsync(token);
        at?.Invoke("append.before-commit");
    }

    public Task AfterCommitAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>The answer of a command that was written.</summary>
    public AppendAnswer Answer(StoreCommand command)
    {
        var (first, last) = numbers[command];
        return new AppendAnswer.Stored(first, last, Repeated: false);
    }

    public int Count => events.Count;

    private List<Recorded> Recorded()
    {
        var recorded = new List<Recorded>(events.Count);
        foreach (var (e, stream, command, fact) in events)
        {
            recorded.Add(new Recorded(
                tenant, e.Sequence, e.Id, stream.Stream, e.Version, e.EventTypeName, time, fact, command.Actor,
                e.CorrelationId, e.CausationId));
            numbers[command] = numbers.TryGetValue(command, out var known)
                ? (Math.Min(known.First, e.Sequence), Math.Max(known.Last, e.Sequence))
                : (e.Sequence, e.Sequence);
        }

        recorded.Sort((a, b) => a.Number.CompareTo(b.Number));
        return recorded;
    }

    private NpgsqlBatchCommand Commands()
    {
        var rows = plan.Written.SelectMany(command => command.Claims.Prepend(command.Id).Select(id => (
            Id: id, command.InputHash, Numbers: numbers[command]))).ToList();
        return Query.Command(
            AddCommands,
            Query.Text(tenant),
            Query.Texts([.. rows.Select(row => row.Id)]),
            Query.Binaries([.. rows.Select(row => row.InputHash)]),
            Query.Longs([.. rows.Select(row => row.Numbers.First)]),
            Query.Longs([.. rows.Select(row => row.Numbers.Last)]));
    }

    private IEvent Event(IDocumentSession session, StoreCommand command, Fact fact, int place, EventNames names)
    {
        var e = session.Events.BuildEvent(fact);
        e.Id = EventId(tenant, command.Id, place);
        e.EventTypeName = names.Of(fact).Name;
        e.Timestamp = time.ToDateTimeOffset();
        e.CorrelationId = command.CorrelationId;
        e.CausationId = command.CausationId ?? command.Id;
        e.SetHeader("actor", command.Actor);
        return e;
    }

    /// <summary>The same command always gives the same event ids: an RFC 9562 version 8 id from a hash and a place.</summary>
    private static Guid EventId(string tenant, string command, int place)
    {
        Span<byte> id = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\0{command}"), id);
        id[6] = (byte)((id[6] & 0x0f) | 0x80);
        id[8] = (byte)((id[8] & 0x3f) | 0x80);
        BinaryPrimitives.WriteUInt32BigEndian(id[12..], BinaryPrimitives.ReadUInt32BigEndian(id[12..]) ^ (uint)place);
        return new Guid(id[..16], bigEndian: true);
    }
}

/// <summary>The ledger's code could not take a fact: a fault of the program, nothing of the transaction was stored.</summary>
public sealed class LedgerFailedException(Exception inner)
    : Exception($"The ledger cannot take it: {Reason(inner)}", inner)
{
    /// <summary>Enough to find the cause; of the database's error no detail, which may hold a row's content.</summary>
    private static string Reason(Exception e)
    {
        var text = e is PostgresException p ? $"SQLSTATE {p.SqlState}: {p.MessageText}" : $"{e.GetType().Name}: {e.Message}";
        return text.Length <= 500 ? text : text[..500];
    }
}
