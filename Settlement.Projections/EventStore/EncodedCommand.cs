namespace Settlement.Projections.EventStore;

/// <summary>An event ready to be written: everything but its number, version and time.</summary>
/// <param name="Data">Empty where the command has its rows.</param>
/// <param name="Row">Where its row begins in the command's rows.</param>
internal readonly record struct EncodedEvent(Guid Id, string Type, byte[] Data, int Row);

/// <summary>A command ready to be written. Made before any lock is taken: serialising and hashing cost most.</summary>
/// <param name="Events">Of all its streams, one stream after the other.</param>
/// <param name="Digests">Of its events, one after the other.</param>
/// <param name="Bytes">Of its events' data.</param>
internal sealed record EncodedCommand(
    StoreCommand Command, byte[] Headers, string CausationId, EncodedEvent[] Events, byte[] Digests, int Bytes)
{
    public int Count => Events.Length;

    /// <summary>Rows for COPY, where it is written in bulk.</summary>
    public RowRange? Rows { get; init; }
}

/// <summary>Some rows in a buffer.</summary>
internal readonly record struct RowRange(CopyRows Buffer, int Start, int End);
