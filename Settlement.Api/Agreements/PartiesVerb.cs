using System.CommandLine;
using System.Text.Json;
using Settlement.Api.People;
using Settlement.Domain.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Tax;
using Settlement.Projections.Tables;

namespace Settlement.Api.Agreements;

/// <summary>
/// <c>parties [FILE]</c>: registers parties with their tax registrations and resale certificates, as JSON; then held
/// CDRs are looked at again. Without a file it prints those it knows, in the form it reads.
/// </summary>
public static class PartiesVerb
{
    private static readonly JsonSerializerOptions Json = new(RowJson.Options) { WriteIndented = true };

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
            Console.WriteLine(JsonSerializer.Serialize((await engine.Books.Current(stop)).AllParties.ToList(), Json));
            return ExitCode.Done;
        }

        if (await engine.Allow(actor, Right.ProposeReference, stop) is { } notAllowed)
        {
            return Shell.Refuse(notAllowed);
        }

        List<Party> parties;
        try
        {
            parties = JsonSerializer.Deserialize<List<Party>>(await File.ReadAllTextAsync(file, stop), Json) ?? [];
        }
        catch (JsonException e)
        {
            return Shell.Refuse(new Refusal("parties.malformed", $"{Path.GetFileName(file)}: {e.Message}"));
        }

        if (Misshapen(parties) is { } misshapen)
        {
            return Shell.Refuse(misshapen);
        }

        var facts = parties.Select(party => (BookFact)new BookFact.PartyRegistered(party)).ToList();
        await engine.Books.Record([.. facts.Select(fact => (ReferenceFiles.Stream(fact), fact))], actor ?? Acting.Unnamed, stop);
        var settled = await engine.ReviewHeld(stop);
        Console.WriteLine($"{facts.Count:N0} parties registered; {settled:N0} held CDRs settled.");
        return ExitCode.Done;
    }

    // A registration number that cannot be one would be printed on invoices.
    private static Refusal? Misshapen(List<Party> parties) => parties
        .SelectMany(party => party.Registrations, (party, registration) => registration.Number is { } number
            && RegistrationNumbers.Parse(registration.Tax, registration.Jurisdiction, number).Refusal is { } refusal
                ? refusal with { Message = $"{party.Id}: {refusal.Message}" }
                : null)
        .OfType<Refusal>().FirstOrDefault();
}
