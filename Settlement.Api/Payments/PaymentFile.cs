using Settlement.Domain;
using Settlement.Domain.Payments;

namespace Settlement.Api.Payments;

/// <summary>
/// Payments as CSV: <c>id,payer,payee,currency,amount,value_date,reference</c>. Read whole or not at all; the same file
/// again records nothing twice.
/// </summary>
public static class PaymentFile
{
    public static IReadOnlyList<string> Columns { get; } =
        ["id", "payer", "payee", "currency", "amount", "value_date", "reference"];

    public static (IReadOnlyList<Payment>? Payments, Refusal? Refusal) Read(string csv)
    {
        var (table, refusal) = CsvTable.Read(csv, Columns);
        if (table is null)
        {
            return (null, refusal);
        }

        var payments = new List<Payment>();
        foreach (var row in table.Rows)
        {
            if (row.Party("payer", out refusal) is not { } payer || row.Party("payee", out refusal) is not { } payee
                || row.Money("amount", "currency", out refusal) is not { } amount
                || row.Date("value_date", out refusal) is not { } date)
            {
                return (null, refusal);
            }

            payments.Add(new Payment(
                row.Text("id"), payer, payee, amount.Currency.Code, amount.Minor, date, row.Text("reference")));
        }

        return (payments, null);
    }

    /// <summary>An amount that may be left out.</summary>
    public static (long? Minor, Refusal? Refusal) Amount(string? text, Domain.Ledger.Currency currency) =>
        string.IsNullOrWhiteSpace(text) ? (null, null)
        : Disputes.DisputeBatch.Minor(text.Trim(), currency, out var refusal) is { } minor ? (minor, null)
        : (null, refusal);

    /// <summary>Reads <c>INV-…=12.50</c>, or a document alone: as much of it as is open.</summary>
    public static (IReadOnlyList<RemittanceLine>? Lines, Refusal? Refusal) Remittance(
        IEnumerable<string> texts, Domain.Ledger.Currency currency)
    {
        var lines = new List<RemittanceLine>();
        foreach (var text in texts.Where(text => text.Trim().Length > 0))
        {
            var at = text.LastIndexOf('=');
            if (at < 0)
            {
                lines.Add(new RemittanceLine(text.Trim(), null));
            }
            else if (Disputes.DisputeBatch.Minor(text[(at + 1)..].Trim(), currency, out var refusal) is { } amount)
            {
                lines.Add(new RemittanceLine(text[..at].Trim(), amount));
            }
            else
            {
                return (null, refusal);
            }
        }

        return (lines, null);
    }
}
