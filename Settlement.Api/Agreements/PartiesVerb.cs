using System.CommandLine;
using System.Text.Json;
using Settlement.Api.People;
using Settlement.Domain.People;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Agreements;

/// <summary>
/// <c>parties [FILE]</c>: registers parties with their tax registrations and resale certificates, as JSON; then held
/// CDRs are looked at again. Without a file it prints those it knows, in the form it reads.
/// </summary>
public static class PartiesVerb
{
    public static Command Create()
    {
        var file = new Argument<string?>("FILE") { Description = "a JSON list of parties", Arity = ArgumentArity.ZeroOrOne };
        var actor = Acting.ActorOption();
        var command = new Command("parties", "Prints or registers parties: names, registrations, resale certificates.")
        {
            file, actor,
        };
        command.SetAction((parsed, stop) => Run(parsed.GetValue(file), parsed.GetValue(actor), stop));
        return command;
    }

    private static async Task<int> Run(string? file, string? actor, CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        if (file is null)
        {
            Console.WriteLine(JsonSerializer.Serialize((await engine.Books.Current(stop)).AllParties.ToList(), PartiesFile.Json));
            return ExitCode.Done;
        }

        if (await engine.Allow(actor, Right.ProposeReference, stop) is { } notAllowed)
        {
            return Shell.Refuse(notAllowed);
        }

        var (parties, refusal) = PartiesFile.Read(await File.ReadAllTextAsync(file, stop), Path.GetFileName(file));
        if (refusal is not null)
        {
            return Shell.Refuse(refusal);
        }

        var facts = parties.Select(party => (BookFact)new BookFact.PartyRegistered(party)).ToList();
        await engine.Books.Record([.. facts.Select(fact => (ReferenceFiles.Stream(fact), fact))], actor ?? Acting.Unnamed, stop);
        var settled = await engine.ReviewHeld(stop);
        Console.WriteLine($"{facts.Count:N0} parties registered; {settled:N0} held CDRs settled.");
        return ExitCode.Done;
    }
}
