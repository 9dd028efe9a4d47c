using NodaTime;
using Settlement.Projections.Statements;

namespace Settlement.Projections.Partners;

/// <summary>A session that one module tells of and the other does not.</summary>
/// <param name="CdrId">Null: the session has no CDR.</param>
/// <param name="SessionId">Null: the CDR names none.</param>
public sealed record Incomplete(
    string Tenant, string Cpo, string Emsp, string? SessionId, string? CdrId, Instant Start, Instant? End,
    decimal EnergyKwh, string? State);

/// <param name="WithoutCdr">Reported as completed, and no CDR came.</param>
/// <param name="WithoutSession">CDRs of CPOs that report sessions, of which no session was reported.</param>
/// <param name="Sessions">All completed sessions looked at.</param>
public sealed record CompletenessAnswer(
    IReadOnlyList<Incomplete> WithoutCdr, IReadOnlyList<Incomplete> WithoutSession, long Sessions);

/// <summary>Is every session that was reported billed, and every bill reported? By session start, in UTC.</summary>
public sealed class Completeness(PartnerReads reads)
{
    /// <summary>Most rows of each list.</summary>
    public const int Most = 1000;

    private const string Completed = $"""
        from reported_sessions t
        {PartnerReads.Live}
        where t.tenant_id = any($1) and t.status = 'COMPLETED' and t.start_at >= $2 and t.start_at < $3
          and ($4 is null or t.source = $4)
        """;

    // only of a CPO that reports sessions at all: from its first one on
    private const string Unreported = $"""
        with first as (
          select s.tenant_id, s.generation, s.cpo, min(s.start_at) at from reported_sessions s
          where s.tenant_id = any($1) group by 1, 2, 3)
        select t.tenant_id, t.cpo, t.emsp, t.session_id, t.cdr_id, t.start_at, t.end_at, t.energy_kwh, t.state
        from cdrs t
        {PartnerReads.Live}
        join first f on f.tenant_id = t.tenant_id and f.generation = t.generation and f.cpo = t.cpo and t.start_at >= f.at
        where t.tenant_id = any($1) and t.start_at >= $2 and t.start_at < $3 and t.state <> 'credit'
          and t.received_at is not null and ($4 is null or t.source = $4)
          and not exists (select from reported_sessions s
            where s.tenant_id = t.tenant_id and s.generation = t.generation and s.cpo = t.cpo
              and s.session_key = lower(t.session_id))
        order by t.start_at, t.stream
        """;

    /// <summary>Those of sessions that started in a month, UTC.</summary>
    /// <inheritdoc cref="Ask(IReadOnlyCollection{string}, string?, Instant, Instant, CancellationToken)"/>
    public Task<CompletenessAnswer> Ask(
        IReadOnlyCollection<string> tenants, string? source, YearMonth month, CancellationToken stop)
    {
        var first = month.OnDayOfMonth(1);
        return Ask(tenants, source, At(first), At(first.PlusMonths(1)), stop);

        static Instant At(LocalDate day) => day.AtMidnight().InUtc().ToInstant();
    }

    /// <param name="source">What a hub submitted itself; null = all of the tenants.</param>
    public async Task<CompletenessAnswer> Ask(
        IReadOnlyCollection<string> tenants, string? source, Instant from, Instant to, CancellationToken stop)
    {
        Npgsql.NpgsqlParameter[] Between() =>
        [
            PartnerReads.Time(from.ToDateTimeUtc()), PartnerReads.Time(to.ToDateTimeUtc()), PartnerReads.Text(source),
        ];
        var sessions = await reads.Read(
            tenants, $"select count(*) {Completed}", Between(), row => row.GetInt64(0), stop);
        var withoutCdr = await reads.Read(
            tenants,
            $"""
            select t.tenant_id, t.cpo, t.emsp, t.session_id, null, t.start_at, t.end_at, t.energy_kwh, t.status
            {Completed} and not exists (select {LiveRows.CdrsOfSession})
            order by t.start_at, t.stream limit {Most}
            """,
            Between(), Row, stop);
        var withoutSession = await reads.Read(tenants, $"{Unreported} limit {Most}", Between(), Row, stop);
        return new CompletenessAnswer(withoutCdr, withoutSession, sessions is [var count] ? count : 0);
    }

    private static Incomplete Row(Npgsql.NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3),
        row.IsDBNull(4) ? null : row.GetString(4), Instant.FromDateTimeUtc(row.GetDateTime(5)),
        row.IsDBNull(6) ? null : Instant.FromDateTimeUtc(row.GetDateTime(6)), row.GetDecimal(7),
        row.IsDBNull(8) ? null : row.GetString(8));
}
