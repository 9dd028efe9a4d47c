using System.CommandLine;
using System.Text.Json;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.People;
using Settlement.Projections.Tables;

namespace Settlement.Api.Agreements;

/// <summary>
/// <c>agreements list</c>, <c>agreements show PAIR [--json]</c>, <c>agreements amend PAIR FILE --reason … --actor …</c>: the
/// file holds the terms that change; the first amendment of a pair makes its agreement. Then held CDRs are looked at
/// again.
/// </summary>
public static class AgreementsVerb
{
    private static readonly JsonSerializerOptions Json = new(RowJson.Options) { WriteIndented = true };

    public static Command Create() => new("agreements", "Prints, makes and amends agreements.") { List(), Show(), Amend() };

    private static Command List()
    {
        var command = new Command("list", "One line for each relationship.");
        command.SetAction(async (_, stop) =>
        {
            await using var engine = await Engine.Open(stop);
            foreach (var (terms, _, _, _) in await engine.Books.Latest(stop))
            {
                Console.WriteLine(
                    $"{terms.Relationship}  version {terms.Version} from {Figures.Day(terms.ValidFrom)}"
                    + $"{(terms.Provisional ? ", provisional" : "")}, {terms.Supply.ToString().ToLowerInvariant()}, "
                    + $"{string.Join(" ", terms.Currencies)}, {terms.Zone}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show()
    {
        var pair = Pair();
        var json = new Option<bool>("--json") { Description = "every version as JSON" };
        var command = new Command("show", "Terms in force, and what each version changed.") { pair, json };
        command.SetAction(async (parsed, stop) =>
        {
            if (Output.Relationship(parsed.GetValue(pair)!, out var refusal) is not { } relationship)
            {
                return Shell.Refuse(refusal!);
            }

            await using var engine = await Engine.Open(stop);
            var versions = await engine.Books.Versions(relationship.ToString(), stop);
            if (versions.Count == 0)
            {
                return Shell.Refuse(new Refusal("agreement.unknown", $"{relationship} has no agreement."));
            }

            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(versions.Select(version => version.Terms).ToList(), Json));
                return ExitCode.Done;
            }

            Print(relationship, versions);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Amend()
    {
        var pair = Pair();
        var file = new Argument<string>("FILE")
        {
            Description = "JSON: the terms that change, as {\"valid_from\": \"2026-11-01\", \"netting\": false}",
        };
        var reason = new Option<string>("--reason")
        {
            Description = "what was agreed, and by which letter or contract",
            Required = true,
        };
        var actor = new Option<string>("--actor") { Description = "who records it", Required = true };
        var dry = new Option<bool>("--dry-run") { Description = "only show what would differ" };
        var command = new Command("amend", "Makes an agreement, or its next version.") { pair, file, reason, actor, dry };
        command.SetAction(async (parsed, stop) =>
        {
            if (Output.Relationship(parsed.GetValue(pair)!, out var refusal) is not { } relationship)
            {
                return Shell.Refuse(refusal!);
            }

            var (changes, unreadable) = AgreementTerms.Parse(await File.ReadAllTextAsync(parsed.GetValue(file)!, stop));
            if (changes is null)
            {
                return Shell.Refuse(unreadable!);
            }

            await using var engine = await Engine.Open(stop);
            var by = parsed.GetValue(actor)!;
            if (await engine.Allow(by, Right.AmendAgreement, stop) is { } notAllowed)
            {
                return Shell.Refuse(notAllowed);
            }

            var amended = parsed.GetValue(dry)
                ? await engine.Amendments.Preview(relationship, changes, parsed.GetValue(reason)!, engine.Now, stop)
                : await engine.Amendments.Amend(relationship, changes, parsed.GetValue(reason)!, null, by, engine.Now, stop);
            return await Report(engine, relationship, amended, parsed.GetValue(dry), stop);
        });
        return command;
    }

    private static async Task<int> Report(
        Engine engine, Relationship relationship, Amended amended, bool isDry, CancellationToken stop)
    {
        if (amended.Terms is not { } terms)
        {
            foreach (var refusal in amended.Refusals)
            {
                Console.Error.WriteLine(refusal);
            }

            return ExitCode.WrongUse;
        }

        foreach (var change in amended.Changes)
        {
            Console.WriteLine($"{change.Term}: {change.Before} → {change.After}");
        }

        if (isDry)
        {
            Console.WriteLine("Nothing was recorded.");
            return ExitCode.Done;
        }

        Console.WriteLine(
            $"{relationship}: version {terms.Version} holds for sessions from {Figures.Day(terms.ValidFrom)}; "
            + $"{amended.Settled:N0} held CDRs settled.");
        return ExitCode.Done;
    }

    private static void Print(Relationship relationship, IReadOnlyList<AgreementVersion> versions)
    {
        Console.WriteLine($"{relationship}, version {versions[^1].Terms.Version}");
        foreach (var (name, value) in AgreementDifference.Terms(versions[^1].Terms))
        {
            Console.WriteLine($"  {name,-28} {value}");
        }

        for (var i = 0; i < versions.Count; i++)
        {
            var (terms, from, by, reason) = versions[i];
            Console.WriteLine(
                $"Version {terms.Version}, sessions from {Figures.Day(terms.ValidFrom)}, known from {Figures.Time(from)}, "
                + $"by {by}{(reason is null ? "" : $": {reason}")}");
            foreach (var change in i == 0 ? [] : AgreementDifference.Of(versions[i - 1].Terms, terms))
            {
                Console.WriteLine($"  {change.Term}: {change.Before} → {change.After}");
            }
        }
    }

    private static Argument<string> Pair() => new("PAIR") { Description = "the relationship, as CA-FLO~US-CPI" };
}
