using System.CommandLine;
using Settlement.Api.Agreements;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.People;
using Settlement.Domain.Tax;

namespace Settlement.Api.Tax;

/// <summary>
/// <c>rules [FILE…] [--approve NAME…] --actor USER</c>: proposes rules (JSON) or local rates, or approves what
/// another person proposed; then every CDR that waited for it is settled. Without either it lists what waits.
/// </summary>
public static class RulesVerb
{
    public static Command Create()
    {
        var file = new Argument<string[]>("FILE")
        {
            Description = "proposes all of it: rules as JSON ({\"rules\": […]}), or local rates: CSV, or a Streamlined "
                + "Sales Tax rate file with its boundary file",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var approve = new Option<string[]>("--approve")
        {
            Description = "approve what was proposed under this name; 'all' for everything that waits",
            AllowMultipleArgumentsPerToken = true,
        };
        var actor = new Option<string?>("--actor") { Description = "who does it" };
        var command = new Command("rules", "Proposes and approves tax rules: two different people.") { file, approve, actor };
        command.SetAction((parsed, stop) => Run(
            parsed.GetValue(file) ?? [], parsed.GetValue(approve) ?? [], parsed.GetValue(actor), stop));
        return command;
    }

    private static async Task<int> Run(string[] files, string[] approve, string? actor, CancellationToken stop)
    {
        if ((files.Length > 0 || approve.Length > 0) && string.IsNullOrWhiteSpace(actor))
        {
            return Shell.Refuse(new Refusal("actor.missing", "Say who does it: --actor USER."));
        }

        await using var engine = await Engine.Open(stop);
        if (await NotAllowed(engine, files, approve, actor, stop) is { } notAllowed)
        {
            return Shell.Refuse(notAllowed);
        }

        if (files.Length > 0 && await Propose(engine, files, actor!, stop) is { } refusal)
        {
            return Shell.Refuse(refusal);
        }

        if (approve.Length > 0)
        {
            return await Approve(engine, approve, actor!, stop);
        }

        foreach (var (name, proposal) in (await engine.Books.Current(stop)).Proposals)
        {
            var by = proposal switch
            {
                BookFact.TaxRuleProposed e => e.Rule.ProposedBy,
                BookFact.LocalRatesProposed e => e.ProposedBy,
                _ => null,
            };
            Console.WriteLine($"{name}  proposed by {by}, waits for another person: rules --approve {name} --actor …");
        }

        return ExitCode.Done;
    }

    private static async Task<Refusal?> NotAllowed(
        Engine engine, string[] files, string[] approve, string? actor, CancellationToken stop)
    {
        var refusal = files.Length > 0 ? await engine.Allow(actor!, Right.ProposeReference, stop) : null;
        return refusal
            ?? (approve.Length > 0 ? await engine.Allow(actor!, Right.ApproveReference, stop) : null);
    }

    private static async Task<Refusal?> Propose(Engine engine, string[] files, string actor, CancellationToken stop)
    {
        if (files.FirstOrDefault(file => !File.Exists(file)) is { } missing)
        {
            return new Refusal("file.missing", $"There is no file {missing}.");
        }

        var text = files.Length == 1 ? await File.ReadAllTextAsync(files[0], stop) : "";
        var decision = text.TrimStart().StartsWith('{')
            ? Rules(text, files[0], actor, engine)
            : Local(files, actor, engine);
        return await Record(engine, decision, actor, stop);
    }

    private static Decision<BookFact> Rules(string text, string file, string actor, Engine engine)
    {
        var (rules, refusal) = TaxRulesFile.Read(text);
        return rules is null
            ? refusal! with { Message = $"{Path.GetFileName(file)}: {refusal.Message}" }
            : TaxDecisions.Propose(rules.Rules, actor, engine.Now);
    }

    private static Decision<BookFact> Local(string[] files, string actor, Engine engine)
    {
        var (states, refusal) = LocalRateFiles.Read(files);
        return refusal is not null
            ? refusal
            : TaxDecisions.Propose(states, actor, engine.Now);
    }

    private static async Task<int> Approve(Engine engine, string[] names, string actor, CancellationToken stop)
    {
        var waiting = (await engine.Books.Current(stop)).Proposals.Keys;
        foreach (var name in names is ["all"] ? [.. waiting] : names)
        {
            var decision = TaxDecisions.Approve(name, actor, await engine.Books.Current(stop), engine.Now);
            if (await Record(engine, decision, actor, stop) is { } refusal)
            {
                return Shell.Refuse(refusal);
            }
        }

        var settled = await engine.ReviewHeld(stop);
        Console.WriteLine($"{settled:N0} CDRs that were held are settled now.");
        return ExitCode.Done;
    }

    private static async Task<Refusal?> Record(
        Engine engine, Decision<BookFact> decision, string actor, CancellationToken stop)
    {
        switch (decision)
        {
            case Decision<BookFact>.Refused refused:
                return refused.Refusal;
            case Decision<BookFact>.Accepted accepted:
                await engine.Books.Record(
                    [.. accepted.Facts.Select(fact => (ReferenceFiles.Stream(fact), fact))], actor, stop);
                foreach (var fact in accepted.Facts)
                {
                    Console.WriteLine(fact switch
                    {
                        BookFact.TaxRuleProposed e => $"proposed {e.Rule.Name}",
                        BookFact.TaxRuleApproved e => $"approved {e.Rule.Name}",
                        BookFact.LocalRatesProposed e => $"proposed {e.Rates.Name}: {e.Rates.Rates.Count:N0} rates",
                        BookFact.LocalRatesApproved e => $"approved {e.Rates.Name}: {e.Rates.Rates.Count:N0} rates",
                        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no decision on a tax."),
                    });
                }

                return null;
            default:
                throw new InvalidOperationException("A decision is accepted or refused.");
        }
    }
}
