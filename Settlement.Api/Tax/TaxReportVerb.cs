using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodaTime;
using Settlement.Api.Statements;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;
using Settlement.Projections.Tables;
using Spectre.Console;

namespace Settlement.Api.Tax;

/// <summary><c>tax-report PARTY MONTH [--format table|json|csv] [--out PATH]</c>: what a party files (rules-money 23).</summary>
public static class TaxReportVerb
{
    private static readonly JsonSerializerOptions Json = new(RowJson.Options) { WriteIndented = true };

    public static Command Create()
    {
        var party = new Argument<string>("PARTY") { Description = "who files, as in CA-FLO" };
        var month = Output.MonthArgument();
        var format = Output.FormatOption("table", "json", "csv");
        var path = Output.OutOption();
        var command = new Command("tax-report", "What a party files for a month: output and input tax, by place and rate.")
        {
            party, month, format, path,
        };
        command.SetAction((parsed, stop) => Run(
            parsed.GetValue(party)!, parsed.GetValue(month)!, parsed.GetValue(format)!, parsed.GetValue(path), stop));
        return command;
    }

    private static async Task<int> Run(
        string partyText, string monthText, string format, string? path, CancellationToken stop)
    {
        if (Output.Month(monthText, out var refusal) is not { } month || Output.Party(partyText, out refusal) is not { } party)
        {
            return Shell.Refuse(refusal!);
        }

        await using var engine = await Engine.Open(stop);
        var report = await Of(engine, party, month, stop);
        Write(report, format, path);
        return report.TiesOut ? ExitCode.Done : ExitCode.Found;
    }

    /// <summary>
    /// The report of a party's posted tax lines, compared with its tax accounts. No filings are recorded yet.
    /// </summary>
    public static Task<TaxReport> Of(Engine engine, PartyId party, YearMonth month, CancellationToken stop) =>
        Of(engine, party, month, new Dictionary<YearMonth, Instant>(), stop);

    /// <param name="filings">Months that were filed, with when.</param>
    public static async Task<TaxReport> Of(
        Engine engine, PartyId party, YearMonth month, IReadOnlyDictionary<YearMonth, Instant> filings, CancellationToken stop)
    {
        var book = await engine.Books.Current(stop);
        var home = book.Home(party);
        var posted = await engine.TaxLines.Of(
            home, book.Party(home)?.Aliases ?? [], month,
            rule => book.Taxes.Named(rule)?.TaxPoint == TaxPoint.EarlierOfPaidOrDue, filings, stop);
        return TaxReport.Of(home, month, posted.Lines, filings,
                (currency, day) => CadRate(book, currency, day))
            .Against(posted.Accounts).AgainstAll(posted.Months, posted.AllAccounts);
    }

    /// <summary>
    /// The rate of the day the tax became payable, or of the last business day before it (GST/HST Memorandum 3-6);
    /// null where none is recorded.
    /// </summary>
    public static CadRate? CadRate(ReferenceBook book, string currency, LocalDate day) =>
        book.Fx.Find(Currency.Of(currency), Currency.Of("CAD"), day).Rate is { } rate
            ? new CadRate(rate.Shown, rate.Path)
            : null;

    public static void WriteJson(Stream to, TaxReport report)
    {
        var json = JsonSerializer.SerializeToNode(report, Json)!;
        Money(json, null);
        JsonSerializer.Serialize(to, json, Json);
    }

    private static readonly HashSet<string> MoneyMembers = new(StringComparer.Ordinal)
    {
        nameof(TaxReportRow.TaxableBase), nameof(TaxReportRow.ExemptBase), nameof(TaxReportRow.OutputTax),
        nameof(TaxReportRow.InputRecoverable), nameof(TaxReportRow.InputNotRecoverable), nameof(TaxReportRow.Memo),
        nameof(TaxBridge.Reported), nameof(TaxBridge.PostedElsewhere), nameof(TaxBridge.ReportedElsewhere),
        nameof(TaxTieOut.Ledger), nameof(TaxTieOut.Bridged),
    };

    /// <summary>Minor units become decimal strings of the currency that their object names.</summary>
    private static void Money(JsonNode node, string? currency)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items.OfType<JsonNode>())
            {
                Money(item, currency);
            }
        }
        else if (node is JsonObject members)
        {
            currency = members["Currency"] is JsonValue named && named.TryGetValue<string>(out var code) ? code : currency;
            foreach (var (name, member) in members.ToList())
            {
                if (member is JsonValue number && MoneyMembers.Contains(name) && currency is not null
                    && decimal.TryParse(number.ToString(), NumberStyles.Number, CultureInfo.InvariantCulture, out var minor)
                    && minor == decimal.Truncate(minor))
                {
                    members[name] = new Money((long)minor, Currency.Of(currency)).Text();
                }
                else if (member is not null)
                {
                    Money(member, currency);
                }
            }
        }
    }

    private static void Write(TaxReport report, string format, string? path)
    {
        switch (format)
        {
            case "json":
                using (var to = Output.Open(path))
                {
                    WriteJson(to, report);
                }

                break;
            case "csv":
                using (var to = Output.Open(path))
                {
                    ReportCsv.Write(to, report);
                }

                break;
            default:
                Tables.To(path, console => Print(console, report));
                break;
        }
    }

    private static void Print(IAnsiConsole console, TaxReport report)
    {
        console.WriteLine($"Tax report of {report.Party}, {report.Month}");
        var rows = new Table().RoundedBorder();
        foreach (var head in new[]
        {
            "Side", "Place", "Tax", "Rate", "Currency", "Taxable base", "Exempt base", "Output tax", "Input, recoverable",
            "Input, cost", "CDRs", "Note",
        })
        {
            rows.AddColumn(new TableColumn(head) { NoWrap = true });
        }

        foreach (var row in report.Rows)
        {
            var currency = Currency.Of(row.Currency);
            rows.AddRow(
                row.Side.ToString(), row.Jurisdiction, row.Tax, Rate(row), row.Currency, Text(row.TaxableBase, currency),
                Text(row.ExemptBase, currency), Text(row.OutputTax, currency), Text(row.InputRecoverable, currency),
                Text(row.InputNotRecoverable, currency), row.Cdrs.ToString("N0", CultureInfo.InvariantCulture),
                Markup.Escape(Note(row)));
        }

        console.Write(rows);
        foreach (var row in report.CadEquivalents)
        {
            console.WriteLine(
                $"{row.Side} {row.Jurisdiction} {row.Tax} of {row.Date:uuuu'-'MM'-'dd}: {row.Amount} = "
                + (row.InCad is { } cad ? $"{cad} at {row.Source}" : "no rate to CAD is recorded"));
        }

        foreach (var line in report.Bridge)
        {
            var currency = Currency.Of(line.Currency);
            console.WriteLine(
                $"{line.Side} {line.Jurisdiction} {line.Tax}: reported {Text(line.Reported, currency)} - posted to other months "
                + $"{Text(line.PostedElsewhere, currency)} + reported in other months {Text(line.ReportedElsewhere, currency)} "
                + $"= ledger {Text(line.Ledger, currency)} {line.Currency}");
        }

        foreach (var tie in report.TieOuts)
        {
            console.WriteLine(Verdict(tie, "bridge"));
        }

        foreach (var tie in report.AllMonths)
        {
            console.WriteLine(Verdict(tie, "all months"));
        }
    }

    private static string Verdict(TaxTieOut tie, string what)
    {
        var currency = Currency.Of(tie.Currency);
        var side = tie.Side?.ToString() ?? "Output and input";
        return $"{(tie.Holds ? "PASS" : "FAIL")} {side} {tie.Jurisdiction} {tie.Tax}: {what} "
            + $"{Text((long)tie.Bridged, currency)}, tax accounts {Text((long)tie.Ledger, currency)} {tie.Currency}";
    }

    /// <summary>A rate as a percentage, an amount per kWh as it is.</summary>
    public static string Rate(TaxReportRow row) => row.PerKwh is { } perKwh
        ? perKwh.ToString("0.######", CultureInfo.InvariantCulture) + "/kWh"
        : ((row.Rate ?? 0m) * 100m).ToString("0.####", CultureInfo.InvariantCulture) + "%";

    /// <summary>Why exempt, and what may still move.</summary>
    public static string Note(TaxReportRow row) => string.Join(", ", new[]
    {
        row.Reason, row.PriorPeriod ? "prior period" : "", row.AwaitsInvoice ? "no invoice date yet" : "",
    }.Where(text => text.Length > 0));

    private static string Text(long minor, Currency currency) =>
        new Money(minor, currency).Amount.ToString("N" + currency.MinorUnits, CultureInfo.InvariantCulture);
}
