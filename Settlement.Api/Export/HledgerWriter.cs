using System.Text;
using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Api.Export;

/// <summary>
/// A journal for hledger: every account, currency and payee declared, every amount written, no prices (currencies meet
/// in trading accounts), and a closing assertion for every account, because hledger balances at display precision.
/// Holds <c>hledger check -s ordereddates payees</c>.
/// </summary>
public static class HledgerWriter
{
    public static async Task Write(Stream to, JournalExport journal, CancellationToken stop)
    {
        await using var text = new StreamWriter(to, new UTF8Encoding(false), 1 << 16) { NewLine = "\n" };
        Head(text, journal);
        Opening(text, journal);
        await foreach (var transaction in journal.Transactions(stop))
        {
            Transaction(text, transaction);
        }

        Closing(text, journal);
    }

    private static void Head(StreamWriter text, JournalExport journal)
    {
        text.WriteLine($"; {journal.Title}, {Iso(journal.FirstDay)} to {Iso(journal.LastDay)}");
        text.WriteLine("decimal-mark .");
        foreach (var code in journal.Currencies)
        {
            var decimals = new string('0', Currency.Of(code).MinorUnits);
            text.WriteLine($"commodity {code} 1,000.{decimals}");
        }

        foreach (var balance in journal.Closing)
        {
            text.WriteLine($"account {balance.Account.Name}");
        }

        foreach (var payee in journal.Payees)
        {
            text.WriteLine($"payee {payee}");
        }

        text.WriteLine("payee balances");
    }

    private static void Opening(StreamWriter text, JournalExport journal)
    {
        var balances = journal.Opening.Where(balance => balance.Minor != 0).ToList();
        if (balances.Count == 0)
        {
            return;
        }

        text.WriteLine();
        text.WriteLine($"{Iso(journal.FirstDay)} * (OPENING) balances | opening");
        foreach (var balance in balances)
        {
            text.WriteLine($"    {balance.Account.Name}  {Amount(balance.Minor, balance.Currency)}");
        }
    }

    private static void Transaction(StreamWriter text, BookTransaction transaction)
    {
        text.WriteLine();
        text.Write($"{Iso(transaction.Day)} * ({transaction.Code}) {transaction.Payee} | {transaction.Text}");
        text.WriteLine(transaction.Cdr is null
            ? $"  ; kind:{transaction.Kind}"
            : $"  ; cdr:{transaction.Cdr}, kind:{transaction.Kind}");
        foreach (var (account, debit, credit) in transaction.Postings)
        {
            text.WriteLine($"    {account.Name}  {Amount(debit - credit, transaction.Currency)}");
        }
    }

    private static void Closing(StreamWriter text, JournalExport journal)
    {
        if (journal.Closing.Count == 0)
        {
            return;
        }

        text.WriteLine();
        text.WriteLine($"{Iso(journal.LastDay)} * (CLOSING) balances | closing");
        foreach (var balance in journal.Closing)
        {
            text.WriteLine(
                $"    {balance.Account.Name}  {Amount(0, balance.Currency)} == {Amount(balance.Minor, balance.Currency)}");
        }
    }

    private static string Amount(long minor, string currency) => $"{currency} {new Money(minor, Currency.Of(currency)).Text()}";

    private static string Iso(LocalDate day) => day.ToString("uuuu'-'MM'-'dd", null);
}
