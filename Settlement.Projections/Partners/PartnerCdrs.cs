using System.Globalization;
using NodaTime;
using Npgsql;

namespace Settlement.Projections.Partners;

/// <summary>Which part of a list is asked for (OCPI 2.2.1 §4.1.3): from inclusive, to exclusive.</summary>
public sealed record PageAsked(Instant? From, Instant? To, long Offset, int Limit);

public sealed record CdrPlace(string Tenant, string Stream);

/// <param name="Total">How many match, whatever the page.</param>
public sealed record PartnerPage<T>(IReadOnlyList<T> Items, long Total);

/// <summary>
/// Lists for partners, by relationship in the order of receipt: what comes while pages are read is at the end of its
/// relationship, so that a row may be read twice and none is left out.
/// </summary>
public sealed class PartnerCdrs(PartnerReads reads)
{
    private const string Where = $"""
        from cdrs t
        {PartnerReads.Live}
        where t.tenant_id = any($1) and t.listed_seq is not null
          and ($2 is null or t.last_updated >= $2) and ($3 is null or t.last_updated < $3)
          and ($4 is null or t.source = $4)
        """;

    /// <param name="source">A hub reads what it submitted itself; null = all of the tenants.</param>
    public async Task<PartnerPage<CdrPlace>> Page(
        IReadOnlyCollection<string> tenants, string? source, PageAsked asked, CancellationToken stop)
    {
        var total = await reads.Read(
            tenants, $"select count(*) {Where}", Filter(asked, source), row => row.GetInt64(0), stop);
        var items = total is [> 0]
            ? await reads.Read(
                tenants,
                $"select t.tenant_id, t.stream {Where} order by t.tenant_id, t.listed_seq offset $5 limit $6",
                [.. Filter(asked, source), PartnerReads.Number(asked.Offset), PartnerReads.Number(asked.Limit)],
                row => new CdrPlace(row.GetString(0), row.GetString(1)), stop)
            : [];
        return new PartnerPage<CdrPlace>(items, total is [var count] ? count : 0);
    }

    /// <summary>Ids of CDRs (folded) to the tenants that hold them.</summary>
    public Task<List<(string Tenant, string Cpo)>> Holding(
        IReadOnlyCollection<string> tenants, IReadOnlyList<string> ids, CancellationToken stop) => reads.Read(
            tenants,
            $"""
            select distinct t.tenant_id, t.cpo from cdrs t
            {PartnerReads.Live}
            where t.tenant_id = any($1) and lower(t.cdr_id) = any($2)
            """,
            [new NpgsqlParameter<string[]> { TypedValue = [.. ids.Select(id => id.ToLower(CultureInfo.InvariantCulture))] }],
            row => (row.GetString(0), row.GetString(1)), stop);

    private static NpgsqlParameter[] Filter(PageAsked asked, string? source) =>
    [
        PartnerReads.Time(asked.From?.ToDateTimeUtc()), PartnerReads.Time(asked.To?.ToDateTimeUtc()),
        PartnerReads.Text(source),
    ];
}
