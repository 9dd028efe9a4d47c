using System.CommandLine;
using Settlement.Domain;

namespace Settlement.Api.Ledger;

/// <summary><c>explain CDR</c>: every cent of it, from the CDR to the postings.</summary>
public static class ExplainVerb
{
    public static Command Create()
    {
        var name = new Argument<string>("CDR") { Description = "US-CPI/ID, or the id alone" };
        var command = new Command("explain", "Tells where every cent of a CDR comes from.") { name };
        command.SetAction((parsed, stop) => Run(parsed.GetValue(name)!, stop));
        return command;
    }

    private static async Task<int> Run(string name, CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        var found = await Explanation.Find(engine, name, stop);
        if (found.Count == 0)
        {
            return Shell.Refuse(new Refusal("cdr.unknown", $"No relationship has a CDR '{name}'."));
        }

        foreach (var line in found.SelectMany(ExplanationText.Lines))
        {
            Console.WriteLine(line);
        }

        return ExitCode.Done;
    }
}
