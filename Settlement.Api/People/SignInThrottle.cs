using System.Collections.Concurrent;
using NodaTime;
using Settlement.Domain.People;

namespace Settlement.Api.People;

/// <summary>
/// Slows down guessing: per name, known or not, so that the answer tells nothing; and per address. Kept in memory;
/// what concerns a known user is in the log as well and counts on every instance.
/// </summary>
public sealed class SignInThrottle
{
    private const int MostKept = 20_000;

    private const int FreePerAddress = 30;

    private static readonly Duration Memory = Duration.FromMinutes(15);

    private readonly ConcurrentDictionary<string, (int Failures, Instant Last)> failures = new(StringComparer.Ordinal);

    /// <summary>Null: it may be tried now.</summary>
    public Instant? WaitUntil(string name, string address, User? user, Instant now)
    {
        var wait = Later(Name(name), User.FreeTries, now);
        var other = Later(Address(address), FreePerAddress, now);
        var until = Instant.Max(
            Instant.Max(wait ?? Instant.MinValue, other ?? Instant.MinValue), user?.LockedUntil ?? Instant.MinValue);
        return until > now ? until : null;
    }

    public void Failed(string name, string address, Instant now)
    {
        if (failures.Count > MostKept)
        {
            foreach (var (key, seen) in failures.Where(item => item.Value.Last + Memory < now))
            {
                failures.TryRemove(new(key, seen));
            }
        }

        if (failures.Count > 2 * MostKept)
        {
            failures.Clear(); // under attack from everywhere: the log's own count still holds
        }

        foreach (var key in new[] { Name(name), Address(address) })
        {
            failures.AddOrUpdate(
                key, (1, now), (_, seen) => seen.Last + Memory < now ? (1, now) : (seen.Failures + 1, now));
        }
    }

    public void Succeeded(string name) => failures.TryRemove(Name(name), out _);

    private Instant? Later(string key, int free, Instant now) =>
        failures.TryGetValue(key, out var seen) && seen.Failures >= free && seen.Last + Memory > now
            ? seen.Last + Duration.Min(Duration.FromSeconds(15L << Math.Min(seen.Failures - free, 10)), Memory)
            : null;

    private static string Name(string name) => "name " + (User.Fold(name) ?? "?");

    private static string Address(string address) => "address " + address;
}
