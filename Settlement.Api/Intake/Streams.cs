using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;

namespace Settlement.Api.Intake;

/// <summary>Facts of CDR streams on their way into the log.</summary>
public static class Streams
{
    /// <inheritdoc cref="CdrStreams.Name"/>
    public static string Name(CdrKey key) => CdrStreams.Name(key);

    /// <inheritdoc cref="CdrStreams.Key"/>
    public static CdrKey Key(string stream) => CdrStreams.Key(stream);

    public static StreamFacts Of(CdrKey key, long expectedVersion, IReadOnlyList<CdrFact> facts) =>
        new(Name(key), "cdr", expectedVersion, [.. facts.Select(fact => fact.ForLog())]);
}
