using NodaTime;
using Settlement.Domain;

namespace Settlement.Projections.EventStore;

/// <summary>Facts for one stream.</summary>
/// <param name="Stream">The stream's key, unique in its tenant.</param>
/// <param name="StreamType">What kind of thing it is, snake_case.</param>
/// <param name="ExpectedVersion">Null = any; 0 = the stream must be new.</param>
/// <param name="Facts">In order; at least one.</param>
public sealed record StreamFacts(string Stream, string StreamType, long? ExpectedVersion, IReadOnlyList<Fact> Facts);

/// <summary>What a caller wants stored: all of it, in one transaction, once.</summary>
/// <param name="Id">Given by the caller or derived from the content; the same id is stored once.</param>
/// <param name="InputHash">Hash of what was asked: the same id with another hash is refused.</param>
/// <param name="Streams">A stream at most once.</param>
/// <param name="Actor">Who asked: a user, a partner, a job. Never a driver.</param>
/// <param name="CausationId">Null = the command's own id.</param>
public sealed record StoreCommand(
    string Id,
    byte[] InputHash,
    IReadOnlyList<StreamFacts> Streams,
    string Actor,
    string? CorrelationId = null,
    string? CausationId = null)
{
    /// <summary>
    /// Names that only one command may ever hold, such as the session of a CDR. They stand among the ids of
    /// commands; a name that is held already refuses the command: <c>claim.taken</c>.
    /// </summary>
    public IReadOnlyList<string> Claims { get; init; } = [];

    /// <summary>
    /// Streams that were read for the decision and get no facts: they must still be at these versions, else
    /// <c>stream.version-conflict</c>.
    /// </summary>
    public IReadOnlyList<StreamVersion> Requires { get; init; } = [];
}

/// <summary>A stream as it was read; version 0 = it was not there.</summary>
public readonly record struct StreamVersion(string Stream, long Version);

/// <summary>What became of a command.</summary>
public abstract record AppendAnswer
{
    private AppendAnswer() { }

    /// <summary>It is in the log and in the ledger's rows, durable.</summary>
    /// <param name="FirstNumber">The number of its first event.</param>
    /// <param name="LastNumber">The number of its last event; between them may be numbers of other tenants.</param>
    /// <param name="Repeated">It was there already, with the same input: this is the answer it got then.</param>
    public sealed record Stored(long FirstNumber, long LastNumber, bool Repeated) : AppendAnswer;

    /// <summary>Nothing of it was stored.</summary>
    public sealed record Refused(Refusal Refusal) : AppendAnswer;
}

/// <summary>An event as it stands in the log.</summary>
/// <param name="Number">Grows with the tenant's commits; numbers between two of its events may be other tenants'.</param>
/// <param name="Version">Counts the stream's events from 1.</param>
/// <param name="Type">The stored name.</param>
/// <param name="Time">When it was recorded; never before that of a smaller number.</param>
public sealed record Recorded(
    string Tenant,
    long Number,
    Guid Id,
    string Stream,
    long Version,
    string Type,
    Instant Time,
    Fact Fact,
    string Actor,
    string? CorrelationId,
    string? CausationId);
