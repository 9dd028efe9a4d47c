using NodaTime;

namespace Settlement.Projections.EventStore;

/// <summary>
/// What this process remembers of a tenant from its own last append, so that the next one can go in a single
/// statement. Only a guess: that statement does nothing unless the log still ends where we think, and then all
/// we remember of its streams is true as well, because every change of a stream moves the head.
/// </summary>
internal sealed class TenantMemory
{
    private const int MostStreams = 4096;
    private const int MostDistrust = 16;

    private readonly Dictionary<string, long> versions = new(StringComparer.Ordinal);
    private Head? head;
    private int distrust;
    private int pause;

    /// <summary>Decides a batch from memory; null: what it needs is not known, or the answer must be looked up.</summary>
    public AppendPlan? Guess(IReadOnlyList<EncodedCommand> batch, Instant now)
    {
        if (head is null || pause-- > 0)
        {
            return null;
        }

        var known = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var command in batch)
        {
            if (command.Command.Requires.Count > 0)
            {
                return null; // what a stream that gets no facts is at must be looked up
            }

            foreach (var facts in command.Command.Streams)
            {
                if (!known.TryAdd(facts.Stream, 0))
                {
                    continue;
                }

                if (versions.TryGetValue(facts.Stream, out var version))
                {
                    known[facts.Stream] = version;
                }
                else if (facts.ExpectedVersion is { } expected)
                {
                    known[facts.Stream] = expected; // the statement checks it
                }
                else
                {
                    return null;
                }
            }
        }

        var none = new Dictionary<string, KnownCommand>(StringComparer.Ordinal);
        var plan = AppendPlan.Make(batch, new AppendState(head, none, known), now);
        return plan.Answers.TrueForAll(answer => answer is AppendAnswer.Stored { Repeated: false }) ? plan : null;
    }

    /// <summary>What was planned is committed.</summary>
    public void Learn(AppendPlan plan, bool guessed)
    {
        if (!guessed && plan.FirstNumber - 1 != head?.Number)
        {
            versions.Clear(); // somebody else appended in between
        }

        if (versions.Count > MostStreams)
        {
            versions.Clear();
        }

        head = plan.NewHead;
        foreach (var (stream, (_, version, _)) in plan.Streams)
        {
            versions[stream] = version;
        }

        distrust = guessed ? 0 : distrust;
    }

    /// <summary>
    /// The guess was wrong: others append to this tenant, or commands come twice. The more often, the longer we look
    /// first.
    /// </summary>
    public void Forget()
    {
        head = null;
        versions.Clear();
        distrust = Math.Min(MostDistrust, (distrust * 2) + 1);
        pause = distrust;
    }
}
