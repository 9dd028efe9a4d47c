using Settlement.Domain.Periods;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>Issued statements and their documents; few a month.</summary>
public sealed class StatementRows
{
    private readonly List<(Recorded Event, PeriodFact.StatementIssued Issued)> rows = [];

    public void Add(Recorded recorded, PeriodFact fact)
    {
        if (fact is PeriodFact.StatementIssued issued)
        {
            rows.Add((recorded, issued));
        }
    }

    public async Task Write(RowTarget target, CancellationToken stop)
    {
        foreach (var (recorded, issued) in rows)
        {
            await WriteStatement(target, recorded, issued, stop);
            for (var i = 0; i < issued.Draft.Documents.Count; i++)
            {
                await WriteDocument(target, recorded, issued, i, stop);
            }
        }
    }

    private static Task WriteStatement(
        RowTarget target, Recorded recorded, PeriodFact.StatementIssued issued, CancellationToken stop)
    {
        var draft = issued.Draft;
        return Insert(
            target,
            """
            insert into statements (tenant_id, generation, period, version, seq_id, issued_at, document_date, due_date,
              previous_cut_off, cut_off, lines, digest, merkle_root, issued_by)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """,
            [
                Ids.Text(draft.Month), draft.Version, recorded.Number, recorded.Time.ToDateTimeUtc(),
                draft.DocumentDate.ToDateOnly(), draft.DueDate.ToDateOnly(), draft.PreviousCutOff, draft.CutOff, draft.Lines,
                issued.Digest, draft.MerkleRoot, issued.By,
            ],
            stop);
    }

    private static Task WriteDocument(
        RowTarget target, Recorded recorded, PeriodFact.StatementIssued issued, int index, CancellationToken stop)
    {
        var (draft, document) = (issued.Draft, issued.Draft.Documents[index]);
        return Insert(
            target,
            """
            insert into documents (tenant_id, generation, number, kind, period, version, supplier, customer, issued_by,
              currency, document_date, due_date, sessions, energy_kwh, net, tax, due, seq_id)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
            """,
            [
                issued.Numbers[index], document.Kind.ToString(), Ids.Text(draft.Month), draft.Version,
                document.Supplier.ToString(), document.Customer.ToString(), document.IssuedBy.ToString(), document.Currency,
                draft.DocumentDate.ToDateOnly(), draft.DueDate.ToDateOnly(), document.Sessions, document.EnergyKwh,
                document.Net, document.Tax, document.Due, recorded.Number,
            ],
            stop);
    }

    private static async Task Insert(RowTarget target, string sql, IReadOnlyList<object> values, CancellationToken stop)
    {
        await using var command = target.Command(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(stop);
    }
}
