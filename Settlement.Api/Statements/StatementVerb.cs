using System.CommandLine;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Statements;

/// <summary><c>statement PARTY[~COUNTERPARTY] MONTH [--currency C] [--format table|json|csv|jsonl|xlsx|pdf|html] [--out PATH]</c></summary>
public static class StatementVerb
{
    private static readonly IReadOnlyList<string> Formats = ["table", .. StatementFiles.Formats];

    public static Command Create()
    {
        var party = new Argument<string>("PARTY") { Description = "addressee, as in CA-FLO, or CA-FLO~US-CPI" };
        var month = Output.MonthArgument();
        var currency = new Option<string?>("--currency") { Description = "lines of this currency only" };
        var format = Output.OpenFormatOption(Formats);
        var path = Output.OutOption();
        var command = new Command("statement", "A partner's reconciliation statement.")
        {
            party, month, currency, format, path,
        };
        command.SetAction((parsed, stop) => Run(
            parsed.GetValue(party)!, parsed.GetValue(month)!, parsed.GetValue(currency), parsed.GetValue(format)!,
            parsed.GetValue(path), stop));
        return command;
    }

    private static async Task<int> Run(
        string partyText, string monthText, string? currency, string format, string? path, CancellationToken stop)
    {
        if (Output.Month(monthText, out var refusal) is not { } month)
        {
            return Shell.Refuse(refusal!);
        }

        var names = partyText.Split('~');
        if (Output.Party(names[0], out refusal) is not { } to)
        {
            return Shell.Refuse(refusal!);
        }

        if (Output.Unwritable(format, Formats, path) is { } unwritable)
        {
            return Shell.Refuse(unwritable);
        }

        await using var engine = await Engine.Open(stop);
        var (counterparty, which) = await Counterparty(engine, to, names.ElementAtOrDefault(1), month, stop);
        if (counterparty is not { } other)
        {
            return Shell.Refuse(which!);
        }

        await Write(engine, to, other, month, currency, format, path, stop);
        return ExitCode.Done;
    }

    /// <summary>The one named, or the only one with movement; several and none named is a refusal.</summary>
    private static async Task<(PartyId?, Refusal?)> Counterparty(
        Engine engine, PartyId to, string? named, YearMonth month, CancellationToken stop)
    {
        if (named is not null)
        {
            return (Output.Party(named, out var refusal), refusal);
        }

        var others = (await engine.Reports.TenantsWithMovement(month, stop))
            .Select(tenant => Relationship.Parse(tenant)!.Value)
            .Where(relationship => relationship.Has(to)).Select(relationship => relationship.Other(to)).ToList();
        return others switch
        {
            [var only] => (only, null),
            [] => (null, new Refusal("statement.no-movement", $"Nothing moved between {to} and anybody in {month}.")),
            _ => (null, new Refusal("statement.ambiguous",
                $"{to} has movement with {string.Join(", ", others)} in {month}: name one, as in {to}~{others[0]}.")),
        };
    }

    private static async Task Write(
        Engine engine, PartyId to, PartyId other, YearMonth month, string? currency, string format, string? path,
        CancellationToken stop)
    {
        if (format == "table")
        {
            var statement = await new StatementAddress(to, other, month).Read(engine, stop);
            Tables.To(path, console => ReportTable.Print(console, statement.In(currency)));
        }
        else
        {
            await using var file = Output.Open(path);
            await StatementFiles.Write(file, format, to, other, month, engine, currency, stop);
        }
    }
}
