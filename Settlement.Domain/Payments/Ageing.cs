using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Payments;

/// <summary>
/// What one party owes the other in one currency, by age from the due date. Minor units; disputed amounts and money
/// that matches nothing stand apart and are in no column.
/// </summary>
public sealed record AgeingRow(
    PartyId Debtor, PartyId Creditor, string Currency, long NotDue, long To30, long To60, long To90, long To120,
    long Over120, long Disputed, long Unapplied)
{
    public long Open => NotDue + To30 + To60 + To90 + To120 + Over120;
}

/// <summary>Ages of open items.</summary>
public static class Ageing
{
    /// <param name="asOf">The day on which somebody looks: nothing dated later counts.</param>
    public static IReadOnlyList<AgeingRow> Of(IEnumerable<ItemMove> moves, LocalDate asOf)
    {
        var open = OpenItems.Of(moves, asOf);
        return [.. open.Directions.Select(key => Row(open, key, asOf))];
    }

    /// <summary>Days after the due date; 0 or less = not due.</summary>
    public static int DaysOverdue(OpenItem item, LocalDate asOf) => Period.DaysBetween(item.DueOn, asOf);

    /// <summary>0 not due, 1 up to 30 days, 2 up to 60, 3 up to 90, 4 up to 120, 5 over.</summary>
    public static int Bucket(int daysOverdue) => daysOverdue <= 0 ? 0 : Math.Min((daysOverdue + 29) / 30, 5);

    private static AgeingRow Row(
        OpenItems open, (PartyId Debtor, PartyId Creditor, string Currency) key, LocalDate asOf)
    {
        var own = open.All.Where(item => item.IsOf(key.Debtor, key.Creditor, key.Currency)).ToList();
        var sums = new long[6];
        foreach (var item in own)
        {
            sums[Bucket(DaysOverdue(item, asOf))] += item.Open;
        }

        return new AgeingRow(
            key.Debtor, key.Creditor, key.Currency, sums[0], sums[1], sums[2], sums[3], sums[4], sums[5],
            own.Sum(item => item.Disputed), open.Unapplied(key.Debtor, key.Creditor, key.Currency));
    }
}
