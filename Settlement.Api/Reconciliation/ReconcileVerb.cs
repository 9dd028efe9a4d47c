using System.CommandLine;
using System.Globalization;
using NodaTime;
using Settlement.Api.Statements;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Reconciliation;
using Settlement.Projections.Statements;
using Spectre.Console;

namespace Settlement.Api.Reconciliation;

/// <summary>
/// <c>reconcile PARTY~COUNTERPARTY MONTH FILE</c>: a partner's list of CDRs against what is settled and held here. Exit 0:
/// all matched; 1: differences; 2: the file cannot be read, with line and column.
/// </summary>
public static class ReconcileVerb
{
    private sealed record Wanted(
        Relationship Relationship, YearMonth Month, string File, PartyId? Cpo, ListOptions Options,
        ReconciliationTerms Terms, string Format, string? Path, string? Disputes);

    public static Command Create()
    {
        var pair = new Argument<string>("PARTY~COUNTERPARTY") { Description = "the relationship, as in CA-FLO~US-CPI" };
        var month = Output.MonthArgument();
        var file = new Argument<string>("FILE") { Description = "OCPI CDRs (JSON, JSON lines) or CSV, also gzipped" };
        var cpo = new Option<string?>("--cpo") { Description = "only what this party charged; without it both directions" };
        var from = new Option<string?>("--from") { Description = "the CPO, for lists that do not name it" };
        var to = new Option<string?>("--to") { Description = "the eMSP, for OCPI 2.1.1" };
        var currency = new Option<string?>("--currency") { Description = "for lists without a currency" };
        var zone = new Option<string>("--zone")
        {
            Description = "IANA zone of times without an offset",
            DefaultValueFactory = _ => "UTC",
        };
        var decimals = new Option<string?>("--decimals")
        {
            Description = "point | comma; otherwise a comma where a party of the relationship writes French",
        };
        decimals.AcceptOnlyFromAmong("point", "comma");
        var columns = new Option<string[]>("--columns")
        {
            Description = $"name=header, where a header is another than ours; names: {string.Join(", ", PartnerCsv.Names)}",
            AllowMultipleArgumentsPerToken = true,
        };
        var money = new Option<int?>("--tolerance") { Description = "minor units a line may differ by; otherwise as agreed" };
        var cap = new Option<long?>("--cap") { Description = "most that accepted differences may come to, minor units" };
        var format = Output.FormatOption("table", "csv", "jsonl");
        var path = Output.OutOption();
        var disputes = new Option<string?>("--disputes") { Description = "write disputes as they could be opened to this file" };
        var command = new Command("reconcile", "Compares a partner's list of CDRs with ours.")
        {
            pair, month, file, cpo, from, to, currency, zone, decimals, columns, money, cap, format, path, disputes,
        };
        command.SetAction((parsed, stop) =>
        {
            var (options, refusal) = Options(
                parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(currency), parsed.GetValue(zone)!,
                parsed.GetValue(columns) ?? [], parsed.GetValue(decimals));
            return options is null
                ? Task.FromResult(Shell.Refuse(refusal!))
                : Run(
                    parsed.GetValue(pair)!, parsed.GetValue(month)!, parsed.GetValue(file)!, parsed.GetValue(cpo), options,
                    parsed.GetValue(money), parsed.GetValue(cap), parsed.GetValue(format)!, parsed.GetValue(path),
                    parsed.GetValue(disputes), stop);
        });
        return command;
    }

    private static async Task<int> Run(
        string pairText, string monthText, string file, string? cpoText, ListOptions options, int? money, long? cap,
        string format, string? path, string? disputes, CancellationToken stop)
    {
        if (Output.Month(monthText, out var refusal) is not { } month)
        {
            return Shell.Refuse(refusal!);
        }

        var cpo = cpoText is null ? null : Output.Party(cpoText, out refusal);
        if (Relationship.Parse(pairText) is not { } relationship)
        {
            refusal ??= new Refusal("relationship.malformed", $"'{pairText}' is not a pair of parties; expected a form like CA-FLO~US-CPI.");
        }
        else if (!File.Exists(file))
        {
            refusal ??= new Refusal("file.missing", $"There is no file {file}.");
        }
        else if (refusal is null)
        {
            await using var engine = await Engine.Open(stop);
            var terms = (await Terms(engine, relationship, month, stop)).WithMoney(money, cap);
            return await Run(
                engine, new Wanted(relationship, month, file, cpo, options, terms, format, path, disputes), stop);
        }

        return Shell.Refuse(refusal!);
    }

    private static async Task<int> Run(Engine engine, Wanted wanted, CancellationToken stop)
    {
        try
        {
            using var result = await Reconcile(
                engine, wanted.Relationship, wanted.Month, wanted.File, wanted.Cpo, wanted.Options, wanted.Terms, stop);
            if (wanted.Disputes is { } disputes)
            {
                using var to = Output.Open(disputes);
                ReconciliationFiles.Write(to, "disputes", result);
            }

            Write(wanted, result);
            return result.Summary.AllMatched ? ExitCode.Done : ExitCode.Found;
        }
        catch (UnreadableListException e)
        {
            return Shell.Refuse(e.Refusal with { Message = $"{Path.GetFileName(wanted.File)}, {e.Refusal.Message}" });
        }
    }

    /// <summary>Compares a file with what is settled and held of a relationship and month.</summary>
    /// <exception cref="UnreadableListException">The file cannot be read; nothing of it counts.</exception>
    public static async Task<ReconciliationResult> Reconcile(
        Engine engine, Relationship relationship, YearMonth month, string file, PartyId? cpo, ListOptions options,
        ReconciliationTerms terms, CancellationToken stop)
    {
        var book = await engine.Books.Current(stop);
        options = options with
        {
            DecimalComma = options.DecimalComma
                ?? new[] { relationship.A, relationship.B }.Any(party => book.Party(party)?.Language == "fr"),
        };
        var own = new OwnCdrs(new ReconciliationQueries(engine.Database), relationship, month, cpo);
        return await Reconciler.Run(own.List(stop), PartnerList.Read(file, options, stop), own, terms, stop);
    }

    /// <summary>As agreed for the month.</summary>
    public static async Task<ReconciliationTerms> Terms(
        Engine engine, Relationship relationship, YearMonth month, CancellationToken stop) => ReconciliationTerms.Of(
        await engine.Books.Terms(relationship, month, stop), await engine.Books.Current(stop));

    /// <summary>What a list does not tell itself, from texts.</summary>
    public static (ListOptions? Options, Refusal? Refusal) Options(
        string? from, string? to, string? currency, string zone, IReadOnlyList<string> columns, string? decimals = null)
    {
        Refusal? refusal = null;
        var cpo = from is null ? null : Output.Party(from, out refusal);
        var emsp = to is null || refusal is not null ? null : Output.Party(to, out refusal);
        if (refusal is null && currency is not null && Currency.Find(currency.ToUpperInvariant()) is null)
        {
            refusal = new Refusal("currency.unknown", $"'{currency}' is no currency of ISO 4217 that is known here.");
        }

        var names = columns.Select(column => column.Split('=', 2)).ToList();
        if (names.Find(pair => pair.Length != 2 || !PartnerCsv.Names.Contains(pair[0], StringComparer.Ordinal)) is { } wrong)
        {
            refusal ??= new Refusal("list.columns",
                $"'{string.Join('=', wrong)}' is not name=header with a name of {string.Join(", ", PartnerCsv.Names)}.");
        }

        if (decimals is not (null or "point" or "comma"))
        {
            refusal ??= new Refusal("decimals.unknown", $"'{decimals}' is neither point nor comma.");
        }

        return DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is not { } found
            ? (null, refusal ?? new Refusal("zone.unknown", $"'{zone}' is not a time zone; expected a form like America/Toronto."))
            : refusal is not null
                ? (null, refusal)
                : (new ListOptions(
                    cpo, emsp, currency?.ToUpperInvariant(), found,
                    names.GroupBy(pair => pair[0]).ToDictionary(pair => pair.Key, pair => pair.Last()[1], StringComparer.Ordinal))
                {
                    DecimalComma = decimals is null ? null : decimals == "comma",
                }, null);
    }

    private static void Write(Wanted wanted, ReconciliationResult result)
    {
        if (wanted.Format != "table")
        {
            using var to = Output.Open(wanted.Path);
            ReconciliationFiles.Write(to, wanted.Format, result);
            return;
        }

        Tables.To(wanted.Path, console => Print(console, wanted, result.Summary));
    }

    private static void Print(IAnsiConsole console, Wanted wanted, ReconciliationSummary summary)
    {
        console.WriteLine($"Reconciliation of {wanted.Relationship}, {wanted.Month}");
        var table = new Table().RoundedBorder();
        foreach (var (head, isNumber) in new[]
        {
            ("Category", false), ("Reason", false), ("Currency", false), ("Ours", true), ("Theirs", true), ("Our net", true),
            ("Their net", true), ("Our total", true), ("Their total", true),
        })
        {
            var column = new TableColumn(head) { NoWrap = true };
            table.AddColumn(isNumber ? column.RightAligned() : column);
        }

        foreach (var line in summary.Lines)
        {
            table.AddRow([line.Category.ToString(), Markup.Escape(line.Reason), Markup.Escape(line.Currency), .. Cells(line.Ours, line.Theirs)]);
        }

        table.AddEmptyRow();
        foreach (var (currency, ours, theirs) in summary.Totals)
        {
            table.AddRow(["Both lists", "", Markup.Escape(currency), .. Cells(ours, theirs)]);
        }

        console.Write(table);
    }

    private static string[] Cells(ListSums ours, ListSums theirs) =>
    [
        Whole(ours.Rows), Whole(theirs.Rows), Figures.Exact(ours.Net), Figures.Exact(theirs.Net), Total(ours), Total(theirs),
    ];

    /// <summary>A sum of totals says of how many rows it is, where not all tell one.</summary>
    public static string Total(ListSums sums) => sums.Totals == 0
        ? "–"
        : Figures.Exact(sums.Total) + (sums.Totals < sums.Rows ? $" of {Whole(sums.Totals)} rows" : "");

    private static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
