using System.CommandLine;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.People;
using Settlement.Projections.Statements;

namespace Settlement.Api.Intake;

/// <summary><c>held documents</c>: what could not be read as a CDR; <c>--review</c> reads it again.</summary>
internal static class HeldDocumentsVerb
{
    public static Command Create()
    {
        var review = new Option<bool>("--review") { Description = "read all of them again; those that are CDRs now are received" };
        var reject = new Option<long?>("--reject") { Description = "give up on the document of this number" };
        var reason = new Option<string?>("--reason") { Description = "why, with --reject" };
        var from = new Option<string?>("--from") { Description = "the CPO of documents that do not name it" };
        var to = new Option<string?>("--to") { Description = "the eMSP of documents that do not name it" };
        var actor = new Option<string?>("--actor") { Description = "who does it, with --review and --reject" };
        var command = new Command("documents", "Documents that could not be read as CDRs.") { review, reject, reason, from, to, actor };
        command.SetAction(async (parsed, stop) =>
        {
            Refusal? refusal = null;
            PartyId? owner = parsed.GetValue(from) is { } cpo ? Output.Party(cpo, out refusal) : null;
            PartyId? payer = refusal is null && parsed.GetValue(to) is { } emsp ? Output.Party(emsp, out refusal) : null;
            if (refusal is not null)
            {
                return Shell.Refuse(refusal);
            }

            await using var engine = await Engine.Open(stop);
            var by = parsed.GetValue(actor) ?? "";
            var changes = parsed.GetValue(review) || parsed.GetValue(reject) is not null;
            if (changes && await engine.Allow(by, Right.ReleaseHeld, stop) is { } notAllowed)
            {
                return Shell.Refuse(notAllowed);
            }

            return parsed.GetValue(reject) is { } number ? await Reject(engine, number, parsed.GetValue(reason) ?? "", by, stop)
                : parsed.GetValue(review) ? await Review(engine, owner, payer, by, stop)
                : await List(engine, stop);
        });
        return command;
    }

    private static async Task<int> List(Engine engine, CancellationToken stop)
    {
        foreach (var document in await new UnreadDocuments(engine.Database).Page(0, 1000, stop))
        {
            Console.WriteLine(
                $"{document.Number,6}  {Figures.Minute(document.Recorded)}  {document.Source}: {document.Message} ({document.Code})");
        }

        return ExitCode.Done;
    }

    private static async Task<int> Reject(Engine engine, long number, string reason, string by, CancellationToken stop)
    {
        if (await engine.Documents.Reject(number, reason, by, stop) is { } refusal)
        {
            return Shell.Refuse(refusal);
        }

        Console.WriteLine($"Document {number} is rejected.");
        return ExitCode.Done;
    }

    private static async Task<int> Review(
        Engine engine, PartyId? owner, PartyId? payer, string by, CancellationToken stop)
    {
        var answers = await engine.Documents.Review(owner, payer, by, stop);
        foreach (var answer in answers)
        {
            Console.WriteLine(answer.Answer is { Key: { } key } now
                ? $"{answer.Document.Source}: CDR {key} of {now.Tenant}, {now.Outcome.ToString().ToLowerInvariant()}"
                : $"{answer.Document.Source}: {answer.Refusal}");
        }

        await engine.AfterCredits(stop);
        return answers.All(answer => answer.Answer is not null) ? ExitCode.Done : ExitCode.Found;
    }
}
