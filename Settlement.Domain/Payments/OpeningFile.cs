using Settlement.Domain.Agreements;

namespace Settlement.Domain.Payments;

/// <summary>
/// Balances of before as CSV: <c>account,debtor,creditor,currency,amount,date,reference,due_date</c>, where account is
/// <c>due</c> or <c>unapplied</c> (debtor = the payer). Charge and tax of before were reported where they were made.
/// </summary>
public static class OpeningFile
{
    public static IReadOnlyList<string> Columns { get; } =
        ["account", "debtor", "creditor", "currency", "amount", "date", "reference"];

    public static (IReadOnlyList<OpeningLine>? Lines, Refusal? Refusal) Read(string text, Relationship relationship)
    {
        var (table, refusal) = CsvTable.Read(text, Columns);
        if (table is null)
        {
            return (null, refusal);
        }

        var lines = new List<OpeningLine>();
        foreach (var row in table.Rows)
        {
            if (Line(row, relationship, lines, out refusal) is not { } line)
            {
                return (null, refusal);
            }

            lines.Add(line);
        }

        return (lines, null);
    }

    private static OpeningLine? Line(
        CsvTable.Row row, Relationship relationship, List<OpeningLine> before, out Refusal? refusal)
    {
        if (Account(row.Text("account")) is not { } account)
        {
            refusal = new Refusal(
                "opening.account", $"line {row.Line}: '{row.Text("account")}' cannot be brought along; due and unapplied can.");
            return null;
        }

        if (row.Party("debtor", out refusal) is not { } debtor || row.Party("creditor", out refusal) is not { } creditor
            || row.Money("amount", "currency", out refusal) is not { } amount || row.Date("date", out refusal) is not { } on)
        {
            return null;
        }

        NodaTime.LocalDate? due = null;
        if (row.Text("due_date").Length > 0 && (due = row.Date("due_date", out refusal)) is null)
        {
            return null;
        }

        var line = new OpeningLine(
            account, debtor, creditor, amount.Currency.Code, amount.Minor, on, row.Text("reference"), due);
        refusal = Fault(line, row.Line, relationship, before);
        return refusal is null ? line : null;
    }

    private static Refusal? Fault(OpeningLine line, int number, Relationship relationship, List<OpeningLine> before) =>
        !relationship.Has(line.Debtor) || !relationship.Has(line.Creditor) || line.Debtor == line.Creditor
            ? new Refusal(
                "opening.parties", $"line {number}: {line.Debtor} and {line.Creditor} are not the two of {relationship}.")
        : line.Reference.Length is 0 or > 60 || !line.Reference.All(c => c is > ' ' and < '\u007f' and not '/')
            ? new Refusal(
                "opening.reference", $"line {number}: a reference has 1 to 60 printable characters, no blank, no slash.")
        : before.Exists(other => other.Reference == line.Reference && other.Account == line.Account)
            ? new Refusal("opening.reference-twice", $"line {number}: {line.Reference} stands above already.")
        : line.Amount == 0 || (line.Account == OpeningAccount.Unapplied && line.Amount < 0)
            ? new Refusal("opening.amount", $"line {number}: {line.Amount} minor units are nothing to bring along.")
        : null;

    private static OpeningAccount? Account(string text) => text.ToLowerInvariant() switch
    {
        "due" => OpeningAccount.Due,
        "unapplied" => OpeningAccount.Unapplied,
        _ => null,
    };
}
