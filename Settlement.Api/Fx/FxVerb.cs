using System.CommandLine;
using System.Globalization;
using NodaTime;
using Settlement.Api.People;
using Settlement.Domain.People;
using Settlement.Domain;
using Settlement.Domain.Fx;
using Settlement.Domain.Ledger;

namespace Settlement.Api.Fx;

/// <summary>
/// <c>fx FILE</c> records published rates; <c>fx USD CAD --on DATE [--amount N]</c> answers with a rate and where it
/// comes from; <c>fx</c> alone lists the newest of each series.
/// </summary>
public static class FxVerb
{
    public static Command Create()
    {
        var what = new Argument<string[]>("FILE | FROM TO")
        {
            Description = "a file of the Bank of Canada's Valet service, JSON or CSV; or two currencies to ask about",
            Arity = new ArgumentArity(0, 2),
        };
        var on = new Option<string?>("--on") { Description = "the day, yyyy-MM-dd" };
        var amount = new Option<decimal?>("--amount") { Description = "an amount to convert" };
        var monthly = new Option<bool>("--monthly") { Description = "the average of the month instead of the day's rate" };
        var age = new Option<int>("--max-age")
        {
            Description = "days that the last observation may be old",
            DefaultValueFactory = _ => FxLookup.Week,
        };
        var source = new Option<string>("--source")
        {
            Description = "who published the file",
            DefaultValueFactory = _ => ValetFile.Source,
        };
        var actor = Acting.ActorOption();
        var command = new Command("fx", "Records published exchange rates, or answers with one.")
        {
            what, on, amount, monthly, age, source, actor,
        };
        command.SetAction((parsed, stop) => parsed.GetValue(what) switch
        {
            [var from, var to] => Ask(
                from, to, parsed.GetValue(on), parsed.GetValue(amount),
                new FxLookup(
                    parsed.GetValue(monthly) ? FxFrequency.MonthlyAverage : FxFrequency.Daily, parsed.GetValue(age)),
                stop),
            [var file] => Import(file, parsed.GetValue(source)!, parsed.GetValue(actor), stop),
            _ => List(stop),
        });
        return command;
    }

    private static async Task<int> Import(string file, string source, string? actor, CancellationToken stop)
    {
        if (!File.Exists(file))
        {
            return Shell.Refuse(new Refusal("file.missing", $"There is no file {file}."));
        }

        if (new FileInfo(file).Length > FxImport.MaxBytes)
        {
            return Shell.Refuse(new Refusal("fx.too-large", $"{Path.GetFileName(file)} is larger than 64 MB."));
        }

        await using var engine = await Engine.Open(stop);
        if (await engine.Allow(actor, Right.ProposeReference, stop) is { } notAllowed)
        {
            return Shell.Refuse(notAllowed);
        }

        var (tally, refusal) = await FxImport.Record(
            engine, await File.ReadAllBytesAsync(file, stop), source, actor ?? Acting.Unnamed, stop);
        if (refusal is not null)
        {
            return Shell.Refuse(refusal with { Message = $"{Path.GetFileName(file)}: {refusal.Message}" });
        }

        Console.WriteLine(tally!.Text);
        return ExitCode.Done;
    }

    private static async Task<int> Ask(
        string from, string to, string? day, decimal? amount, FxLookup lookup, CancellationToken stop)
    {
        var (question, refusal) = Question(from, to, day, amount);
        if (question is not { } asked)
        {
            return Shell.Refuse(refusal!);
        }

        await using var engine = await Engine.Open(stop);
        var (rate, unavailable) = (await engine.Books.Current(stop)).Fx.Find(asked.From, asked.To, asked.On, lookup);
        if (rate is null)
        {
            return Shell.Refuse(unavailable!);
        }

        Console.WriteLine($"1 {rate.From} = {Figures.Number(rate.Shown)} {rate.To} for {Figures.Day(asked.On)}: {rate.Path}");
        if (asked.Amount is { } money)
        {
            Console.WriteLine($"{money} = {Conversion.Of(money, rate).To}");
        }

        return ExitCode.Done;
    }

    private static ((Currency From, Currency To, LocalDate On, Money? Amount)?, Refusal?) Question(
        string from, string to, string? day, decimal? amount)
    {
        var codes = new[] { from.ToUpperInvariant(), to.ToUpperInvariant() };
        if (codes.FirstOrDefault(code => Currency.Find(code) is null) is { } unknown)
        {
            return (null, new Refusal("currency.unknown", $"'{unknown}' is no currency of ISO 4217 that is known here."));
        }

        if (IsoText.Day(day) is not { } date)
        {
            return (null, new Refusal("day.malformed", "Say the day: --on 2026-10-31."));
        }

        var currency = Currency.Of(codes[0]);
        if (amount is { } number && number * currency.Scale != decimal.Truncate(number * currency.Scale))
        {
            return (null, new Refusal("amount.precision",
                $"{number.ToString(CultureInfo.InvariantCulture)} has more decimals than {currency} has."));
        }

        return ((currency, Currency.Of(codes[1]), date,
            amount is { } given ? Money.Of(given, currency) : null), null);
    }

    private static async Task<int> List(CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        var rates = (await engine.Books.Current(stop)).Fx;
        foreach (var value in rates.Newest)
        {
            Console.WriteLine(
                $"{value.Series.Name,-9}  {Figures.Day(value.Date)}  1 {value.Series.Base} = {value.Text} {value.Series.Quote}  {value.Source}");
        }

        Console.WriteLine($"{rates.Count:N0} rates recorded.");
        return ExitCode.Done;
    }
}
