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
/// <param name="Index">Which of its command's events it is.</param>
internal readonly record struct PlannedEvent(
    long Number, long Version, string Stream, EncodedCommand Command, int Index)
{
    public EncodedEvent Event => Command.Events[Index];
}

/// <summary>
/// Decides a batch: who gets which numbers, who is answered from before, who is refused. Pure; the caller holds
/// the head's lock while it reads the state and until what was decided here is committed.
/// </summary>
internal sealed class AppendPlan
{
    private readonly Dictionary<string, KnownCommand> commands;
    private readonly Dictionary<string, long> versions;
    private readonly Dictionary<string, (long Before, long Now, string Type)> streams = new(StringComparer.Ordinal);
    private readonly long after;
    private long number;

    private AppendPlan(
        IReadOnlyList<EncodedCommand> batch, long after, Dictionary<string, KnownCommand> commands,
        Dictionary<string, long> versions)
    {
        (this.commands, this.versions, this.after) = (commands, versions, after);
        number = after;
        Answers = new List<AppendAnswer>(batch.Count);
        Events = new List<PlannedEvent>(batch.Count);
        foreach (var command in batch)
        {
            Answers.Add(Decide(command));
        }
    }

    public List<AppendAnswer> Answers { get; }

    public List<PlannedEvent> Events { get; }

    /// <summary>The commands whose events are written, in their order.</summary>
    public List<EncodedCommand> Written { get; } = [];

    /// <summary>Ids and claims of accepted commands, as rows of the table commands.</summary>
    public List<(string Id, byte[] InputHash, long FirstNumber, int Count)> Accepted { get; } = [];

    /// <summary>Streams with their version before (0 = new) and after.</summary>
    public IReadOnlyDictionary<string, (long Before, long Now, string Type)> Streams => streams;

    public Instant Time { get; private set; }

    public long FirstNumber => after + 1;

    public long LastNumber => number;

    public bool IsEmpty => Events.Count == 0;

    /// <summary>Digests of the events, in order, one after the other.</summary>
    public byte[] Digests { get; private set; } = [];

    public Head OldHead { get; private set; } = null!;

    public Head NewHead { get; private set; } = null!;

    /// <param name="batch">Commands in the order of their arrival.</param>
    /// <param name="now">The caller's clock; the log's time never goes back.</param>
    public static AppendPlan Make(IReadOnlyList<EncodedCommand> batch, AppendState state, Instant now)
    {
        var plan = new AppendPlan(batch, state.Head.Number, state.Commands, state.Versions);
        plan.SealAfter(state.Head, now);
        return plan;
    }

    /// <summary>Decides a batch of which nothing is in the log, before the lock: where the log will end is a guess.</summary>
    public static AppendPlan OfUnseen(IReadOnlyList<EncodedCommand> batch, long after) =>
        new(batch, after, new(StringComparer.Ordinal), new(StringComparer.Ordinal));

    /// <summary>Puts the seal on what was decided; false: the log ends elsewhere, decide again.</summary>
    public bool SealAfter(Head head, Instant now)
    {
        if (head.Number != after)
        {
            return false;
        }

        OldHead = head;
        Time = now > head.Time ? Seal.FromMicroseconds(Seal.Microseconds(now)) : head.Time;
        if (!IsEmpty)
        {
            MakeSeal();
        }

        return true;
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

        foreach (var claim in command.Claims)
        {
            if (commands.TryGetValue(claim, out var holder))
            {
                return new AppendAnswer.Refused(new Refusal("claim.taken", string.Create(
                    CultureInfo.InvariantCulture,
                    $"{claim} is held since event {holder.FirstNumber}; command {command.Id} must decide anew.")));
            }
        }

        foreach (var stream in command.Streams)
        {
            if (stream.ExpectedVersion is { } expected && Version(stream.Stream) is var version && expected != version)
            {
                return new AppendAnswer.Refused(Conflict(stream.Stream, expected, version));
            }
        }

        foreach (var required in command.Requires)
        {
            if (Version(required.Stream) is var version && required.Version != version)
            {
                return new AppendAnswer.Refused(Conflict(required.Stream, required.Version, version));
            }
        }

        var first = number + 1;
        Place(encoded);
        var accepted = new KnownCommand(command.InputHash, first, encoded.Count);
        Accept(command.Id, accepted);
        foreach (var claim in command.Claims)
        {
            Accept(claim, accepted);
        }

        return new AppendAnswer.Stored(first, encoded.Count, Repeated: false);
    }

    private void Accept(string id, KnownCommand command)
    {
        Accepted.Add((id, command.InputHash, command.FirstNumber, command.Count));
        commands.Add(id, command);
    }

    private void Place(EncodedCommand encoded)
    {
        Written.Add(encoded);
        var index = 0;
        foreach (var facts in encoded.Command.Streams)
        {
            var key = facts.Stream;
            var (before, version, type) = streams.TryGetValue(key, out var touched)
                ? touched
                : (Version(key), Version(key), facts.StreamType);
            for (var i = 0; i < facts.Facts.Count; i++)
            {
                Events.Add(new PlannedEvent(++number, ++version, key, encoded, index++));
            }

            streams[key] = (before, version, type);
        }
    }

    private long Version(string stream) =>
        streams.TryGetValue(stream, out var touched) ? touched.Now : versions.GetValueOrDefault(stream);

    private void MakeSeal()
    {
        Digests = new byte[Events.Count * EventDigest.Size];
        var at = 0;
        foreach (var command in Written)
        {
            command.Digests.CopyTo(Digests, at);
            at += command.Digests.Length;
        }

        var places = new long[Events.Count];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = Events[i].Version;
        }

        var seal = Seal.Next(OldHead.Seal, FirstNumber, Time, Digests, places);
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
