using System.Text.Json;
using NodaTime;
using Npgsql;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>
/// What is received and not owed: held CDRs, those in conflict, those awaited by their credit. Paged by the
/// key of the last row seen, so that a page costs the same wherever it is.
/// </summary>
public sealed class HeldQueries(NpgsqlDataSource database)
{
    private const string From =
        $"""
        from cdrs t
        {LiveRows.Join}
        where t.state in ({LiveRows.HeldStates})
          and ($1 is null or t.charge_period = $1) and ($2 is null or t.tenant_id = $2)
          and ($3 is null or coalesce(t.reason, '') = $3) and ($4 is null or t.state = $4)
          and ($5 is null or t.cpo = $5) and ($6 is null or t.emsp = $6) and ($7 is null or t.currency = $7)
        """;

    /// <summary>How many, by state and reason; the most frequent first.</summary>
    public async Task<IReadOnlyList<HeldCount>> Counts(HeldFilter filter, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"select t.state, coalesce(t.reason, ''), count(*) {From} group by 1, 2 order by 3 desc, 1, 2");
        Bind(command, filter);
        return await command.Rows(r => new HeldCount(r.GetString(0), r.GetString(1), r.GetInt64(2)), stop);
    }

    /// <summary>In the order of relationship, month, state and id.</summary>
    /// <param name="after">Rows after this one only.</param>
    public async Task<IReadOnlyList<HeldCdr>> Page(
        HeldFilter filter, HeldKey? after, int limit, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.tenant_id, t.stream, t.cpo, t.emsp, t.cdr_id, t.state, t.charge_period, t.currency,
                   t.start_at, t.end_at, t.energy_kwh, t.claimed, t.expected,
                   coalesce(t.reasons::text, '[]'), t.location_id, t.city, t.linked_id
            {From}
              and ($8 is null or (t.tenant_id, t.charge_period, t.state, t.stream) > ($8, $9, $10, $11))
            order by t.tenant_id, t.charge_period, t.state, t.stream
            limit $12
            """);
        Bind(command, filter);
        Text(command, after?.Tenant);
        Text(command, after is null ? null : Ids.Text(after.Month));
        Text(command, after?.State);
        Text(command, after?.Stream);
        command.Parameters.Add(new() { Value = limit });
        return await command.Rows(Read, stop);
    }

    private static HeldCdr Read(NpgsqlDataReader r) => new(
        r.GetString(0), r.GetString(1), Ids.Party(r.GetString(2)), Ids.Party(r.GetString(3)), r.GetString(4),
        r.GetString(5), Ids.Month(r.GetString(6)), r.GetString(7), Ids.Time(r.GetDateTime(8)),
        Ids.Time(r.GetDateTime(9)), r.GetDecimal(10), r.GetDecimal(11),
        r.IsDBNull(12) ? null : r.GetDecimal(12),
        JsonSerializer.Deserialize<IReadOnlyList<Finding>>(r.GetString(13), RowJson.Options)!,
        Ids.Text(r, 14), Ids.Text(r, 15), Ids.Text(r, 16));

    private static void Bind(NpgsqlCommand command, HeldFilter filter)
    {
        Text(command, filter.Month is { } month ? Ids.Text(month) : null);
        Text(command, filter.Tenant);
        Text(command, filter.Reason);
        Text(command, filter.State);
        Text(command, filter.Cpo?.ToString());
        Text(command, filter.Emsp?.ToString());
        Text(command, filter.Currency);
    }

    private static void Text(NpgsqlCommand command, string? value) =>
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = value });
}

/// <summary>Which open CDRs are wanted; what is null is not narrowed.</summary>
public sealed record HeldFilter(
    YearMonth? Month = null, string? Tenant = null, string? Reason = null, string? State = null,
    PartyId? Cpo = null, PartyId? Emsp = null, string? Currency = null);

/// <summary>Where a page ended.</summary>
public sealed record HeldKey(string Tenant, YearMonth Month, string State, string Stream);

public sealed record HeldCount(string State, string Reason, long Cdrs);

/// <summary>One CDR that is received and not owed.</summary>
/// <param name="State">held, conflict or awaited.</param>
/// <param name="Claimed">The CPO's total before tax, in the currency as the CPO wrote it.</param>
/// <param name="Expected">The re-rated price, where it can be told.</param>
/// <param name="LinkedId">Id of the credit that waits for it.</param>
public sealed record HeldCdr(
    string Tenant, string Stream, PartyId Cpo, PartyId Emsp, string CdrId, string State, YearMonth Month,
    string Currency, Instant Start, Instant End, decimal EnergyKwh, decimal Claimed, decimal? Expected,
    IReadOnlyList<Finding> Reasons, string? LocationId, string? City, string? LinkedId)
{
    public HeldKey Key => new(Tenant, Month, State, Stream);
}
