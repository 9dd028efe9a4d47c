using System.CommandLine;
using System.Globalization;
using Settlement.Api.Ledger;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Domain.People;
using Settlement.Projections.Statements;
using Settlement.Projections.Tables;

namespace Settlement.Api.Intake;

/// <summary>
/// <c>held list|release|approve|reject|choose|another-session|look-again|bulk</c>: what is received and not owed, and a
/// person's decisions.
/// </summary>
public static class HeldVerb
{
    public static Command Create() => new("held", "Lists what is held, and decides on it.")
    {
        List(), Release(), Approve(), Reject(), Choose(), AnotherSession(), LookAgain(), Bulk(), HeldDocumentsVerb.Create(),
    };

    private static Command List()
    {
        var filter = new FilterOptions();
        var limit = new Option<int>("--limit") { Description = "most lines", DefaultValueFactory = _ => 50 };
        var command = new Command("list", "Held CDRs, and how many by reason.") { limit };
        filter.AddTo(command);
        command.SetAction((parsed, stop) => With(filter.Read(parsed), null, null, async (engine, wanted) =>
        {
            var queries = new HeldQueries(engine.Database);
            foreach (var count in await queries.Counts(wanted, stop))
            {
                var (word, _) = HoldAnswers.Words(HoldAnswers.Of(count.Reason));
                Console.WriteLine($"{count.Cdrs,8:N0}  {count.State,-8}  {count.Reason,-28}  {word}");
            }

            foreach (var cdr in await queries.Page(wanted, null, parsed.GetValue(limit), stop))
            {
                Console.WriteLine(Line(cdr));
            }

            return ExitCode.Done;
        }, stop));
        return command;
    }

    private static Command Release()
    {
        var (name, actor, reason) = (Name(), Actor(), Reason());
        var amount = new Option<decimal>("--amount")
        {
            Description = "before tax (after, where the tariff includes tax); no higher than the claim and the re-rated price",
            Required = true,
        };
        var evidence = new EvidenceOptions();
        var command = new Command("release", "Settles a held CDR at an amount; with evidence it proposes one.")
        {
            name, amount, reason, actor,
        };
        evidence.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var release = new CdrRelease(parsed.GetValue(amount), parsed.GetValue(reason)!, parsed.GetValue(actor)!);
            var (isGiven, proof, refusal) = await evidence.Read(parsed, stop);
            return refusal is not null ? Shell.Refuse(refusal) : await One(
                parsed.GetValue(name)!, release.By, Right.ReleaseHeld,
                (engine, found) => isGiven
                    ? engine.Decisions.Propose(found.Tenant, found.Key, release with { Evidence = proof }, null, stop)
                    : engine.Decisions.Release(
                        found.Tenant, found.Key, release.Amount, release.Reason, release.By, null, stop),
                stop);
        });
        return command;
    }

    private static Command Approve()
    {
        var (name, actor) = (Name(), Actor());
        var amount = new Option<decimal?>("--amount") { Description = "the amount proposed; another one is refused" };
        var version = new Option<long?>("--version")
        {
            Description = "the version of the CDR that was read; needed where the evidence of a proposal was replaced",
        };
        var command = new Command("approve", "Approves a release on evidence that somebody else proposed.")
        {
            name, amount, version, actor,
        };
        command.SetAction((parsed, stop) => One(
            parsed.GetValue(name)!, parsed.GetValue(actor)!, Right.ApproveCorrection,
            (engine, found) => engine.Decisions.Approve(
                found.Tenant, found.Key, parsed.GetValue(amount), parsed.GetValue(actor)!, parsed.GetValue(version), stop),
            stop));
        return command;
    }

    private static Command Reject()
    {
        var (name, actor, reason) = (Name(), Actor(), Reason());
        var command = new Command("reject", "Gives up on a held CDR, or on all contents in conflict.") { name, reason, actor };
        command.SetAction((parsed, stop) => One(
            parsed.GetValue(name)!, parsed.GetValue(actor)!, Right.ReleaseHeld,
            (engine, found) => engine.Decisions.Reject(
                found.Tenant, found.Key, parsed.GetValue(reason)!, parsed.GetValue(actor)!, null, stop),
            stop));
        return command;
    }

    private static Command Choose()
    {
        var (name, actor, reason) = (Name(), Actor(), Reason());
        var content = new Option<string>("--content")
        {
            Description = "the first characters of the content's digest, as 'explain' and a refusal print it",
            Required = true,
        };
        var command = new Command("choose", "Chooses between the contents that came under one id.")
        {
            name, content, reason, actor,
        };
        command.SetAction((parsed, stop) => One(
            parsed.GetValue(name)!, parsed.GetValue(actor)!, Right.ReleaseHeld,
            (engine, found) => engine.Decisions.Choose(
                found.Tenant, found.Key, parsed.GetValue(content)!, parsed.GetValue(reason)!, parsed.GetValue(actor)!,
                null, stop),
            stop));
        return command;
    }

    private static Command AnotherSession()
    {
        var (name, actor, reason) = (Name(), Actor(), Reason());
        var command = new Command(
            "another-session", "States that a CDR held as the second of its session belongs to another session.")
        {
            name, reason, actor,
        };
        command.SetAction((parsed, stop) => One(
            parsed.GetValue(name)!, parsed.GetValue(actor)!, Right.ReleaseHeld,
            (engine, found) => engine.Decisions.AnotherSession(
                found.Tenant, found.Key, parsed.GetValue(reason)!, parsed.GetValue(actor)!, null, stop),
            stop));
        return command;
    }

    private static Command LookAgain()
    {
        var (name, actor, reason) = (Name(), Actor(), Reason());
        var command = new Command("look-again", "Puts a rejected CDR in question again.") { name, reason, actor };
        command.SetAction((parsed, stop) => One(
            parsed.GetValue(name)!, parsed.GetValue(actor)!, Right.ReleaseHeld,
            (engine, found) => engine.Decisions.LookAgain(
                found.Tenant, found.Key, parsed.GetValue(reason)!, parsed.GetValue(actor)!, stop),
            stop));
        return command;
    }

    private static Command Bulk()
    {
        var what = new Argument<string>("WHAT")
        {
            Description = string.Join(", ", BulkActions.All.Select(each => each.Name)),
        };
        var (actor, because) = (Acting.ActorOption("who does it, with --apply"), Reason("--because"));
        var apply = new Option<bool>("--apply") { Description = "do it; without this only the money effect is shown" };
        because.Required = false;
        var filter = new FilterOptions();
        var command = new Command("bulk", "Releases or rejects all that a filter finds; shows the money effect first.")
        {
            what, because, actor, apply,
        };
        filter.AddTo(command);
        command.SetAction((parsed, stop) =>
        {
            var isApplied = parsed.GetValue(apply);
            return BulkActions.Read(parsed.GetValue(what), out var refusal) is { } action
                ? With(filter.Read(parsed), isApplied ? parsed.GetValue(actor) ?? "" : null, Right.ReleaseHeld,
                    (engine, wanted) => isApplied
                        ? Apply(engine, wanted, action, parsed.GetValue(because) ?? "", parsed.GetValue(actor)!, stop)
                        : Preview(engine, wanted, action, stop),
                    stop)
                : Task.FromResult(Shell.Refuse(refusal!));
        });
        return command;
    }

    private static async Task<int> Preview(Engine engine, HeldFilter filter, BulkAction action, CancellationToken stop)
    {
        var (preview, refusal) = await engine.Bulk.Preview(filter, action, stop);
        if (preview is null)
        {
            return Shell.Refuse(refusal!);
        }

        foreach (var total in preview.Totals)
        {
            Console.WriteLine(
                $"{total.Emsp} would owe {total.Cpo} {Figures.Amount(total.Due, total.Currency)} {total.Currency} more "
                + $"for {total.Cdrs:N0} CDRs (net {Figures.Amount(total.Net, total.Currency)}, tax {Figures.Amount(total.Tax, total.Currency)})");
        }

        Console.WriteLine(
            $"{preview.Allowed:N0} of {preview.Lines.Count:N0} CDRs can be decided so. Nothing was recorded; --apply does it.");
        return Refused(preview.Lines.Select(line => line.Refusal));
    }

    private static async Task<int> Apply(
        Engine engine, HeldFilter filter, BulkAction action, string because, string actor, CancellationToken stop)
    {
        var (answers, refusal) = await engine.Bulk.Apply(filter, action, because, actor, null, stop);
        if (refusal is not null)
        {
            return Shell.Refuse(refusal);
        }

        foreach (var answer in answers.Where(answer => answer.Refusal is null))
        {
            Console.WriteLine($"{answer.Key}: {answer.Text}");
        }

        return Refused(answers.Select(answer => answer.Refusal));
    }

    private static int Refused(IEnumerable<Refusal?> refusals)
    {
        var groups = refusals.OfType<Refusal>().GroupBy(no => no.Code, StringComparer.Ordinal).ToList();
        foreach (var group in groups)
        {
            Console.Error.WriteLine($"{group.Count():N0} × {group.First()}");
        }

        return groups.Count == 0 ? ExitCode.Done : ExitCode.Found;
    }

    private static async Task<int> One(
        string name, string actor, Right right, Func<Engine, Explanation, Task<CdrAnswered>> decide, CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        if (await engine.Allow(actor, right, stop) is { } notAllowed)
        {
            return Shell.Refuse(notAllowed);
        }

        switch (await Explanation.Find(engine, name, stop))
        {
            case [var found]:
                var answer = await decide(engine, found);
                if (answer.Refusal is { } refusal)
                {
                    return Shell.Refuse(refusal);
                }

                Console.WriteLine($"{found.Key}: {answer.Text}");
                return answer.Fact is CdrFact.CdrHeld ? ExitCode.Found : ExitCode.Done;
            case []:
                return Shell.Refuse(new Refusal("cdr.unknown", $"No relationship has a CDR '{name}'."));
            default:
                return Shell.Refuse(new Refusal("cdr.ambiguous", $"Several owners have a CDR '{name}'; write US-CPI/{name}."));
        }
    }

    private static async Task<int> With(
        (HeldFilter? Filter, Refusal? Refusal) filter, string? actor, Right? right,
        Func<Engine, HeldFilter, Task<int>> work, CancellationToken stop)
    {
        if (filter.Filter is not { } wanted)
        {
            return Shell.Refuse(filter.Refusal!);
        }

        await using var engine = await Engine.Open(stop);
        return actor is not null && right is { } needed && await engine.Allow(actor, needed, stop) is { } notAllowed
            ? Shell.Refuse(notAllowed)
            : await work(engine, wanted);
    }

    private static string Line(HeldCdr cdr) => string.Create(
        CultureInfo.InvariantCulture,
        $"{cdr.Cpo}/{cdr.CdrId}  {Ids.Text(cdr.Month)}  {cdr.State}  claimed {cdr.Claimed} {cdr.Currency}, "
        + $"re-rated {cdr.Expected?.ToString(CultureInfo.InvariantCulture) ?? "–"}: "
        + $"{(cdr.Reasons is [var first, ..] ? first.Detail : "")}");

    private static Argument<string> Name() => new("CDR") { Description = "US-CPI/ID, or the id alone" };

    internal static Option<string> Actor() => new("--actor") { Description = "who does it, as in ana", Required = true };

    internal static Option<string> Reason(string name = "--reason") =>
        new(name) { Description = "why; it is recorded", Required = true };

    /// <summary>Which CDRs are wanted.</summary>
    private sealed class FilterOptions
    {
        private readonly Option<string?> code = new("--code") { Description = "the reason they are held for, as claim.differs" };
        private readonly Option<string?> partner = new("--partner") { Description = "the CPO" };
        private readonly Option<string?> month = new("--month") { Description = "yyyy-MM" };
        private readonly Option<string?> state = new("--state") { Description = "held, conflict or awaited" };

        public void AddTo(Command command)
        {
            foreach (var option in new[] { code, partner, month, state })
            {
                command.Add(option);
            }
        }

        public (HeldFilter? Filter, Refusal? Refusal) Read(ParseResult parsed) => new HeldText(
            parsed.GetValue(month), null, parsed.GetValue(code), parsed.GetValue(state), parsed.GetValue(partner)).Read();
    }
}
