using System.Text.Json;
using NodaTime;
using Npgsql;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ocpi;
using Settlement.Projections.Statements;

namespace Settlement.Projections.Partners;

/// <summary>An invoice record that a partner sent, and what differs from our own documents.</summary>
public sealed record ReceivedRecord(
    string Tenant, InvoiceRecord Record, Instant ReceivedAt, string Source, IReadOnlyList<Refusal> Findings);

/// <summary>Received invoice records compared with our documents, as they are now: a CDR may come after its record.</summary>
public sealed class ReceivedRecords(NpgsqlDataSource database)
{
    /// <param name="tenant">Of one relationship; null = of all.</param>
    /// <param name="relationships">All relationships: the other ones of an owner are looked at too.</param>
    public async Task<IReadOnlyList<ReceivedRecord>> List(
        string? tenant, IReadOnlyList<Relationship> relationships, ReferenceBook book, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.tenant_id, t.owner, t.record_id, t.invoice_id, t.cdrs::text, t.last_updated, t.received_at, t.source
            from invoice_records t {LiveRows.Join}
            where $1 is null or t.tenant_id = $1 order by t.received_at desc, t.tenant_id, t.record_id limit 1000
            """);
        command.Parameters.Add(PartnerReads.Text(tenant));
        var found = await command.Rows(
            row => (Tenant: row.GetString(0), Record: new InvoiceRecord(
                PartyId.Parse(row.GetString(1))!.Value, row.GetString(2), row.GetString(3),
                JsonSerializer.Deserialize<List<string>>(row.GetString(4))!, Instant.FromDateTimeUtc(row.GetDateTime(5))),
                At: Instant.FromDateTimeUtc(row.GetDateTime(6)), Source: row.GetString(7)),
            stop);
        var records = new List<ReceivedRecord>(found.Count);
        foreach (var (where, record, at, source) in found)
        {
            records.Add(new ReceivedRecord(
                where, record, at, source, await Compare(where, record, relationships, book, stop)));
        }

        return records;
    }

    /// <summary>What differs between a record of a relationship and what is known here.</summary>
    public async Task<IReadOnlyList<Refusal>> Compare(
        string tenant, InvoiceRecord record, IReadOnlyList<Relationship> relationships, ReferenceBook book,
        CancellationToken stop)
    {
        var home = book.Home(record.Owner);
        var family = (book.Party(home)?.Aliases ?? []).Prepend(home).Select(party => party.ToString()).ToArray();
        var tenants = relationships.Where(pair => pair.Has(home)).Select(pair => pair.ToString()).Append(tenant)
            .Distinct(StringComparer.Ordinal).ToArray();
        var ids = record.Cdrs.Select(id => id.ToLowerInvariant()).Distinct(StringComparer.Ordinal).ToArray();
        var known = await Rows(
            $"""
            select lower(t.cdr_id), t.tenant_id from cdrs t {LiveRows.Join}
            where t.tenant_id = any($1) and lower(t.cdr_id) = any($2) and t.cpo = any($3)
            """,
            [Texts(tenants), Texts(ids), Texts(family)], row => (Id: row.GetString(0), Tenant: row.GetString(1)), stop);
        var again = await Rows(
            $"""
            select distinct lower(c.id), t.invoice_id from invoice_records t {LiveRows.Join}
              cross join lateral jsonb_array_elements_text(t.cdrs) c (id)
            where t.tenant_id = any($1) and lower(c.id) = any($2) and t.owner = any($3) and lower(t.invoice_id) <> lower($4)
            """,
            [Texts(tenants), Texts(ids), Texts(family), PartnerReads.Text(record.InvoiceId)],
            row => (Id: row.GetString(0), Invoice: row.GetString(1)), stop);
        return InvoiceRecordCheck.Compare(record, new RecordedCdrs(
            known.Where(cdr => cdr.Tenant == tenant).Select(cdr => cdr.Id).ToHashSet(StringComparer.Ordinal),
            known.Where(cdr => cdr.Tenant != tenant).DistinctBy(cdr => cdr.Id)
                .ToDictionary(cdr => cdr.Id, cdr => cdr.Tenant, StringComparer.Ordinal),
            again.DistinctBy(cdr => cdr.Id).ToDictionary(cdr => cdr.Id, cdr => cdr.Invoice, StringComparer.Ordinal),
            await Documents(tenant, ids, family, stop)));
    }

    private Task<List<RecordedDocument>> Documents(string tenant, string[] ids, string[] family, CancellationToken stop) => Rows(
        $"""
        with listed as (
          select distinct t.period from ledger_entries t {LiveRows.Join}
          where t.tenant_id = $1 and t.cpo = any($3) and lower(t.cdr_id) = any($2))
        select t.number, t.currency, count(distinct e.cdr_id), sum(e.due)::bigint,
          count(distinct e.cdr_id) filter (where lower(e.cdr_id) = any($2)),
          coalesce(sum(e.due) filter (where lower(e.cdr_id) = any($2)), 0)::bigint
        from documents t {LiveRows.Join}
        join statements s on s.tenant_id = t.tenant_id and s.generation = t.generation and s.period = t.period
          and s.version = t.version
        join ledger_entries e on {PartnerStatements.Members}
        where t.tenant_id = $1 and t.supplier = any($3) and t.period in (select period from listed)
        group by t.number, t.currency
        having count(*) filter (where lower(e.cdr_id) = any($2)) > 0 order by t.number
        """,
        [PartnerReads.Text(tenant), Texts(ids), Texts(family)],
        row => new RecordedDocument(
            row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)), stop);

    private async Task<List<T>> Rows<T>(
        string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, T> row, CancellationToken stop)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return await command.Rows(row, stop);
    }

    private static NpgsqlParameter<string[]> Texts(string[] values) => new() { TypedValue = values };
}
