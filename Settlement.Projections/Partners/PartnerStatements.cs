using System.Text.Json;
using NodaTime;
using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ocpi;

namespace Settlement.Projections.Partners;

/// <summary>An issued statement as a partner finds it.</summary>
public sealed record PartnerStatement(
    string Tenant, string Month, int Version, Instant IssuedAt, LocalDate DocumentDate, LocalDate DueDate, long Lines,
    string Digest, string MerkleRoot, IReadOnlyList<PartnerDocument> Documents)
{
    /// <summary>The month was opened again: a further version may follow.</summary>
    public bool IsReopened { get; init; }
}

/// <summary>Amounts in minor units of the currency.</summary>
public sealed record PartnerDocument(
    string Number, string Kind, string Supplier, string Customer, string IssuedBy, string Currency, long Net, long Tax,
    long Due);

/// <summary>Issued statements and the CDRs behind each of their documents, read with a partner's rights.</summary>
public sealed class PartnerStatements(PartnerReads reads)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNameCaseInsensitive = true };

    private const string Where = $"""
        from statements t
        {PartnerReads.Live}
        where t.tenant_id = any($1) and ($2 is null or t.issued_at >= $2) and ($3 is null or t.issued_at < $3)
        """;

    /// <summary>Members of a document are the entries of its statement in its direction and currency: credits of what
    /// an earlier document charged are on the credit note, all else on the invoice or debit note.</summary>
    internal const string Members =
        """
        e.tenant_id = t.tenant_id and e.generation = t.generation and e.period = t.period
          and e.seq_id > s.previous_cut_off and e.seq_id <= s.cut_off
          and e.cpo = t.supplier and e.emsp = t.customer and e.currency = t.currency
          and (t.kind = 'CreditNote') = exists (
            select from statements b
            where b.tenant_id = e.tenant_id and b.generation = e.generation and b.period = e.corrects_period
              and e.corrects > b.previous_cut_off and e.corrects <= b.cut_off and b.seq_id < s.seq_id)
        """;

    /// <summary>The documents of statements, and our own credit notes: the n-th of a CDR has the n-th number of its dispute.</summary>
    private const string Records = $"""
        select r.issued_by, r.number, r.cdrs, r.at from (
          select t.tenant_id, t.issued_by, t.number, (
              select coalesce(jsonb_agg(distinct e.cdr_id), '[]'::jsonb)::text from ledger_entries e where {Members}) as cdrs,
            s.issued_at as at
          from documents t
          {PartnerReads.Live}
          join statements s on s.tenant_id = t.tenant_id and s.generation = t.generation and s.period = t.period
            and s.version = t.version
          where t.tenant_id = any($1)
          union all
          select t.tenant_id, t.creditor, t.body -> 'Notes' ->> (j.place - 1)::int, jsonb_build_array(j.cdr_id)::text, j.at
          from disputes t
          {PartnerReads.Live}
          join (
            select n.tenant_id, n.generation, n.stream, min(n.cdr_id) as cdr_id, min(n.recorded_at) as at,
              row_number() over (partition by n.tenant_id, n.generation, n.stream order by n.seq_id) as place
            from journal_lines n where n.tenant_id = any($1) and n.kind = 'credit-note' and n.stream is not null
            group by n.tenant_id, n.generation, n.stream, n.seq_id) j
            on j.tenant_id = t.tenant_id and j.generation = t.generation and 'dispute' || substr(j.stream, 4) = t.stream
          where t.tenant_id = any($1)) r
        where ($2 is null or r.at >= $2) and ($3 is null or r.at < $3)
        """;

    public async Task<PartnerPage<PartnerStatement>> Page(
        IReadOnlyCollection<string> tenants, PageAsked asked, CancellationToken stop)
    {
        var total = await reads.Read(tenants, $"select count(*) {Where}", Dates(asked), row => row.GetInt64(0), stop);
        var items = await reads.Read(
            tenants,
            $"""
            select t.tenant_id, t.period, t.version, t.issued_at, t.document_date, t.due_date, t.lines, t.digest, t.merkle_root,
              (select coalesce(jsonb_agg(jsonb_build_object('number', d.number, 'kind', d.kind, 'supplier', d.supplier,
                  'customer', d.customer, 'issuedBy', d.issued_by, 'currency', d.currency, 'net', d.net, 'tax', d.tax,
                  'due', d.due) order by d.number), '[]'::jsonb)::text
               from documents d where d.tenant_id = t.tenant_id and d.generation = t.generation and d.period = t.period
                 and d.version = t.version)
            {Where} order by t.issued_at, t.tenant_id, t.period offset $4 limit $5
            """,
            [.. Dates(asked), PartnerReads.Number(asked.Offset), PartnerReads.Number(asked.Limit)], Statement, stop);
        return new PartnerPage<PartnerStatement>(items, total is [var count] ? count : 0);
    }

    /// <summary>Was a statement of this month issued?</summary>
    public async Task<bool> IsIssued(string tenant, string month, CancellationToken stop) => (await reads.Read(
        [tenant],
        $"select 1 from statements t {PartnerReads.Live} where t.tenant_id = any($1) and t.period = $2 limit 1",
        [PartnerReads.Text(month)], row => row.GetInt32(0), stop)).Count > 0;

    /// <summary>One record for each document (rules-money 19) and for each of our own credit notes, oldest first.</summary>
    public async Task<PartnerPage<InvoiceRecord>> Invoices(
        IReadOnlyCollection<string> tenants, PageAsked asked, CancellationToken stop)
    {
        var total = await reads.Read(
            tenants, $"select count(*) from ({Records}) all_of_them", Dates(asked), row => row.GetInt64(0), stop);
        var items = await reads.Read(
            tenants, $"{Records} order by r.at, r.tenant_id, r.number offset $4 limit $5",
            [.. Dates(asked), PartnerReads.Number(asked.Offset), PartnerReads.Number(asked.Limit)],
            row => new InvoiceRecord(
                PartyId.Parse(row.GetString(0))!.Value, row.GetString(1), row.GetString(1),
                JsonSerializer.Deserialize<List<string>>(row.GetString(2))!, Instant.FromDateTimeUtc(row.GetDateTime(3))),
            stop);
        return new PartnerPage<InvoiceRecord>(items, total is [var count] ? count : 0);
    }

    private static NpgsqlParameter[] Dates(PageAsked asked) =>
        [PartnerReads.Time(asked.From?.ToDateTimeUtc()), PartnerReads.Time(asked.To?.ToDateTimeUtc())];

    private static PartnerStatement Statement(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetInt32(2), Instant.FromDateTimeUtc(row.GetDateTime(3)),
        LocalDate.FromDateOnly(row.GetFieldValue<DateOnly>(4)), LocalDate.FromDateOnly(row.GetFieldValue<DateOnly>(5)),
        row.GetInt64(6), row.GetString(7), row.GetString(8),
        JsonSerializer.Deserialize<List<PartnerDocument>>(row.GetString(9), Json)!);
}
