using System.Globalization;
using Settlement.Domain.Ledger;
using Settlement.Domain.Statements;
using Spectre.Console;

namespace Settlement.Api.Statements;

/// <summary>Reports and statements as tables in a terminal.</summary>
public static class ReportTable
{
    public static void Print(IAnsiConsole console, MonthlyReport report)
    {
        console.MarkupLineInterpolated($"[bold]Settlement report {report.Month}[/]");
        console.Write(Directions(report.Directions));
        console.Write(Places(report.Places));
        console.Write(Taxes(report.Taxes));
        Held(console, report.Held);
        foreach (var part in ReportParts.Of(report.Side is not null))
        {
            Part(console, part, report);
        }

        foreach (var tie in report.TieOuts)
        {
            console.MarkupLineInterpolated(
                $"[{(tie.Holds ? "green" : "red bold")}]{(tie.Holds ? "PASS" : "FAIL")}[/] {tie.Name}, {tie.Subject}: {Whole((long)tie.One)} and {Whole((long)tie.Other)} minor units");
        }

        console.WriteLine($"Log position digest {report.PositionsDigest} ("
            + string.Join(", ", report.Positions.Select(p => $"{p.Tenant} {Whole(p.Number)}")) + ")");
    }

    public static void Print(IAnsiConsole console, Statement statement)
    {
        console.MarkupLineInterpolated(
            $"[bold]Statement to {statement.To} with {statement.Counterparty}, {statement.Month}[/] ({statement.Zone})");
        if (statement.Provisional)
        {
            console.MarkupLine("[yellow]The agreement is provisional: this statement cannot be issued.[/]");
        }

        console.Write(Directions(statement.Directions));
        var balance = Grid("Balance", "Owed to you", "You owe", "Net in your favour");
        foreach (var (code, receivable, payable, net) in statement.Balance)
        {
            var currency = Currency.Of(code);
            balance.AddRow(code, Text(receivable, currency), Text(payable, currency), Text(net, currency));
        }

        console.Write(balance);
        console.Write(Places(statement.Places));
        console.Write(Taxes(statement.Taxes));
        Held(console, statement.Held);
        console.WriteLine($"Log position {statement.Position.Tenant} {Whole(statement.Position.Number)}");
    }

    private static Table Directions(IReadOnlyList<DirectionTotal> totals)
    {
        var table = Grid("Owes", "To", "Currency", "Sessions", "kWh", "Net", "Tax", "Due", "Credits", "No reference");
        foreach (var (direction, sums) in totals)
        {
            table.AddRow(
                direction.Debtor.ToString(), direction.Creditor.ToString(), direction.CurrencyCode,
                Whole(sums.Sessions), Kwh(sums.EnergyKwh), Text(sums.Net, direction.Currency),
                Text(sums.Tax, direction.Currency), $"[bold]{Text(sums.Due, direction.Currency)}[/]",
                Whole(sums.Credits), Whole(sums.NotProvable));
        }

        return table;
    }

    private static Table Places(IReadOnlyList<PlaceTotal> places)
    {
        var table = Grid("Place", "Owes → to", "Currency", "Sessions", "kWh", "Energy", "Time", "Parking", "Flat", "Net", "Tax", "Due");
        foreach (var (direction, place, sums) in places)
        {
            table.AddRow(
                place, $"{direction.Debtor} → {direction.Creditor}", direction.CurrencyCode, Whole(sums.Sessions),
                Kwh(sums.EnergyKwh), Text(sums.Energy, direction.Currency), Text(sums.Time, direction.Currency),
                Text(sums.Parking, direction.Currency), Text(sums.Flat, direction.Currency),
                Text(sums.Net, direction.Currency), Text(sums.Tax, direction.Currency),
                Text(sums.Due, direction.Currency));
        }

        return table;
    }

    private static Table Taxes(IReadOnlyList<TaxTotal> taxes)
    {
        var table = Grid("Tax", "Jurisdiction", "Rate", "Owes → to", "Currency", "Disposition", "Base", "Amount", "Lines");
        foreach (var tax in taxes)
        {
            var currency = tax.Direction.Currency;
            table.AddRow(
                tax.Tax, tax.Jurisdiction, tax.Rate, $"{tax.Direction.Debtor} → {tax.Direction.Creditor}",
                tax.Direction.CurrencyCode, tax.Disposition, Text(tax.Base, currency), Text(tax.Amount, currency),
                Whole(tax.Lines));
        }

        return table;
    }

    private static void Held(IAnsiConsole console, IReadOnlyList<HeldTotal> held)
    {
        if (held.Count == 0)
        {
            return;
        }

        var table = Grid("Held", "Reason", "Owes → to", "Currency", "CDRs", "kWh", "Claimed", "Re-rated");
        foreach (var item in held)
        {
            table.AddRow(
                item.State, item.Reason, $"{item.Debtor} → {item.Creditor}", Markup.Escape(item.Currency),
                Whole(item.Count), Kwh(item.EnergyKwh), Decimal(item.Claimed),
                item.Expected is { } expected ? Decimal(decimal.Round(expected, 2, MidpointRounding.AwayFromZero)) : "–");
        }

        console.Write(table);
    }

    private static void Part(IAnsiConsole console, ReportPart part, MonthlyReport report)
    {
        if (part.Table(report, Language.English) is not { } rows)
        {
            return;
        }

        var table = new Table().RoundedBorder();
        table.Title = new TableTitle(Markup.Escape(rows.Caption));
        foreach (var head in rows.Columns)
        {
            var column = new TableColumn(Markup.Escape(head.Head)) { NoWrap = true };
            table.AddColumn(head.Figures ? column.RightAligned() : column);
        }

        foreach (var row in rows.Groups.SelectMany(group => group.Rows))
        {
            table.AddRow([.. row.Cells.Select(cell => Markup.Escape(cell.Text))]);
        }

        console.Write(table);
    }

    private static Table Grid(params string[] heads)
    {
        var table = new Table().RoundedBorder();
        for (var i = 0; i < heads.Length; i++)
        {
            var column = new TableColumn(heads[i]) { NoWrap = true };
            table.AddColumn(IsNumber(heads[i]) ? column.RightAligned() : column);
        }

        return table;
    }

    private static bool IsNumber(string head) => head is "Sessions" or "kWh" or "Net" or "Tax" or "Due" or "Credits"
        or "No reference" or "Energy" or "Time" or "Parking" or "Flat" or "Base" or "Amount" or "Lines" or "CDRs"
        or "Claimed" or "Re-rated" or "Owed to you" or "You owe" or "Net in your favour";

    private static string Text(long minor, Currency currency) =>
        new Money(minor, currency).Amount.ToString("N" + currency.MinorUnits, CultureInfo.InvariantCulture);

    private static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Kwh(decimal kwh) => kwh.ToString("N3", CultureInfo.InvariantCulture);

    private static string Decimal(decimal amount) => amount.ToString("N2", CultureInfo.InvariantCulture);
}
