using Npgsql;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Workers;

/// <summary>
/// Makes rows of one or more tables from events. Every row carries (tenant_id, generation), and both are in the
/// primary key: what is written for one generation never touches another.
/// </summary>
public interface IProjection
{
    /// <summary>Stable: the checkpoint is kept under it.</summary>
    string Name { get; }

    /// <summary>Raise it when the rows change for the same events: they are built again beside the old ones.</summary>
    int Version { get; }

    IReadOnlyList<string> Tables { get; }

    /// <summary>Reads facts without what this projection never looks at; null = whole.</summary>
    EventNames? Reads => null;

    /// <summary>
    /// Writes the rows of some events of one tenant, in the order of their numbers. The worker commits them with the
    /// checkpoint; an exception rolls all of it back. The same events in other pieces must give the same rows.
    /// </summary>
    Task Apply(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string tenant, long generation,
        IReadOnlyList<Recorded> events, CancellationToken stop);
}

/// <summary>How much, how often, how many at a time.</summary>
public sealed record WorkerOptions
{
    /// <summary>Events of one transaction: few enough that what is read of them is dead when the collector comes.</summary>
    public int BatchSize { get; init; } = 2000;

    /// <summary>Tenants and projections worked on at once in this process.</summary>
    public int Parallel { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>The truth is asked for this often even if no bell rings.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The schema number of this program: an older program's parked events are tried again.</summary>
    public int SchemaNumber { get; init; } = SchemaMigrations.Newest;
}

/// <summary>A projection of one tenant that waits at an event it could not take.</summary>
public sealed record ParkedProjection(
    string Tenant,
    string Projection,
    long Generation,
    long Number,
    string EventType,
    string Code,
    string Reason,
    int SchemaNumber,
    NodaTime.Instant ParkedAt);

/// <summary>How far the rows in use of a projection of one tenant are.</summary>
/// <param name="Version">Version of the rows in use; 0 = there are none yet.</param>
public sealed record ProjectionLag(
    string Tenant, string Projection, int Version, long Number, long Head, bool IsParked)
{
    public long Behind => Head - Number;
}
