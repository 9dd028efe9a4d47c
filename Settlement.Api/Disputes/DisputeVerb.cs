using System.CommandLine;
using System.Security.Cryptography;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Disputes;
using Settlement.Domain.Intake;
using Settlement.Domain.People;

namespace Settlement.Api.Disputes;

/// <summary>
/// <c>dispute open|bulk|answer|expire|list|accepted</c>: what one party does not accept of the other's CDRs.
/// </summary>
public static class DisputeVerb
{
    private const int MostListed = 1000;

    public static Command Create() => new("dispute", "Disputes about CDRs: opens, answers and lists them.")
    {
        CreateOpen(), CreateBulk(), CreateAnswer(), CreateExpire(), CreateList(), CreateAccepted(),
    };

    internal static Argument<string> RelationshipArgument() => new("RELATIONSHIP") { Description = "as in CA-FLO~US-CPI" };

    internal static Option<string> ActorOption() => new("--actor") { Description = "who does it, as in ana", Required = true };

    /// <summary>Null and a refusal where the text names no relationship that has an agreement.</summary>
    internal static async Task<(Relationship? Found, Refusal? Refusal)> Known(Engine engine, string text, CancellationToken stop) =>
        await engine.Books.Known(Relationship.Parse(text), stop) is { } relationship
            ? (relationship, null)
            : (null, new Refusal("relationship.unknown", $"There is no relationship '{text}'; expected a form like CA-FLO~US-CPI."));

    private static Command CreateOpen()
    {
        var (relationship, actor) = (RelationshipArgument(), ActorOption());
        var cdr = new Argument<string>("CDR") { Description = "OWNER/ID, or the number of a statement's line" };
        var reason = new Option<string>("--reason") { Description = $"{string.Join(", ", DisputeReasons.Codes)}, or other:…", Required = true };
        var amount = new Option<string?>("--amount") { Description = "gross amount disputed; all of it where none is given" };
        var proposed = new Option<string?>("--proposed") { Description = "what the whole CDR should come to, gross" };
        var evidence = new Option<string>("--evidence") { Description = "what is wrong, without any driver", Required = true };
        var file = new Option<string?>("--file") { Description = "a file with evidence: only its SHA-256 is recorded" };
        var command = new Command("open", "Withholds an amount of one CDR.")
        {
            relationship, cdr, reason, amount, proposed, evidence, file, actor,
        };
        command.SetAction((parsed, stop) => Within(parsed.GetValue(relationship)!, parsed.GetValue(actor)!, Right.Dispute, async (engine, pair) =>
        {
            var (key, wrong) = await Cdr(engine, pair, parsed.GetValue(cdr)!, stop);
            if (key is not { } found)
            {
                return wrong;
            }

            var hash = parsed.GetValue(file) is { } path
                ? Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path, stop)))
                : "";
            var asked = new DisputeText(
                found, parsed.GetValue(reason)!, parsed.GetValue(amount), parsed.GetValue(proposed),
                parsed.GetValue(evidence)!, hash);
            return await DisputeSteps.Open(engine, pair, asked, parsed.GetValue(actor)!, stop)
                ?? await Say(engine, pair, found, stop);
        }, stop));
        return command;
    }

    private static Command CreateBulk()
    {
        var (relationship, actor) = (RelationshipArgument(), ActorOption());
        var file = new Argument<string>("FILE") { Description = "as reconcile --disputes writes it: cdr,reason,currency,claimed,proposed,evidence" };
        var command = new Command("bulk", "Opens a dispute for each row of a file.") { relationship, file, actor };
        command.SetAction((parsed, stop) => Within(parsed.GetValue(relationship)!, parsed.GetValue(actor)!, Right.Dispute, async (engine, pair) =>
        {
            var path = parsed.GetValue(file)!;
            var (rows, refusal) = DisputeBatch.Read(await File.ReadAllTextAsync(path, stop));
            if (rows is null)
            {
                return refusal;
            }

            var today = await engine.Disputes.Today(pair, engine.Now, stop);
            var outcomes = await DisputeBatch.Open(
                engine.Disputes, pair, rows, Path.GetFileName(path), today, parsed.GetValue(actor)!, stop);
            foreach (var outcome in outcomes.Where(outcome => outcome.Refusal is not null))
            {
                Console.Error.WriteLine($"{outcome.Cdr}: {outcome.Refusal}");
            }

            var open = outcomes.Count(outcome => outcome.Refusal is null);
            Console.WriteLine($"{open:N0} of {outcomes.Count:N0} are disputed.");
            return open == outcomes.Count ? null : Refused;
        }, stop));
        return command;
    }

    private static Command CreateAnswer()
    {
        var (relationship, actor) = (RelationshipArgument(), ActorOption());
        var cdr = new Argument<string>("CDR") { Description = "OWNER/ID, or the number of a statement's line" };
        var step = new Option<string>("--step") { Description = string.Join(", ", DisputeSteps.Names), Required = true };
        var amount = new Option<string?>("--amount") { Description = "of uphold: the part that is given up" };
        var because = new Option<string?>("--because") { Description = "why, or the question, or the evidence" };
        var hash = new Option<string?>("--sha256") { Description = "of evidence: the file's SHA-256" };
        var command = new Command("answer", "The next step of a dispute.") { relationship, cdr, step, amount, because, hash, actor };
        command.SetAction((parsed, stop) => Within(
            parsed.GetValue(relationship)!, parsed.GetValue(actor)!, DisputeSteps.RightOf(parsed.GetValue(step)!),
            async (engine, pair) =>
            {
                var (key, wrong) = await Cdr(engine, pair, parsed.GetValue(cdr)!, stop);
                if (key is not { } found)
                {
                    return wrong;
                }

                var asked = new DisputeStep(
                    parsed.GetValue(step)!, parsed.GetValue(amount), parsed.GetValue(because) ?? "", parsed.GetValue(hash) ?? "");
                return await DisputeSteps.Take(engine, pair, found, asked, parsed.GetValue(actor)!, stop)
                    ?? await Say(engine, pair, found, stop);
            },
            stop));
        return command;
    }

    private static Command CreateExpire()
    {
        var (relationship, actor) = (RelationshipArgument(), ActorOption());
        var command = new Command("expire", "What nobody answered in time escalates, or goes by the agreement.") { relationship, actor };
        command.SetAction((parsed, stop) => Within(parsed.GetValue(relationship)!, parsed.GetValue(actor)!, Right.Dispute, async (engine, pair) =>
        {
            var today = await engine.Disputes.Today(pair, engine.Now, stop);
            var changed = await engine.Disputes.Expire(pair, today, parsed.GetValue(actor)!, stop);
            Console.WriteLine($"{changed:N0} disputes were not answered in time.");
            return null;
        }, stop));
        return command;
    }

    private static Command CreateList()
    {
        var relationship = new Option<string?>("--relationship") { Description = "only this one, as in CA-FLO~US-CPI" };
        var state = new Option<string?>("--state") { Description = "running, or one of the states" };
        var command = new Command("list", "Disputes, those changed last first.") { relationship, state };
        command.SetAction(async (parsed, stop) =>
        {
            await using var engine = await Engine.Open(stop);
            foreach (var listed in await engine.Money.Disputes(
                parsed.GetValue(relationship), parsed.GetValue(state), long.MaxValue, MostListed, stop))
            {
                Console.WriteLine(Line(listed.State));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command CreateAccepted()
    {
        var relationship = RelationshipArgument();
        var command = new Command("accepted", "Until when each issued document can be disputed.") { relationship };
        command.SetAction(async (parsed, stop) =>
        {
            await using var engine = await Engine.Open(stop);
            var (pair, refusal) = await Known(engine, parsed.GetValue(relationship)!, stop);
            if (pair is not { } known)
            {
                return Shell.Refuse(refusal!);
            }

            var today = await engine.Disputes.Today(known, engine.Now, stop);
            foreach (var each in await engine.Disputes.Acceptances(known, today, stop))
            {
                Console.WriteLine(
                    $"{each.Document,-32} {(each.IsAccepted ? "accepted since" : "open until")} {Figures.Day(each.LastDay)}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static readonly Refusal Refused = new("dispute.some-refused", "Some rows were refused; see above.");

    /// <summary>Opens the program, checks relationship and right, and does it.</summary>
    internal static async Task<int> Within(
        string relationship, string actor, Right right, Func<Engine, Relationship, Task<Refusal?>> work, CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        var (pair, refusal) = await Known(engine, relationship, stop);
        if (pair is not { } known)
        {
            return Shell.Refuse(refusal!);
        }

        if (await engine.Allow(actor, right, stop) is { } notAllowed)
        {
            return Shell.Refuse(notAllowed);
        }

        refusal = await work(engine, known);
        return refusal is null ? ExitCode.Done : Shell.Refuse(refusal);
    }

    private static async Task<(CdrKey? Key, Refusal? Refusal)> Cdr(
        Engine engine, Relationship relationship, string text, CancellationToken stop)
    {
        if (!long.TryParse(text, out var line))
        {
            var key = DisputeBatch.Cdr(text, out var wrong);
            return (key, wrong);
        }

        return await engine.Money.OfLine(relationship, line, stop) is { } found
            ? (found, null)
            : (null, new Refusal("line.unknown", $"{relationship} has no line {line}."));
    }

    private static async Task<Refusal?> Say(Engine engine, Relationship relationship, CdrKey cdr, CancellationToken stop)
    {
        Console.WriteLine(Line((await engine.Disputes.Find(relationship, cdr, stop)).Dispute));
        return null;
    }

    private static string Line(Dispute dispute)
    {
        var cdr = dispute.Cdr!;
        return $"{cdr.Key}: {DisputeWords.Of(dispute.State)}, {dispute.Reason}, {Figures.Amount(dispute.Disputed, cdr.Currency)} of "
            + $"{Figures.Amount(dispute.Gross, cdr.Currency)} {cdr.Currency} disputed, "
            + $"{Figures.Amount(dispute.Withheld, cdr.Currency)} withheld; answer by {Figures.Day(dispute.AnswerBy)}";
    }
}
