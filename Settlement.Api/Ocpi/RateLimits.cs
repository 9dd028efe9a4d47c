using System.Collections.Concurrent;

namespace Settlement.Api.Ocpi;

/// <summary>How often a token may call, and how often an address may guess: buckets that fill evenly.</summary>
public sealed class RateLimits(int perSecond, int failuresPerMinute, TimeProvider clock)
{
    private const int MostBuckets = 20_000;
    private readonly ConcurrentDictionary<string, Bucket> tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Bucket> addresses = new(StringComparer.Ordinal);

    /// <summary>Null: go on; else the whole seconds to wait.</summary>
    public int? Take(string token) => Of(tokens, token, perSecond, perSecond).Take(clock.GetTimestamp());

    /// <summary>Has the address guessed too often? Asked before a token is looked at.</summary>
    public int? MayGuess(string address) =>
        addresses.TryGetValue(address, out var bucket) ? bucket.Look(clock.GetTimestamp()) : null;

    public void Failed(string address) =>
        Of(addresses, address, failuresPerMinute, failuresPerMinute / 60m).Take(clock.GetTimestamp());

    private Bucket Of(ConcurrentDictionary<string, Bucket> buckets, string key, int room, decimal perSecondHere)
    {
        if (buckets.Count > MostBuckets)
        {
            buckets.Clear(); // a flood of addresses must not fill memory
        }

        return buckets.GetOrAdd(
            key, static (_, made) => new Bucket(made.room, made.perSecondHere, made.clock),
            (room, perSecondHere, clock));
    }

    private sealed class Bucket
    {
        private readonly Lock gate = new();
        private readonly long ticksPerDrop;
        private readonly long full;
        private readonly long frequency;
        private long empty; // the timestamp at which the bucket would be empty of debt

        public Bucket(int room, decimal perSecond, TimeProvider clock)
        {
            frequency = clock.TimestampFrequency;
            ticksPerDrop = Math.Max(1, (long)(frequency / Math.Max(perSecond, 0.001m)));
            full = ticksPerDrop * Math.Max(1, room);
            empty = clock.GetTimestamp() - full;
        }

        public int? Take(long now)
        {
            lock (gate)
            {
                empty = Math.Max(empty, now - full);
                if (empty > now - ticksPerDrop)
                {
                    return Wait(now);
                }

                empty += ticksPerDrop;
                return null;
            }
        }

        public int? Look(long now)
        {
            lock (gate)
            {
                return Math.Max(empty, now - full) > now - ticksPerDrop ? Wait(now) : null;
            }
        }

        private int Wait(long now) => (int)Math.Max(1, (empty + ticksPerDrop - now + frequency - 1) / frequency);
    }
}
