using System.CommandLine;
using Settlement.Domain;

namespace Settlement.Api.Auth;

/// <summary><c>token PARTY</c>: gives out an OCPI token for a partner, shown this once.</summary>
public static class TokenVerb
{
    public static Command Create()
    {
        var party = new Argument<string>("PARTY") { Description = "the party it speaks for, as in US-CPI" };
        var command = new Command("token", "Gives out an OCPI token for a partner; it is shown this once.") { party };
        command.SetAction((parsed, stop) => Run(parsed.GetValue(party)!, stop));
        return command;
    }

    private static async Task<int> Run(string text, CancellationToken stop)
    {
        if (Output.Party(text, out var refusal) is not { } party)
        {
            return Shell.Refuse(refusal!);
        }

        await using var engine = await Engine.Open(stop);
        var home = (await engine.Books.Current(stop)).Party(party);
        if (home is null)
        {
            return Shell.Refuse(new Refusal("party.unknown", $"{party} is not registered."));
        }

        Console.WriteLine(await engine.Tokens.Issue([home.Id, .. home.Aliases], engine.Now, "command line", stop));
        return ExitCode.Done;
    }
}
