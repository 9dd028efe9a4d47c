using System.Globalization;
using System.Security.Cryptography;
using NodaTime;
using Settlement.Domain;

namespace Settlement.Projections.EventStore;

/// <summary>Where a tenant's log ends, read under the lock.</summary>
internal sealed record Head(long Number, byte[] Seal, Instant Time);

/// <summary>The answer a command got before.</summary>
internal sealed record KnownCommand(byte[] InputHash, long FirstNumber, int Count);

/// <summary>What the log knows about the commands and streams of a batch, read under the head's lock.</summary>
internal sealed record AppendState(
    Head Head, Dictionary<string, KnownCommand> Commands, Dictionary<string, long> Versions);

/// <summary>One event with its place.</summary>
internal readonly record struct PlannedEvent(
    long Number, long Version, string Stream, EncodedEvent Event, EncodedCommand Command);

/// <summary>
/// Decides a batch: who gets which numbers, who is answered from before, who is refused. Pure; the caller holds
/// the head's lock while it reads the state and until what was decided here is committed.
/// </summary>
internal sealed class AppendPlan
{
    private readonly AppendState state;
    private readonly Dictionary<string, KnownCommand> commands;
    private readonly Dictionary<string, (long Before, long Now, string Type)> streams = new(StringComparer.Ordinal);
    private long number;

    private AppendPlan(AppendState state, Instant now)
    {
        this.state = state;
        commands = state.Commands;
        number = state.Head.Number;
        Time = now > state.Head.Time ? Seal.FromMicroseconds(Seal.Microseconds(now)) : state.Head.Time;
    }

    public List<AppendAnswer> Answers { get; } = [];

    public List<PlannedEvent> Events { get; } = [];

    /// <summary>Ids and claims of accepted commands, as rows of the table commands.</summary>
    public List<(string Id, byte[] InputHash, long FirstNumber, int Count)> Accepted { get; } = [];

    /// <summary>Streams with their version before (0 = new) and after.</summary>
    public IReadOnlyDictionary<string, (long Before, long Now, string Type)> Streams => streams;

    public Instant Time { get; }

    public long FirstNumber => state.Head.Number + 1;

    public bool IsEmpty => Events.Count == 0;

    /// <summary>Digests of the events, in order, one after the other.</summary>
    public byte[] Digests { get; private set; } = [];

    public Head OldHead => state.Head;

    public Head NewHead { get; private set; } = null!;

    /// <param name="batch">Commands in the order of their arrival.</param>
    /// <param name="now">The caller's clock; the log's time never goes back.</param>
    public static AppendPlan Make(IReadOnlyList<EncodedCommand> batch, AppendState state, Instant now)
    {
        var plan = new AppendPlan(state, now);
        foreach (var command in batch)
        {
            plan.Answers.Add(plan.Decide(command));
        }

        if (!plan.IsEmpty)
        {
            plan.MakeSeal();
        }

        return plan;
    }

    private AppendAnswer Decide(EncodedCommand encoded)
    {
        var command = encoded.Command;
        if (commands.TryGetValue(command.Id, out var known))
        {
            return CryptographicOperations.FixedTimeEquals(known.InputHash, command.InputHash)
                ? new AppendAnswer.Stored(known.FirstNumber, known.Count, Repeated: true)
                : new AppendAnswer.Refused(Reused(command, known));
        }

        if (command.Claims.FirstOrDefault(commands.ContainsKey) is { } taken)
        {
            return new AppendAnswer.Refused(new Refusal("claim.taken", string.Create(
                CultureInfo.InvariantCulture,
                $"{taken} is held since event {commands[taken].FirstNumber}; command {command.Id} must decide anew.")));
        }

        foreach (var stream in encoded.Streams)
        {
            var version = Version(stream.Facts.Stream);
            if (stream.Facts.ExpectedVersion is { } expected && expected != version)
            {
                return new AppendAnswer.Refused(Conflict(stream.Facts.Stream, expected, version));
            }
        }

        var first = number + 1;
        Place(encoded);
        foreach (var id in command.Claims.Prepend(command.Id))
        {
            Accepted.Add((id, command.InputHash, first, encoded.Count));
            commands.Add(id, new KnownCommand(command.InputHash, first, encoded.Count));
        }

        return new AppendAnswer.Stored(first, encoded.Count, Repeated: false);
    }

    private void Place(EncodedCommand encoded)
    {
        foreach (var stream in encoded.Streams)
        {
            var key = stream.Facts.Stream;
            var (before, version, type) = streams.TryGetValue(key, out var touched)
                ? touched
                : (Version(key), Version(key), stream.Facts.StreamType);
            foreach (var e in stream.Events)
            {
                Events.Add(new PlannedEvent(++number, ++version, key, e, encoded));
            }

            streams[key] = (before, version, type);
        }
    }

    private long Version(string stream) =>
        streams.TryGetValue(stream, out var touched) ? touched.Now : state.Versions.GetValueOrDefault(stream);

    private void MakeSeal()
    {
        Digests = new byte[Events.Count * EventDigest.Size];
        var versions = new long[Events.Count];
        for (var i = 0; i < versions.Length; i++)
        {
            Events[i].Event.Digest.CopyTo(Digests, i * EventDigest.Size);
            versions[i] = Events[i].Version;
        }

        var seal = Seal.Next(state.Head.Seal, FirstNumber, Time, Digests, versions);
        NewHead = new Head(number, seal, Time);
    }

    private static Refusal Conflict(string stream, long expected, long actual) =>
        expected == 0
            ? new Refusal("stream.exists", string.Create(
                CultureInfo.InvariantCulture,
                $"Stream {stream} should be new and is at version {actual}; read it and decide again."))
            : new Refusal("stream.version-conflict", string.Create(
                CultureInfo.InvariantCulture,
                $"Stream {stream} should be at version {expected} and is at {actual}; read it and decide again."));

    private static Refusal Reused(StoreCommand command, KnownCommand known) =>
        new("command.reused", string.Create(
            CultureInfo.InvariantCulture,
            $"Command {command.Id} was stored at {known.FirstNumber} with input {Short(known.InputHash)}, now it has "
            + $"{Short(command.InputHash)}; use a new id for new input."));

    private static string Short(byte[] hash) => Convert.ToHexStringLower(hash.AsSpan(0, Math.Min(8, hash.Length)));
}
