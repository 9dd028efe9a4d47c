using System.Globalization;
using System.Text;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Books;
using Settlement.Domain.Ledger;

namespace Settlement.Api.Export;

/// <summary>Which program's journal import a file is for.</summary>
public enum GlShape
{
    /// <summary>QuickBooks Online: balanced per JournalNo (at most 21 characters), the other side left blank.</summary>
    Quickbooks,

    /// <summary>NetSuite: header and line on each row, at most 2 decimals and 10 digits before them.</summary>
    Netsuite,
}

/// <summary>
/// A month's journals for a general ledger, as CSV: one per partner, day and currency, each balanced; an account has at
/// most one debit and one credit line in it, so that credits stay visible. The CDRs behind a journal are those of the
/// statement's detail file of that day.
/// </summary>
public static class GlWriter
{
    private const long NetsuiteLimit = 10_000_000_000;

    /// <summary>Why a month cannot be exported in a shape; null = it can.</summary>
    public static Refusal? Refuse(JournalExport journal, GlShape shape, GlAccounts accounts)
    {
        if (shape == GlShape.Netsuite
            && journal.Currencies.FirstOrDefault(code => Currency.Of(code).MinorUnits > 2) is { } fine)
        {
            return new Refusal("export.precision",
                $"NetSuite takes amounts of 2 decimals and {fine} has {Currency.Of(fine).MinorUnits}.");
        }

        return accounts.Missing(journal.Closing.Select(balance => balance.Account));
    }

    public static async Task Write(
        Stream to, JournalExport journal, GlShape shape, GlAccounts accounts, CancellationToken stop)
    {
        // a byte order mark, because both programs' users look at the file in a spreadsheet first
        await using var text = new StreamWriter(to, new UTF8Encoding(true), 1 << 16) { NewLine = "\r\n" };
        text.WriteLine(shape == GlShape.Quickbooks
            ? "JournalNo,JournalDate,AccountName,Debits,Credits,Description,Name"
            : "External ID,Date,Currency,Memo,Account,Debit,Credit,Line Memo,Entity");
        await foreach (var day in Days(journal, stop))
        {
            foreach (var (key, sums) in day.Journals)
            {
                Journal(text, shape, accounts, day.Day, key, sums);
            }
        }
    }

    private sealed record DayJournals(
        LocalDate Day,
        SortedDictionary<(string Payee, string Currency), SortedDictionary<BookAccount, (long Debit, long Credit)>> Journals);

    private static async IAsyncEnumerable<DayJournals> Days(
        JournalExport journal, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        DayJournals? day = null;
        await foreach (var transaction in journal.Transactions(stop))
        {
            if (day is not null && day.Day != transaction.Day)
            {
                yield return day;
                day = null;
            }

            day ??= new DayJournals(transaction.Day, []);
            var key = (transaction.Payee, transaction.Currency);
            if (!day.Journals.TryGetValue(key, out var sums))
            {
                day.Journals[key] = sums = [];
            }

            foreach (var (account, debit, credit) in transaction.Postings)
            {
                var sum = sums.GetValueOrDefault(account);
                sums[account] = (sum.Debit + debit, sum.Credit + credit);
            }
        }

        if (day is not null)
        {
            yield return day;
        }
    }

    private static void Journal(
        StreamWriter text, GlShape shape, GlAccounts accounts, LocalDate day, (string Payee, string Currency) key,
        SortedDictionary<BookAccount, (long Debit, long Credit)> sums)
    {
        var currency = Currency.Of(key.Currency);
        var number = $"{day.ToString("uuMMdd", CultureInfo.InvariantCulture)}-{key.Payee}-{key.Currency}";
        var date = day.ToString("MM'/'dd'/'uuuu", CultureInfo.InvariantCulture);
        var what = $"Roaming with {key.Payee}";
        foreach (var (account, (debit, credit)) in sums)
        {
            var name = Cell(accounts.Of(account)!);
            foreach (var (isDebit, minor) in new[] { (true, debit), (false, credit) })
            {
                if (minor == 0)
                {
                    continue;
                }

                var amount = new Money(minor, currency);
                if (shape == GlShape.Netsuite && amount.Amount >= NetsuiteLimit)
                {
                    throw new InvalidDataException($"{amount} of {account.Name} has more digits than NetSuite takes.");
                }

                var sides = isDebit ? $"{amount.Text()}," : $",{amount.Text()}";
                text.WriteLine(shape == GlShape.Quickbooks
                    ? $"{number},{date},{name},{sides},{what},{key.Payee}"
                    : $"{number},{date},{key.Currency},{what},{name},{sides},{Cell(account.Name)},{key.Payee}");
            }
        }
    }

    /// <summary>RFC 4180; a leading quote keeps a spreadsheet from evaluating what a file of accounts holds.</summary>
    private static string Cell(string text)
    {
        var harmless = text.Length > 0 && "=+-@\t\r\n＝＋－＠".Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
        return harmless.AsSpan().ContainsAny("\",\r\n")
            ? $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : harmless;
    }
}
