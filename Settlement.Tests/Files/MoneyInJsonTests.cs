using System.Text;
using System.Text.Json;
using Settlement.Api.Statements;
using Settlement.Api.Tax;
using Settlement.Domain.Agreements;
using Settlement.Tests.Intake;
using static Settlement.Tests.Payments.MoneyTown;

namespace Settlement.Tests.Files;

/// <summary>Money is a decimal string in every JSON that is written: no reader turns it into a binary fraction.</summary>
public sealed class MoneyInJsonTests
{
    /// <summary>What may be a number: counts, positions, quantities, rates. A new number is added here or is a string.</summary>
    private static readonly HashSet<string> Numbers = new(StringComparer.OrdinalIgnoreCase)
    {
        "number", "line", "lines", "line_no", "log_number", "leaf_index", "log_position", "version", "after", "up_to", "terms_days",
        "days_overdue", "sessions", "credits", "surcharge_not_provable", "cdrs", "kwh", "energy_kwh", "charging_seconds",
        "parking_seconds", "charge_h", "parking_h", "quantity", "count", "unpriced", "rate", "perKwh", "year", "month",
        "one_minor", "other_minor", "daysOverdue",
    };

    private static readonly PartyId Flo = Pair.A;
    private static readonly PartyId Cpi = Pair.B;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_file_has_money_as_a_number()
    {
        await using var town = await Issued(Town.Month(300));
        var engine = town.Engine;
        var book = await engine.Books.Current(Stop);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["statement json"] = await Written(to => StatementFiles.Write(to, "json", Flo, Cpi, October, engine, null, Stop)),
            ["statement jsonl"] = await Written(to => StatementFiles.Write(to, "jsonl", Flo, Cpi, October, engine, null, Stop)),
        };
        var report = await engine.Report(October, null, Flo, Stop);
        texts["report"] = await Written(to => Done(() => ReportJson.Write(to, report)));
        foreach (var party in new[] { Flo, Cpi })
        {
            var tax = await TaxReportVerb.Of(engine, party, October, Stop);
            texts[$"tax report {party}"] = await Written(to => Done(() => TaxReportVerb.WriteJson(to, tax)));
        }

        foreach (var (_, _, number) in (await engine.Closing.Book(Pair, Stop)).Documents)
        {
            var found = await InvoiceFiles.Find(engine, number, Stop);
            texts[number] = await Written(to => Done(() => InvoiceFiles.Write(to, "json", found!.Value.Invoice, book)));
        }

        foreach (var (name, text) in texts)
        {
            var lines = name == "statement jsonl" ? text.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [text];
            lines.ShouldNotBeEmpty();
            foreach (var line in lines)
            {
                using var json = JsonDocument.Parse(line);
                Unexpected(json.RootElement, "").Distinct().ShouldBeEmpty(name);
            }
        }

        // 14.00 is not 1400, nor the other way round
        var sums = report.Taxes.Where(tax => tax.Direction.Creditor == Cpi && tax.Disposition == "Charged").Sum(tax => tax.Amount);
        sums.ShouldBeGreaterThan(0);
        var row = JsonDocument.Parse(texts[$"tax report {Cpi}"]).RootElement.GetProperty("Bridge").EnumerateArray().First();
        row.GetProperty("Reported").GetString()!.ShouldContain(".");
    }

    private static IEnumerable<string> Unexpected(JsonElement json, string name) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => Unexpected(member.Value, member.Name)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(item => Unexpected(item, name)),
        JsonValueKind.Number when !Numbers.Contains(name) => [name],
        _ => [],
    };

    private static async Task<string> Written(Func<Stream, Task> write)
    {
        using var to = new MemoryStream();
        await write(to);
        return Encoding.UTF8.GetString(to.ToArray());
    }

    private static Task Done(Action work)
    {
        work();
        return Task.CompletedTask;
    }
}
