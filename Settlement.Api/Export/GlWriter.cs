using System.Globalization;
using NodaTime;
using Settlement.Api.Files;
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

/// <summary>Shapes as the command line, the API and the page name them.</summary>
public static class GlShapes
{
    public static string Name(this GlShape shape) => shape == GlShape.Netsuite ? "netsuite" : "quickbooks";

    /// <summary>QuickBooks where none is named; null where it is none of ours.</summary>
    public static GlShape? Of(string? name) => name switch
    {
        null or "" or "quickbooks" => GlShape.Quickbooks,
        "netsuite" => GlShape.Netsuite,
        _ => null,
    };

    public static Refusal Unknown(string? name) =>
        new("export.shape", $"There is no shape '{name}'; there are quickbooks and netsuite.");
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
        var rows = new CsvRows(to, [.. Heads(shape).Select(head => new Column(head))]);
        await foreach (var day in Days(journal, stop))
        {
            foreach (var (key, sums) in day.Journals)
            {
                Journal(rows, shape, accounts, day.Day, key, sums);
            }
        }

        rows.Finish();
    }

    private static string[] Heads(GlShape shape) => shape == GlShape.Quickbooks
        ? ["JournalNo", "JournalDate", "AccountName", "Debits", "Credits", "Description", "Name"]
        : ["External ID", "Date", "Currency", "Memo", "Account", "Debit", "Credit", "Line Memo", "Entity"];

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
        CsvRows rows, GlShape shape, GlAccounts accounts, LocalDate day, (string Payee, string Currency) key,
        SortedDictionary<BookAccount, (long Debit, long Credit)> sums)
    {
        var currency = Currency.Of(key.Currency);
        var number = $"{day.ToString("uuMMdd", CultureInfo.InvariantCulture)}-{key.Payee}-{key.Currency}";
        var date = day.ToString("MM'/'dd'/'uuuu", CultureInfo.InvariantCulture);
        foreach (var (account, (debit, credit)) in sums)
        {
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

                rows.Text(number);
                rows.Text(date);
                if (shape == GlShape.Quickbooks)
                {
                    rows.Text(accounts.Of(account));
                    Sides(rows, isDebit, amount);
                    rows.Text($"Roaming with {key.Payee}");
                }
                else
                {
                    rows.Text(key.Currency);
                    rows.Text($"Roaming with {key.Payee}");
                    rows.Text(accounts.Of(account));
                    Sides(rows, isDebit, amount);
                    rows.Text(account.Name);
                }

                rows.Text(key.Payee);
                rows.EndRow();
            }
        }
    }

    // the other side is left blank
    private static void Sides(CsvRows rows, bool isDebit, Money amount)
    {
        if (!isDebit)
        {
            rows.Empty();
        }

        rows.Amount(amount.Minor, amount.Currency);
        if (isDebit)
        {
            rows.Empty();
        }
    }
}
