using System.Text.Json;
using NpgsqlTypes;
using Settlement.Domain.Disputes;
using Settlement.Domain.Payments;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>
/// Rows that are a fold of one stream each, kept whole beside the columns that are searched: disputes, payments and
/// what waits for approval. Read where the batch touches them, written back at its end.
/// </summary>
internal sealed class FoldRows
{
    private readonly Dictionary<string, (object State, long Number)> states = new(StringComparer.Ordinal);
    private readonly HashSet<string> changed = new(StringComparer.Ordinal);

    /// <param name="cdrs">Streams of CDRs that this batch takes back.</param>
    public static async Task<FoldRows> Load(
        RowTarget target, IReadOnlyList<Recorded> events, IEnumerable<string> cdrs, CancellationToken stop)
    {
        var rows = new FoldRows();
        var streams = events.Where(e => e.Fact is DisputeFact or PaymentFact or WriteOffFact or OpeningFact)
            .Select(e => e.Stream).Concat(cdrs.Select(OfCdr)).Distinct(StringComparer.Ordinal).ToArray();
        if (streams.Length == 0)
        {
            return rows;
        }

        await using var select = target.Command(
            """
            select stream, body::text, seq_id from disputes where tenant_id = $1 and generation = $2 and stream = any($3)
            union all
            select stream, body::text, seq_id from payments where tenant_id = $1 and generation = $2 and stream = any($3)
            union all
            select stream, body::text, seq_id from money_requests where tenant_id = $1 and generation = $2 and stream = any($3)
            """);
        select.Parameters.Add(new() { Value = streams });
        await using var reader = await select.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            var stream = reader.GetString(0);
            rows.states[stream] = (JsonSerializer.Deserialize(reader.GetString(1), TypeOf(stream), RowJson.Options)!, reader.GetInt64(2));
        }

        return rows;
    }

    public void Add(Recorded recorded)
    {
        switch (recorded.Fact)
        {
            case DisputeFact fact:
                Set(recorded, Of(recorded.Stream, Dispute.None).With(fact, recorded.Number));
                break;
            case PaymentFact fact:
                Set(recorded, Of(recorded.Stream, PaymentState.None).With(fact));
                break;
            case WriteOffFact fact:
                Set(recorded, Of(recorded.Stream, WriteOff.None).With(fact));
                break;
            case OpeningFact fact:
                Set(recorded, Of(recorded.Stream, Opening.None).With(fact));
                break;
            default:
                break;
        }
    }

    /// <summary>A CDR was taken back, and with it what stood beside it. The dispute as it was; null = there was none.</summary>
    public Dispute? TakenBack(Recorded recorded, string cdr)
    {
        var stream = OfCdr(cdr);
        if (!states.TryGetValue(stream, out var known) || known.State is not Dispute dispute)
        {
            return null;
        }

        states[stream] = (dispute.TakenBack(), recorded.Number);
        changed.Add(stream);
        return dispute;
    }

    public async Task Write(RowTarget target, CancellationToken stop)
    {
        foreach (var stream in changed.Order(StringComparer.Ordinal))
        {
            var (state, number) = states[stream];
            await (state switch
            {
                Dispute dispute => Write(target, stream, number, dispute, stop),
                PaymentState payment => Write(target, stream, number, payment, stop),
                WriteOff writeOff => Request(target, stream, "write-off", writeOff.Proposed is not null, number, writeOff, stop),
                Opening opening => Request(target, stream, "opening", !opening.IsImported, number, opening, stop),
                _ => throw new InvalidOperationException($"{state.GetType().Name} has no row."),
            });
        }
    }

    private static Task Write(RowTarget target, string stream, long number, Dispute dispute, CancellationToken stop)
    {
        var cdr = dispute.Cdr!;
        return Upsert(
            target, "disputes",
            "debtor, creditor, currency, period, state, document, opened_on, answer_by, disputed, withheld, credited, batch",
            stream, number, dispute,
            [
                cdr.Debtor.ToString(), cdr.Creditor.ToString(), cdr.Currency, Ids.Text(cdr.Month), dispute.State.ToString(),
                dispute.Document, dispute.OpenedOn.ToDateOnly(), dispute.AnswerBy.ToDateOnly(), dispute.Disputed,
                dispute.Withheld, dispute.Credited, dispute.Batch,
            ],
            stop);
    }

    private static Task Write(RowTarget target, string stream, long number, PaymentState state, CancellationToken stop)
    {
        var payment = state.Payment!;
        return Upsert(
            target, "payments", "payer, payee, currency, amount, unapplied, value_date, state", stream, number, state,
            [
                payment.Payer.ToString(), payment.Payee.ToString(), payment.Currency, payment.Amount, state.Unapplied,
                payment.ValueDate.ToDateOnly(), state.IsReversed ? "Reversed" : state.Match.ToString(),
            ],
            stop);
    }

    private static Task Request(
        RowTarget target, string stream, string kind, bool isOpen, long number, object body, CancellationToken stop) =>
        Upsert(target, "money_requests", "kind, is_open", stream, number, body, [kind, isOpen], stop);

    private static async Task Upsert(
        RowTarget target, string table, string columns, string stream, long number, object body,
        IReadOnlyList<object?> values, CancellationToken stop)
    {
        var all = $"stream, seq_id, body, {columns}".Split(", ");
        await using var command = target.Command(
            $"""
            insert into {table} (tenant_id, generation, {string.Join(", ", all)})
            values ($1, $2, {string.Join(", ", Enumerable.Range(3, all.Length).Select(i => $"${i}"))})
            on conflict (tenant_id, generation, stream)
            do update set {string.Join(", ", all.Skip(1).Select(name => $"{name} = excluded.{name}"))}
            """);
        command.Parameters.Add(new() { Value = stream });
        command.Parameters.Add(new() { Value = number });
        command.Parameters.Add(new()
        {
            Value = JsonSerializer.Serialize(body, body.GetType(), RowJson.Options),
            NpgsqlDbType = NpgsqlDbType.Jsonb,
        });
        foreach (var value in values)
        {
            command.Parameters.Add(value is null
                ? new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar }
                : new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(stop);
    }

    private void Set(Recorded recorded, object state)
    {
        states[recorded.Stream] = (state, recorded.Number);
        changed.Add(recorded.Stream);
    }

    private T Of<T>(string stream, T none) =>
        states.TryGetValue(stream, out var known) ? (T)known.State : none;

    private static string OfCdr(string cdr) => $"dispute/{cdr["cdr/".Length..]}";

    private static Type TypeOf(string stream) => stream[..stream.IndexOf('/', StringComparison.Ordinal)] switch
    {
        "dispute" => typeof(Dispute),
        "payment" => typeof(PaymentState),
        "write-off" => typeof(WriteOff),
        "opening" => typeof(Opening),
        var other => throw new InvalidOperationException($"{other} has no row."),
    };
}
