using System.CommandLine;
using System.CommandLine.Parsing;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Tax;

namespace Settlement.Api.Tax;

/// <summary>
/// <c>tax</c>: which taxes an amount bears at a charger on a day, by the rule book shipped with the program, or
/// with <c>--db</c> by the one in the database. How it is asked: <see cref="TaxInquiry"/>.
/// </summary>
public static class TaxVerb
{
    private static readonly string[] Components = Enum.GetNames<ChargeComponent>();

    public static Command Create()
    {
        var options = new TaxOptions();
        var command = new Command("tax", "Which taxes an amount bears at a charger on a day, rule by rule.");
        options.AddTo(command);
        command.SetAction((parsed, stop) => Run(options, parsed, parsed.InvocationConfiguration.Output, stop));
        return command;
    }

    private static async Task<int> Run(TaxOptions options, ParseResult parsed, TextWriter output, CancellationToken stop)
    {
        var files = parsed.GetValue(options.LocalRates) ?? [];
        var (book, unreadable) = LocalRateFiles.AddTo(
            parsed.GetValue(options.Database) ? await Recorded(stop) : TaxBook.Shipped, files);
        if (book is null)
        {
            return Shell.Refuse(unreadable!);
        }

        var inquiry = InquiryOf(options, parsed);
        var (question, refusal) = inquiry.Question(book);
        if (question is null)
        {
            return Shell.Refuse(refusal!);
        }

        var answer = inquiry.Answer(question, book);
        output.WriteLine(parsed.GetValue(options.Json)
            ? TaxAnswerJson.Of(question, answer)
            : TaxAnswerText.Of(question, answer, book));
        return answer is TaxAnswer.Determined ? ExitCode.Done : ExitCode.Found;
    }

    /// <summary>The rule book with what finance has recorded in the database.</summary>
    private static async Task<TaxBook> Recorded(CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        return (await engine.Books.Current(stop)).Taxes;
    }

    private static TaxInquiry InquiryOf(TaxOptions options, ParseResult parsed) => new(
        parsed.GetRequiredValue(options.Place), parsed.GetValue(options.Amount), parsed.GetRequiredValue(options.On))
    {
        Currency = parsed.GetValue(options.Currency),
        Component = Enum.Parse<ChargeComponent>(parsed.GetValue(options.Component)!),
        Kwh = parsed.GetValue(options.Kwh),
        Station = new StationFacts
        {
            PowerKw = parsed.GetValue(options.Kw),
            Level = parsed.GetValue(options.Level),
            InstalledOn = parsed.GetValue(options.Installed),
            IsPublic = !parsed.GetValue(options.NotPublic),
            OnStateProperty = parsed.GetValue(options.StateProperty),
            IsResidence = parsed.GetValue(options.Residence),
        },
        Invoiced = parsed.GetValue(options.Invoiced),
        Buyer = parsed.GetValue(options.Buyer) == "reseller" ? Buyer.Reseller : Buyer.Driver,
        NoCertificate = parsed.GetValue(options.NoCertificate),
        Locality = parsed.GetValue(options.Locality),
        Inclusive = parsed.GetValue(options.Inclusive),
        AsKnown = parsed.GetValue(options.AsKnown),
    };

    /// <summary>
    /// The options, as DESIGN of the command line fixes them, and a few more facts about the station.
    /// </summary>
    private sealed class TaxOptions
    {
        public readonly Option<string> Place = new("--place")
            { Required = true, Description = "State or province of the charger: CA-QC, US-NY." };

        public readonly Option<decimal> Amount = new("--amount")
            { Required = true, Description = "Before tax; with --inclusive after tax." };

        public readonly Option<string?> Currency = new("--currency")
            { Description = "ISO 4217; default the currency of the place." };

        public readonly Option<LocalDate> On = Day(
            "--on", "Local day of delivery at the charger.", required: true);

        public readonly Option<string> Component = Word(
            "--component", "What the amount pays for.", "ENERGY", Components);

        public readonly Option<decimal?> Kwh = new("--kwh") { Description = "Energy delivered." };

        public readonly Option<decimal?> Kw = new("--kw") { Description = "Power of the station." };

        public readonly Option<int?> Level = new("--level")
            { Description = "1, 2 or 3 (DC fast); else told by --kw." };

        public readonly Option<LocalDate?> Installed = MaybeDay(
            "--installed", "Day the station was installed.");

        public readonly Option<bool> StateProperty = new("--state-property")
            { Description = "It stands on state property." };

        public readonly Option<bool> Residence = new("--residence")
            { Description = "It stands at a residence." };

        public readonly Option<bool> NotPublic = new("--not-public")
            { Description = "It is not open to the public." };

        public readonly Option<bool> Inclusive = new("--inclusive")
            { Description = "The amount includes a driver's taxes." };

        public readonly Option<LocalDate?> Invoiced = MaybeDay(
            "--invoiced", "Document date; default the day of delivery.");

        public readonly Option<string> Buyer = Word("--buyer", "Who buys.", "driver", ["driver", "reseller"]);

        public readonly Option<bool> NoCertificate = new("--no-certificate")
            { Description = "The reseller has no resale certificate for the place." };

        public readonly Option<string?> Locality = new("--locality")
            { Description = "City, county or ZIP for local rates." };

        public readonly Option<bool> Database = new("--db")
        {
            Description = "ask the rule book of the database, with what finance has recorded",
        };

        public readonly Option<string[]> LocalRates = new("--local-rates")
        {
            Description = "Local rates: plain CSV, or a Streamlined Sales Tax rate and boundary file.",
            AllowMultipleArgumentsPerToken = true,
        };

        public readonly Option<LocalDate?> AsKnown = MaybeDay(
            "--as-known", "Answer with what was known at the end of that day (UTC).");

        public readonly Option<bool> Json = new("--json") { Description = "One JSON object." };

        public void AddTo(Command command)
        {
            Option[] all =
            [
                Place, Amount, Currency, On, Component, Kwh, Kw, Level, Installed, StateProperty, Residence,
                NotPublic, Inclusive, Invoiced, Buyer, NoCertificate, Locality, LocalRates, AsKnown, Database, Json,
            ];
            foreach (var option in all)
            {
                command.Options.Add(option);
            }
        }

        private static Option<string> Word(string name, string description, string standard, string[] words)
        {
            var option = new Option<string>(name)
            {
                Description = description,
                DefaultValueFactory = _ => standard,
            };
            option.AcceptOnlyFromAmong(words);
            return option;
        }

        private static Option<LocalDate> Day(string name, string description, bool required) => new(name)
        {
            Description = description,
            Required = required,
            CustomParser = argument => ParseDay(name, argument) ?? default,
        };

        private static Option<LocalDate?> MaybeDay(string name, string description) => new(name)
        {
            Description = description,
            CustomParser = argument => ParseDay(name, argument),
        };

        private static LocalDate? ParseDay(string name, ArgumentResult argument)
        {
            if (argument.Tokens is [var token]
                && IsoText.Day(token.Value) is { } day)
            {
                return day;
            }

            argument.AddError($"{name} needs a day such as 2026-10-01.");
            return null;
        }
    }
}
