using System.Globalization;
using System.Security.Cryptography;
using Settlement.Domain;

namespace Settlement.Projections.EventStore;

/// <summary>The answer a command got before.</summary>
internal sealed record KnownCommand(byte[] InputHash, long FirstNumber, long LastNumber);

/// <summary>What the log knows about the commands and streams of a batch, read under the tenant's lock.</summary>
internal sealed record AppendState(
    Head Head, IReadOnlyDictionary<string, KnownCommand> Commands, IReadOnlyDictionary<string, long> Versions);

/// <summary>The facts of one stream in one transaction.</summary>
internal sealed record PlannedStream(string Stream, long Before, List<(StoreCommand Command, Fact Fact)> Facts);

/// <summary>
/// Decides what of a batch goes into one transaction: who is written, who is answered from before, who is refused. Pure;
/// the caller holds the tenant's lock. It ends before the first command that has something in common with an earlier
/// one: that one is decided in the next transaction, when what it depends on is in the log.
/// </summary>
internal sealed class AppendPlan
{
    private readonly AppendState state;
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);
    private readonly HashSet<string> touched = new(StringComparer.Ordinal);

    private AppendPlan(AppendState state) => this.state = state;

    /// <summary>Of the commands that were decided, in their order; null = written, its numbers come with the append.</summary>
    public List<AppendAnswer?> Answers { get; } = [];

    /// <summary>The commands that are written.</summary>
    public List<StoreCommand> Written { get; } = [];

    /// <summary>Their streams, in the order in which the log shall have them.</summary>
    public List<PlannedStream> Streams { get; } = [];

    public static AppendPlan Make(IEnumerable<StoreCommand> batch, AppendState state)
    {
        var plan = new AppendPlan(state);
        foreach (var command in batch)
        {
            if (plan.DependsOnEarlier(command))
            {
                break;
            }

            plan.Answers.Add(plan.Decide(command));
        }

        return plan;
    }

    private bool DependsOnEarlier(StoreCommand command) =>
        taken.Contains(command.Id) || command.Claims.Any(taken.Contains)
        || command.Requires.Any(required => touched.Contains(required.Stream))
        || command.Streams.Any(facts => touched.Contains(facts.Stream) && !Continues(command, facts));

    /// <summary>One more fact for the stream that was written last: the order of the log stays that of the commands.</summary>
    private bool Continues(StoreCommand command, StreamFacts facts) =>
        command.Streams.Count == 1 && Streams[^1].Stream == facts.Stream;

    private AppendAnswer? Decide(StoreCommand command)
    {
        if (state.Commands.TryGetValue(command.Id, out var known))
        {
            return CryptographicOperations.FixedTimeEquals(known.InputHash, command.InputHash)
                ? new AppendAnswer.Stored(known.FirstNumber, known.LastNumber, Repeated: true)
                : new AppendAnswer.Refused(Reused(command, known));
        }

        foreach (var claim in command.Claims)
        {
            if (state.Commands.TryGetValue(claim, out var holder))
            {
                return new AppendAnswer.Refused(new Refusal("claim.taken", string.Create(
                    CultureInfo.InvariantCulture,
                    $"{claim} is held since event {holder.FirstNumber}; command {command.Id} must decide anew.")));
            }
        }

        var read = command.Streams.Where(facts => facts.ExpectedVersion is not null)
            .Select(facts => new StreamVersion(facts.Stream, facts.ExpectedVersion!.Value)).Concat(command.Requires);
        foreach (var (stream, expected) in read)
        {
            if (Version(stream) is var version && expected != version)
            {
                return new AppendAnswer.Refused(Conflict(stream, expected, version));
            }
        }

        Place(command);
        return null;
    }

    private void Place(StoreCommand command)
    {
        Written.Add(command);
        taken.Add(command.Id);
        taken.UnionWith(command.Claims);
        foreach (var facts in command.Streams)
        {
            if (touched.Add(facts.Stream))
            {
                Streams.Add(new PlannedStream(facts.Stream, state.Versions.GetValueOrDefault(facts.Stream), []));
            }

            Streams[^1].Facts.AddRange(facts.Facts.Select(fact => (command, fact)));
        }
    }

    private long Version(string stream) =>
        touched.Contains(stream)
            ? Streams[^1].Before + Streams[^1].Facts.Count
            : state.Versions.GetValueOrDefault(stream);

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
