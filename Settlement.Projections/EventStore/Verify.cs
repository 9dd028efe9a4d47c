using System.Diagnostics;
using System.Globalization;
using NodaTime;
using Npgsql;

namespace Settlement.Projections.EventStore;

/// <summary>The first thing in a tenant's log that is not as it was written.</summary>
/// <param name="Number">The event; where a whole append does not fit, its first event.</param>
/// <param name="Code"><c>log.altered</c>, <c>log.dropped</c>, <c>log.added</c>, <c>log.swapped</c>,
/// <c>log.seal-broken</c>, <c>log.stream-version</c>.</param>
public sealed record BadEvent(string Tenant, long Number, string Code, string Detail);

/// <summary>What a check of seals found.</summary>
/// <param name="Seals">The last seal of each tenant in hex: written down elsewhere it proves the log to that point.</param>
/// <param name="Bad">The first bad event of each tenant that has one.</param>
/// <param name="Tombstones">Numbers of batches that failed: Marten marks them, they are outside every reader.</param>
public sealed record VerifyReport(
    long Events, Duration Took, IReadOnlyDictionary<string, string> Seals, IReadOnlyList<BadEvent> Bad, long Tombstones)
{
    public bool IsGood => Bad.Count == 0;

    public long EventsPerSecond => Took == Duration.Zero ? 0 : (long)(Events / (decimal)Took.TotalSeconds);
}

/// <summary>
/// Reads a log as it is stored, computes every digest and seal again, and stops a tenant at its first bad event.
/// Appends may go on meanwhile: a tenant is checked up to its head as it was at the start.
/// </summary>
internal sealed class LogVerifier(NpgsqlDataSource source)
{
    private readonly LogPages pages = new(source);

    /// <param name="tenant">Null = all.</param>
    public async Task<VerifyReport> Run(string? tenant, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        var heads = await pages.Heads(tenant, stop);
        var bad = new List<BadEvent>();
        var events = 0L;
        foreach (var head in heads)
        {
            var (count, found) = await Check(head, stop);
            events += count;
            if (found is not null)
            {
                bad.Add(found);
            }
        }

        return new VerifyReport(
            events,
            Duration.FromTimeSpan(clock.Elapsed),
            heads.ToDictionary(h => h.Tenant, h => Convert.ToHexStringLower(h.Seal), StringComparer.Ordinal),
            bad,
            await pages.Tombstones(stop));
    }

    private async Task<(long Count, BadEvent? Bad)> Check(LogHead head, CancellationToken stop)
    {
        var (previous, checkedEvents, last) = (Seals.Genesis(head.Tenant), 0L, 0L);
        await using var seals = pages.Seals(head.Tenant, stop).GetAsyncEnumerator(stop);
        await using var events = pages.Events(head.Tenant, head.Number, stop).GetAsyncEnumerator(stop);
        while (last < head.Number && await seals.MoveNextAsync())
        {
            var seal = seals.Current;
            if (seal.Digests.Length != seal.Count * Seals.DigestSize)
            {
                return (checkedEvents, new BadEvent(head.Tenant, seal.First, "log.seal-broken", "Its seal has too few digests."));
            }

            previous = Seals.Next(previous, seal.First, seal.Last, seal.Count, seal.Digests);
            if (!previous.AsSpan().SequenceEqual(seal.Seal))
            {
                var from = await events.MoveNextAsync() ? Math.Min(events.Current.Number, seal.First) : seal.First;
                return (checkedEvents, new BadEvent(head.Tenant, from, "log.seal-broken", string.Create(
                    CultureInfo.InvariantCulture, $"The seal over {seal.First} to {seal.Last} does not follow the one before it.")));
            }

            for (var i = 0; i < seal.Count; i++)
            {
                var has = await events.MoveNextAsync();
                if (Compare(head.Tenant, seal, i, has ? events.Current : null) is { } wrong)
                {
                    return (checkedEvents, wrong);
                }

                checkedEvents++;
            }

            last = seal.Last;
        }

        if (last != head.Number || !previous.AsSpan().SequenceEqual(head.Seal))
        {
            return (checkedEvents, new BadEvent(head.Tenant, last, "log.seal-broken", "The seals do not lead to the head's."));
        }

        return (checkedEvents, await pages.Unsealed(head.Tenant, stop) is { } added
            ? new BadEvent(head.Tenant, added, "log.added", "No append sealed it.")
            : await pages.WrongStream(head, stop));
    }

    private static BadEvent? Compare(string tenant, SealRow seal, int index, (long Number, byte[] Digest)? found)
    {
        var expected = seal.Digests.AsSpan(index * Seals.DigestSize, Seals.DigestSize);
        if (found is not { } e || e.Number > seal.Last)
        {
            return new BadEvent(tenant, index == 0 ? seal.First : seal.Last, "log.dropped", string.Create(
                CultureInfo.InvariantCulture, $"Event {index + 1} of the {seal.Count} from {seal.First} to {seal.Last} is missing."));
        }

        if (e.Number < seal.First)
        {
            return new BadEvent(tenant, e.Number, "log.added", "No append sealed it.");
        }

        if (expected.SequenceEqual(e.Digest))
        {
            return null;
        }

        // what was sealed next is here: one before it is gone
        for (var at = index + 1; at < seal.Count; at++)
        {
            if (seal.Digests.AsSpan(at * Seals.DigestSize, Seals.DigestSize).SequenceEqual(e.Digest))
            {
                return new BadEvent(tenant, e.Number, "log.dropped", "It was sealed after one that is missing.");
            }
        }

        return new BadEvent(tenant, e.Number, "log.altered", "Its content is not what was sealed.");
    }
}
