using System.Text;
using NodaTime;
using Settlement.Domain.Books;
using Settlement.Domain.Ledger;

namespace Settlement.Api.Export;

/// <summary>
/// A ledger for beancount, to be balanced exactly (tolerance 0): accounts are bound to their currency, and every one
/// has a balance to check on the day after the month.
/// </summary>
public static class BeancountWriter
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

        text.WriteLine();
        // two accounts whose names differ only in what beancount does not allow are one there
        foreach (var account in journal.Closing.GroupBy(balance => (Name(balance.Account), balance.Currency)))
        {
            text.WriteLine(
                $"{Iso(journal.LastDay.PlusDays(1))} balance {account.Key.Item1}  "
                + Amount(account.Sum(balance => balance.Minor), account.Key.Currency));
        }
    }

    /// <summary>
    /// Each part begins with a capital or a digit and holds letters, digits and dashes only, as beancount wants it.
    /// </summary>
    public static string Name(BookAccount account) =>
        string.Join(':', account.Path.Split(':').Select(Part).Prepend(account.Root.ToString()));

    private static string Part(string part)
    {
        var plain = new string([.. part.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
        return plain.Length == 0 || plain[0] == '-' ? "X" + plain : char.ToUpperInvariant(plain[0]) + plain[1..];
    }

    private static void Head(StreamWriter text, JournalExport journal)
    {
        text.WriteLine($"option \"title\" \"{journal.Title}, {Iso(journal.FirstDay)} to {Iso(journal.LastDay)}\"");
        foreach (var code in journal.Currencies)
        {
            text.WriteLine($"option \"operating_currency\" \"{code}\"");
        }

        text.WriteLine("option \"inferred_tolerance_multiplier\" \"0\"");
        text.WriteLine("plugin \"beancount.plugins.noduplicates\"");
        text.WriteLine("plugin \"beancount.plugins.leafonly\"");
        text.WriteLine("plugin \"beancount.plugins.check_commodity\"");
        foreach (var code in journal.Currencies)
        {
            text.WriteLine($"{Iso(journal.FirstDay)} commodity {code}");
        }

        foreach (var balance in journal.Closing.DistinctBy(balance => Name(balance.Account)))
        {
            text.WriteLine($"{Iso(journal.FirstDay)} open {Name(balance.Account)} {balance.Currency}");
        }
    }

    private static void Opening(StreamWriter text, JournalExport journal)
    {
        var balances = journal.Opening.Where(balance => balance.Minor != 0).ToList();
        if (balances.Count == 0)
        {
            return;
        }

        text.WriteLine();
        text.WriteLine($"{Iso(journal.FirstDay)} * \"balances\" \"opening\"");
        foreach (var balance in balances)
        {
            text.WriteLine($"  {Name(balance.Account)}  {Amount(balance.Minor, balance.Currency)}");
        }
    }

    private static void Transaction(StreamWriter text, BookTransaction transaction)
    {
        text.WriteLine();
        text.WriteLine(
            $"{Iso(transaction.Day)} * \"{transaction.Payee}\" \"{transaction.Text}\" ^{transaction.Code.Replace('~', '.')}");
        if (transaction.Cdr is { } cdr)
        {
            text.WriteLine($"  cdr: \"{cdr}\"");
        }

        foreach (var (account, debit, credit) in transaction.Postings)
        {
            text.WriteLine($"  {Name(account)}  {Amount(debit - credit, transaction.Currency)}");
        }
    }

    private static string Amount(long minor, string currency) => $"{new Money(minor, Currency.Of(currency)).Text()} {currency}";

    private static string Iso(LocalDate day) => day.ToString("uuuu'-'MM'-'dd", null);
}
