using System.CommandLine;
using Settlement.Api.Intake;
using Settlement.Domain;

namespace Settlement.Api.Rating;

/// <summary><c>rate</c>: prices CDRs from a file again, with the reason of every amount. Needs no database.</summary>
public static class RateVerb
{
    public static Command Create()
    {
        var options = new RateOptions();
        var command = new Command("rate", "Prices a CDR again from its tariff, line by line.");
        options.AddTo(command);
        command.SetAction((parsed, stop) => Run(options, parsed, stop));
        return command;
    }

    private static async Task<int> Run(RateOptions options, ParseResult parsed, CancellationToken stop)
    {
        var (setup, refusal) = options.Read(parsed);
        if (setup is null)
        {
            return Shell.Refuse(refusal!);
        }

        var rating = new CdrRating(setup);
        await using var input = setup.File == "-" ? Console.OpenStandardInput() : File.OpenRead(setup.File);
        await using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        var lines = parsed.GetValue(options.Lines);
        var (count, found) = (0, false);
        await foreach (var chunk in CdrFile.Read(input, stop))
        {
            foreach (var raw in chunk.Objects)
            {
                if (!lines && count == 1)
                {
                    return Shell.Refuse(new Refusal("usage.wrong", "More than one CDR: ask for --lines."));
                }

                var rated = rating.Rate(raw);
                if (!lines && rated.Refusal is { } unreadable)
                {
                    return Shell.Refuse(unreadable);
                }

                output.Write(rated.Output(json: lines || parsed.GetValue(options.Json)));
                found |= rated.IsFound;
                count++;
            }
        }

        if (count == 0)
        {
            return Shell.Refuse(new Refusal("file.empty", "There is no CDR in it."));
        }

        return found ? ExitCode.Found : ExitCode.Done;
    }
}
