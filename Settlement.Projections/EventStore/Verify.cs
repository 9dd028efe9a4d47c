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
public sealed record VerifyReport(
    long Events, Duration Took, IReadOnlyDictionary<string, string> Seals, IReadOnlyList<BadEvent> Bad)
{
    public bool IsGood => Bad.Count == 0;

    public long EventsPerSecond => Took == Duration.Zero ? 0 : (long)(Events / (decimal)Took.TotalSeconds);
}

/// <summary>
/// Reads a log as it is stored, computes every digest and seal again, and stops a tenant at its first bad event.
/// Appends may go on meanwhile: a tenant is checked up to its head as it was at the start.
/// </summary>
internal sealed partial class LogVerifier(NpgsqlDataSource source)
{
    private const int PageSize = 4000;

    private const string FindHeads =
        "select tenant_id, last_number, last_seal from tenant_heads where $1 is null or tenant_id = $1 order by tenant_id";

    // a seal over a bulk's 5,000 events has 160 KB of digests, one over a single event 32 bytes
    private const string FindSeals = """
        select first_number, count, time, seal, digests
        from (
          select p.*, sum(count) over (order by first_number) - count as before
          from (
            select first_number, count, time, seal, digests from seals
            where tenant_id = $1 and first_number > $2 order by first_number limit 500) p) q
        where before < 20000
        order by first_number
        """;

    private const string FindEvents = """
        select e.seq_id, e.id, e.stream_id, e.version, e.type, e.timestamp, e.correlation_id, e.causation_id,
          e.headers, e.data
        from mt_events e where e.tenant_id = $1 and e.seq_id > $2 order by e.seq_id limit 4000
        """;

    private const string FindFirstWrongVersion = """
        select e.seq_id from mt_events e
        where e.tenant_id = $1 and e.seq_id between $2 and $3
          and e.version <> (select count(*) from mt_events s
            where s.tenant_id = $1 and s.stream_id = e.stream_id and s.seq_id <= e.seq_id)
        order by e.seq_id limit 1
        """;

    private sealed record Row(
        long Number, Guid Id, string Stream, long Version, string Type, Instant Time, string? Correlation,
        string? Causation, byte[]? Headers, byte[] Data);

    private sealed record SealRow(long First, int Count, Instant Time, byte[] Seal, byte[] Digests)
    {
        public long Last => First + Count - 1;
    }

    /// <param name="tenant">Null = all.</param>
    public async Task<VerifyReport> Run(string? tenant, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        var heads = await Heads(tenant, stop);
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
            bad);
    }

    private async Task<(long Count, BadEvent? Bad)> Check(
        (string Tenant, long Number, byte[] Seal) head, CancellationToken stop)
    {
        var previous = Seal.Genesis(head.Tenant);
        var next = 1L;
        await using var seals = Seals(head.Tenant, stop).GetAsyncEnumerator(stop);
        await using var events = Events(head.Tenant, stop).GetAsyncEnumerator(stop);
        while (next <= head.Number)
        {
            if (!await seals.MoveNextAsync() || seals.Current.First != next)
            {
                return (next - 1, new BadEvent(head.Tenant, next, "log.seal-broken", "Its append has no seal."));
            }

            var seal = seals.Current;
            var versions = new long[seal.Count];
            for (var i = 0; i < seal.Count; i++)
            {
                var has = await events.MoveNextAsync();
                if (Compare(head.Tenant, seal, i, has ? events.Current : null) is { } wrong)
                {
                    return (next + i - 1, wrong);
                }

                versions[i] = events.Current.Row.Version;
            }

            previous = Seal.Next(previous, seal.First, seal.Time, seal.Digests, versions);
            if (!previous.AsSpan().SequenceEqual(seal.Seal))
            {
                return (seal.Last, await BrokenSeal(head.Tenant, seal, stop));
            }

            next += seal.Count;
        }

        return (head.Number, await CheckEnd(head, previous, next, stop) ?? await StreamVersions.Check(source, head.Tenant, head.Number, stop));
    }

    /// <summary>After the head there may be what was appended meanwhile, but the seals must lead to the head.</summary>
    private async Task<BadEvent?> CheckEnd(
        (string Tenant, long Number, byte[] Seal) head, byte[] seal, long next, CancellationToken stop)
    {
        if (!seal.AsSpan().SequenceEqual(head.Seal) || next != head.Number + 1)
        {
            return new BadEvent(head.Tenant, head.Number, "log.seal-broken", "The seals do not lead to the head's.");
        }

        const string FindAfter = """
            select min(e.seq_id) from mt_events e
            where e.tenant_id = $1 and (e.seq_id < 1 or e.seq_id >
              (select h.last_number from tenant_heads h where h.tenant_id = $1))
            """;
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(AppendSql.Command(FindAfter, AppendSql.Text(head.Tenant)));
        return await batch.ExecuteScalarAsync(stop) is long added
            ? new BadEvent(head.Tenant, added, "log.added", "It stands outside the numbers that were given out.")
            : null;
    }

    private static BadEvent? Compare(string tenant, SealRow seal, int index, (Row Row, byte[] Digest)? found)
    {
        var number = seal.First + index;
        if (found is not { } e || e.Row.Number != number)
        {
            return found is { } other && other.Row.Number < number
                ? new BadEvent(tenant, other.Row.Number, "log.added", "No append gave out its number.")
                : new BadEvent(tenant, number, "log.dropped", "It was sealed and is missing.");
        }

        if (seal.Digests.Length != seal.Count * EventDigest.Size)
        {
            return new BadEvent(tenant, seal.First, "log.seal-broken", "Its seal has too few digests.");
        }

        var expected = seal.Digests.AsSpan(index * EventDigest.Size, EventDigest.Size);
        if (!expected.SequenceEqual(e.Digest))
        {
            var at = IndexOf(seal.Digests, e.Digest);
            return at >= 0
                ? new BadEvent(tenant, number, "log.swapped", string.Create(
                    CultureInfo.InvariantCulture, $"It holds what was sealed as {seal.First + at}."))
                : new BadEvent(tenant, number, "log.altered", "Its content is not what was sealed.");
        }

        return e.Row.Time == seal.Time
            ? null
            : new BadEvent(tenant, number, "log.altered", $"Its time is {e.Row.Time}, sealed was {seal.Time}.");
    }

    private async Task<BadEvent> BrokenSeal(string tenant, SealRow seal, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(AppendSql.Command(
            FindFirstWrongVersion, AppendSql.Text(tenant), AppendSql.Long(seal.First), AppendSql.Long(seal.Last)));
        return await batch.ExecuteScalarAsync(stop) is long number
            ? new BadEvent(tenant, number, "log.altered", "Its version is not its place in its stream.")
            : new BadEvent(tenant, seal.First, "log.seal-broken", string.Create(
                CultureInfo.InvariantCulture, $"The seal over {seal.First} to {seal.Last} does not fit."));
    }

    private static int IndexOf(byte[] digests, byte[] digest)
    {
        for (var at = 0; at + EventDigest.Size <= digests.Length; at += EventDigest.Size)
        {
            if (digests.AsSpan(at, EventDigest.Size).SequenceEqual(digest))
            {
                return at / EventDigest.Size;
            }
        }

        return -1;
    }
}
