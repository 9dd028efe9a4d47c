using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Projections;
using JasperFx.MultiTenancy;
using Marten;
using Npgsql;

namespace Settlement.Projections.EventStore;

/// <summary>
/// Marten as this program uses it: one tenant for each relationship, streams by text keys, one sequence of numbers,
/// our names for facts. Whoever knows Marten opens a relationship's log with it.
/// </summary>
public static class MartenLog
{
    /// <summary>The schema of Marten's tables; nothing of ours lies in it.</summary>
    public const string Schema = "log";

    /// <summary>Our one index on Marten's table, in its schema because PostgreSQL puts it there.</summary>
    public const string OwnIndex = "mt_events_by_tenant";

    /// <param name="update">Whether it may create and change tables; a running program never does.</param>
    public static DocumentStore Open(NpgsqlDataSource source, EventNames? names = null, AutoCreate update = AutoCreate.None) =>
        DocumentStore.For(options => Configure(options, source, new FactSerializer(names ?? EventNames.Standard), update));

    /// <summary>The options of a running program.</summary>
    public static void Configure(StoreOptions options, NpgsqlDataSource source) =>
        Configure(options, source, new FactSerializer(EventNames.Standard));

    internal static void Configure(
        StoreOptions options, NpgsqlDataSource source, FactSerializer serializer, AutoCreate update = AutoCreate.None)
    {
        options.Connection(source);
        options.DatabaseSchemaName = Schema;
        options.Events.DatabaseSchemaName = Schema;
        options.AutoCreateSchemaObjects = update;
        options.Policies.AllDocumentsAreMultiTenanted();
        options.Events.StreamIdentity = StreamIdentity.AsString;
        options.Events.TenancyStyle = TenancyStyle.Conjoined;
        options.Events.AppendMode = EventAppendMode.QuickWithServerTimestamps; // it takes the times we give
        options.Events.MetadataConfig.CausationIdEnabled = true;
        options.Events.MetadataConfig.CorrelationIdEnabled = true;
        options.Events.MetadataConfig.HeadersEnabled = true;
        options.Events.EnableAdvancedAsyncTracking = false; // no daemon here
        options.Projections.Add(new CdrAggregate(), ProjectionLifecycle.Live);
        options.Events.IgnoreIndex(OwnIndex);
        options.Serializer(serializer);
        options.ConfigureWritePolly(_ => { }); // it would try again without our lock
        options.UpdateBatchSize = 10_000;
        options.DisableNpgsqlLogging = true;
        foreach (var entry in serializer.Names.All)
        {
            options.Events.MapEventType(entry.Type, entry.Name);
        }
    }
}
