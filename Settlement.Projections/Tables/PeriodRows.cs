using Settlement.Projections.EventStore;
using NodaTime;
using Settlement.Domain.Periods;

namespace Settlement.Projections.Tables;

/// <summary>
/// The months of a relationship that no longer take everything; few, read at the start of a batch. Which month an
/// entry belongs to is decided by the numbers of the log alone (rules-money 16).
/// </summary>
public sealed class PeriodRows
{
    private readonly HashSet<YearMonth> changed = [];

    private PeriodRows(PeriodCalendar calendar) => Calendar = calendar;

    public PeriodCalendar Calendar { get; private set; }

    public static async Task<PeriodRows> Load(RowTarget target, CancellationToken stop)
    {
        await using var select = target.Command(
            "select period, soft_closed_seq, is_cut from periods where tenant_id = $1 and generation = $2");
        var calendar = PeriodCalendar.Open;
        await using var reader = await select.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            calendar = calendar with
            {
                Gates = calendar.Gates.Add(
                    Ids.Month(reader.GetString(0)), new MonthGate(reader.GetInt64(1), reader.GetBoolean(2))),
            };
        }

        return new PeriodRows(calendar);
    }

    public void Add(PeriodFact fact, long number)
    {
        var next = Calendar.With(fact, number);
        changed.UnionWith(Calendar.Gates.Keys.Union(next.Gates.Keys)
            .Where(month => !Calendar.Gates.GetValueOrDefault(month).Equals(next.Gates.GetValueOrDefault(month))));
        Calendar = next;
    }

    public async Task Write(RowTarget target, CancellationToken stop)
    {
        foreach (var month in changed)
        {
            await using var delete = target.Command(
                "delete from periods where tenant_id = $1 and generation = $2 and period = $3");
            delete.Parameters.Add(new() { Value = Ids.Text(month) });
            await delete.ExecuteNonQueryAsync(stop);
            if (Calendar.Gates.TryGetValue(month, out var gate) && gate.SoftClosedAt is { } closed)
            {
                await using var insert = target.Command(
                    """
                    insert into periods (tenant_id, generation, period, soft_closed_seq, is_cut)
                    values ($1, $2, $3, $4, $5)
                    """);
                insert.Parameters.Add(new() { Value = Ids.Text(month) });
                insert.Parameters.Add(new() { Value = closed });
                insert.Parameters.Add(new() { Value = gate.IsCut });
                await insert.ExecuteNonQueryAsync(stop);
            }
        }
    }
}
