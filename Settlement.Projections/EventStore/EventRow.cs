namespace Settlement.Projections.EventStore;

/// <summary>A row of mt_events for COPY. What is known under the lock only stands first, where it can be put in.</summary>
internal static class EventRow
{
    public const string Copy = """
        copy mt_events (seq_id, version, timestamp, id, tenant_id, stream_id, type, correlation_id, causation_id,
          headers, is_archived, data) from stdin (format binary)
        """;

    private const int Number = 2;
    private const int Version = Number + 12;
    private const int Time = Version + 12;

    /// <summary>Everything but the data, which comes last.</summary>
    public static void Begin(
        CopyRows rows, Guid id, string tenant, string stream, string type, string? correlation, string causation,
        ReadOnlySpan<byte> headers)
    {
        rows.Row(12);
        rows.Add(0L);
        rows.Add(0L);
        rows.Add(0L);
        rows.Add(id);
        rows.Add(tenant);
        rows.Add(stream);
        rows.Add(type);
        rows.Add(correlation);
        rows.Add(causation);
        rows.AddJson(headers);
        rows.Add(false);
    }

    public static void Place(CopyRows rows, int row, long number, long version, long time)
    {
        rows.Patch(row + Number, number);
        rows.Patch(row + Version, version);
        rows.Patch(row + Time, time);
    }
}
