using System.Collections;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Settlement.Domain;
using Settlement.Projections.EventStore;

namespace Settlement.Bench;

/// <summary>An event of the size of a rated session: words, times, amounts, and a list of periods.</summary>
public sealed record Charged(
    string CdrId, string Location, string Evse, Instant Start, Instant End, decimal EnergyKwh, decimal Amount,
    string Currency, IReadOnlyList<Period> Periods) : Fact;

public sealed record Period(Instant Start, string Tariff, decimal EnergyKwh, long Seconds, decimal Price);

/// <summary>Commands of one event each, about 1 KB or 3 KB of JSON, all different.</summary>
public static class Load
{
    public static readonly EventNames Names = new([EventNames.Fact<Charged>("charged")]);

    private static readonly Instant Day = Instant.FromUtc(2026, 10, 1, 8, 0);

    public static StoreCommand Command(long i, int periods, string? stream = null)
    {
        var id = $"cdr-{i:x12}";
        return new StoreCommand(
            id,
            SHA256.HashData(Encoding.ASCII.GetBytes(id)),
            [new StreamFacts(stream ?? id, "cdr", stream is null ? 0 : null, [Fact(id, i, periods)])],
            "bench");
    }

    public static Charged Fact(string id, long i, int periods)
    {
        var start = Day + Duration.FromSeconds(i % 100_000);
        var list = new Period[periods];
        for (var p = 0; p < periods; p++)
        {
            list[p] = new Period(
                start + Duration.FromMinutes(15 * p), $"TARIFF-{i % 40:00}", 3.25m + (i % 997 * 0.001m), 900, 0.35m);
        }

        return new Charged(
            id, $"LOC-{i % 5000:0000}", $"CA*FLO*E{i % 9999:0000}*1", start, start + Duration.FromMinutes(15 * periods),
            3.25m * periods, 1.14m * periods, "CAD", list);
    }

    /// <summary>Periods that give an event of about so many bytes.</summary>
    public static int PeriodsFor(int bytes) => (bytes - 230) / 104;
}

/// <summary>
/// Commands made when they are asked for, as an import makes them: memory stays flat. Their facts are there before, 500
/// different ones in rotation, as the bytes are that raw COPY sends.
/// </summary>
internal sealed class Commands(int count, int periods) : IReadOnlyList<StoreCommand>
{
    private readonly IReadOnlyList<Fact>[] facts =
        [.. Enumerable.Range(0, 500).Select(i => (IReadOnlyList<Fact>)[Load.Fact("cdr-000000000001", i, periods)])];

    public int Count => count;

    public StoreCommand this[int index]
    {
        get
        {
            var id = $"cdr-{index:x12}";
            var hash = new byte[32];
            BitConverter.TryWriteBytes(hash, index);
            return new StoreCommand(
                id, hash, [new StreamFacts(id, "cdr", 0, facts[index % facts.Length])], "bench");
        }
    }

    public IEnumerator<StoreCommand> GetEnumerator() => Enumerable.Range(0, count).Select(i => this[i]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
