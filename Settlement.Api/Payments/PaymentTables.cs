using System.Globalization;
using NodaTime;
using Settlement.Domain.Payments;

namespace Settlement.Api.Payments;

/// <summary>Open items and their ages as plain columns.</summary>
internal static class PaymentTables
{
    public static void Items(TextWriter output, OpenItems open, LocalDate asOf)
    {
        Row(output, "Document", "Owes", "To", "Cur", "Due on", "Total", "Settled", "Disputed", "Open", "Days");
        foreach (var item in open.All)
        {
            var settled = item.Total - item.Open - item.Disputed;
            Row(
                output, item.Name.Length > 0 ? item.Name : "(on no document)", item.Debtor.ToString(), item.Creditor.ToString(),
                item.Currency, Figures.Day(item.DueOn), Figures.Amount(item.Total, item.Currency),
                Figures.Amount(settled, item.Currency), Figures.Amount(item.Disputed, item.Currency),
                Figures.Amount(item.Open, item.Currency),
                Math.Max(Ageing.DaysOverdue(item, asOf), 0).ToString(CultureInfo.InvariantCulture));
        }

        Money(output, open); // unapplied: what its payer has to get, or to apply
    }

    private static void Money(TextWriter output, OpenItems open)
    {
        foreach (var each in open.Money)
        {
            Row(
                output, each.Reference, each.Debtor.ToString(), each.Creditor.ToString(), each.Currency, Figures.Day(each.On), "",
                "", "", Figures.Amount(-each.Amount, each.Currency), "0");
        }
    }

    public static void Ages(TextWriter output, IReadOnlyList<AgeingRow> rows, LocalDate asOf)
    {
        output.WriteLine($"As of {Figures.Day(asOf)}, days after the due date");
        output.WriteLine($"{"Owes",-7}{"To",-7}{"Cur",-4}{"Not due",14}{"1-30",14}{"31-60",14}{"61-90",14}{"91-120",14}{">120",14}{"Disputed",14}{"Unapplied",14}");
        foreach (var row in rows)
        {
            output.WriteLine(
                $"{row.Debtor,-7}{row.Creditor,-7}{row.Currency,-4}{Text(row.NotDue)}{Text(row.To30)}{Text(row.To60)}{Text(row.To90)}"
                + $"{Text(row.To120)}{Text(row.Over120)}{Text(row.Disputed)}{Text(row.Unapplied)}");

            string Text(long minor) => Figures.Amount(minor, row.Currency).PadLeft(14);
        }
    }

    private static void Row(TextWriter output, params IReadOnlyList<string> cells) => output.WriteLine(
        $"{cells[0],-32} {cells[1],-7}{cells[2],-7}{cells[3],-4}{cells[4],-11}{cells[5],14}{cells[6],14}{cells[7],14}{cells[8],14}{cells[9],6}");
}
