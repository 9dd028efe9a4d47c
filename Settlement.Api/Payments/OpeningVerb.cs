using System.CommandLine;
using Settlement.Api.Disputes;
using Settlement.Domain;
using Settlement.Domain.Payments;
using Settlement.Domain.People;

namespace Settlement.Api.Payments;

/// <summary><c>opening propose|approve|list</c>: balances brought along from before, by three people.</summary>
public static class OpeningVerb
{
    public static Command Create() => new("opening", "Opening balances: one person proposes a file, two others approve it.")
    {
        CreatePropose(), CreateApprove(), CreateList(),
    };

    private static Command CreatePropose()
    {
        var (relationship, actor) = (DisputeVerb.RelationshipArgument(), DisputeVerb.ActorOption());
        var name = new Argument<string>("NAME") { Description = "what the set is called, as in 2026" };
        var file = new Argument<string>("FILE") { Description = $"CSV: {string.Join(",", OpeningFile.Columns)},due_date" };
        var command = new Command("propose", "Proposes the balances of a file.") { relationship, name, file, actor };
        command.SetAction((parsed, stop) => DisputeVerb.Within(
            parsed.GetValue(relationship)!, parsed.GetValue(actor)!, Right.ProposeCorrection, async (engine, pair) =>
            {
                var (set, by) = (parsed.GetValue(name)!, parsed.GetValue(actor)!);
                return await engine.Openings.Propose(
                    pair, set, await File.ReadAllTextAsync(parsed.GetValue(file)!, stop), by, stop)
                    ?? Say(await engine.Openings.Find(pair, set, stop));
            },
            stop));
        return command;
    }

    private static Command CreateApprove()
    {
        var (relationship, actor) = (DisputeVerb.RelationshipArgument(), DisputeVerb.ActorOption());
        var name = new Argument<string>("NAME");
        var command = new Command("approve", "One of the two approvals it takes.") { relationship, name, actor };
        command.SetAction((parsed, stop) => DisputeVerb.Within(
            parsed.GetValue(relationship)!, parsed.GetValue(actor)!, Right.ApproveCorrection, async (engine, pair) =>
            {
                var (set, by) = (parsed.GetValue(name)!, parsed.GetValue(actor)!);
                return await engine.Openings.Approve(pair, set, by, stop) ?? Say(await engine.Openings.Find(pair, set, stop));
            },
            stop));
        return command;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "What waits for approval.");
        command.SetAction(async (_, stop) =>
        {
            await using var engine = await Engine.Open(stop);
            foreach (var listed in await engine.Money.Waiting<Opening>("opening", stop))
            {
                Console.Write($"{listed.Tenant} ");
                Say(listed.State);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Refusal? Say(Opening opening)
    {
        var asked = opening.Proposed!;
        Console.WriteLine(
            $"{asked.Name}: {asked.Lines.Count} balances proposed by {asked.By}, "
            + (opening.IsImported ? "imported" : $"{opening.Approvals.Count} of 2 approvals"));
        foreach (var line in asked.Lines)
        {
            Console.WriteLine(
                $"  {line.Account} {line.Debtor} {line.Creditor} {line.Reference} {Figures.Amount(line.Amount, line.Currency)} {line.Currency}");
        }

        return null;
    }
}
