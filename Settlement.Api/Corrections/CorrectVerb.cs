using System.CommandLine;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Corrections;
using Settlement.Domain.People;

namespace Settlement.Api.Corrections;

/// <summary>
/// <c>correct preview|propose PAIR --month … --cause …</c>, <c>correct approve|apply|withdraw PAIR ID</c>,
/// <c>correct list</c>: posted CDRs settled again, with two approvals.
/// </summary>
public static class CorrectVerb
{
    public static Command Create() => new("correct", "Corrects our own mistakes: reverses what was posted and posts it again.")
    {
        Preview(), Propose(), Step("approve", "Approves what was proposed; it takes two people.", Right.ApproveCorrection, Approve),
        Step("apply", "Applies what two people approved; goes on where it was broken off.", Right.ProposeCorrection, Apply),
        Step("withdraw", "Withdraws a correction.", Right.ProposeCorrection, Withdraw), List(),
    };

    private static Command Preview()
    {
        var (pair, which) = (Pair(), new SelectionOptions());
        var command = new Command("preview", "What would change: sums, and CDR by CDR the first page; nothing is recorded.") { pair };
        which.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var (relationship, selection, refusal) = which.Read(parsed, parsed.GetValue(pair)!).Read();
            if (selection is null)
            {
                return Shell.Refuse(refusal!);
            }

            await using var engine = await Engine.Open(stop);
            var (preview, no) = await engine.Corrections.Preview(relationship, selection, stop);
            if (preview is null)
            {
                return Shell.Refuse(no!);
            }

            Print(preview.Changes, preview.Totals, preview.LeftOut);
            Console.WriteLine(
                $"{preview.Looked:N0} posted CDRs looked at, {preview.Count:N0} would change, "
                + $"{preview.LeftOut.Count:N0} left as they are.");
            return preview.LeftOut.Count == 0 ? ExitCode.Done : ExitCode.Found;
        });
        return command;
    }

    private static Command Propose()
    {
        var (pair, which) = (Pair(), new SelectionOptions());
        var cause = new Option<string>("--cause") { Description = "what was wrong; it goes on the statement", Required = true };
        var actor = new Option<string>("--actor") { Description = "who proposes it", Required = true };
        var command = new Command("propose", "Asks two other people to approve a correction.") { pair, cause, actor };
        which.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var (relationship, selection, refusal) = which.Read(parsed, parsed.GetValue(pair)!).Read();
            if (selection is null)
            {
                return Shell.Refuse(refusal!);
            }

            await using var engine = await Engine.Open(stop);
            var by = parsed.GetValue(actor)!;
            if (await engine.Allow(by, Right.ProposeCorrection, stop) is { } notAllowed)
            {
                return Shell.Refuse(notAllowed);
            }

            var (correction, no) = await engine.Corrections.Propose(
                relationship, selection, parsed.GetValue(cause)!, null, by, stop);
            if (correction is null)
            {
                return Shell.Refuse(no!);
            }

            Print(correction.Proposed.Cdrs, correction.Proposed.Effect, []);
            Console.WriteLine(Line(relationship, correction));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Step(
        string name, string description, Right right,
        Func<Engine, Relationship, string, string, string, CancellationToken, Task<Refusal?>> step)
    {
        var pair = Pair();
        var id = new Argument<string>("ID") { Description = "as 'correct list' prints it" };
        var actor = new Option<string>("--actor") { Description = "who does it", Required = true };
        var reason = new Option<string?>("--reason") { Description = "why it is withdrawn" };
        var command = new Command(name, description) { pair, id, actor };
        if (name == "withdraw")
        {
            command.Add(reason);
        }

        command.SetAction(async (parsed, stop) =>
        {
            if (Output.Relationship(parsed.GetValue(pair)!, out var malformed) is not { } relationship)
            {
                return Shell.Refuse(malformed!);
            }

            await using var engine = await Engine.Open(stop);
            var (by, of) = (parsed.GetValue(actor)!, parsed.GetValue(id)!);
            if ((await engine.Allow(by, right, stop)
                ?? await step(engine, relationship, of, by, parsed.GetValue(reason) ?? "", stop)) is { } refusal)
            {
                return Shell.Refuse(refusal);
            }

            var correction = (await engine.Corrections.Load(relationship, of, stop))!;
            Console.WriteLine(Line(relationship, correction));
            Print([], [], correction.LeftOut);
            return correction.LeftOut.Count > 0 ? ExitCode.Found : ExitCode.Done;
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Corrections, the newest first.");
        command.SetAction(async (_, stop) =>
        {
            await using var engine = await Engine.Open(stop);
            foreach (var (relationship, correction) in await engine.Corrections.All(stop))
            {
                Console.WriteLine(Line(relationship, correction));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Task<Refusal?> Approve(
        Engine engine, Relationship relationship, string id, string by, string reason, CancellationToken stop) =>
        engine.Corrections.Approve(relationship, id, by, stop);

    private static async Task<Refusal?> Apply(
        Engine engine, Relationship relationship, string id, string by, string reason, CancellationToken stop) =>
        (await engine.Corrections.Apply(relationship, id, by, stop)).Refusal;

    private static Task<Refusal?> Withdraw(
        Engine engine, Relationship relationship, string id, string by, string reason, CancellationToken stop) =>
        engine.Corrections.Withdraw(relationship, id, reason, by, stop);

    // of many CDRs the first page, the sums of all
    private static void Print(
        IReadOnlyList<CorrectedCdr> changes, IReadOnlyList<CorrectionTotal> totals, IReadOnlyList<LeftOutCdr> left)
    {
        foreach (var cdr in changes)
        {
            Console.WriteLine(
                $"{cdr.Key}: {Figures.Amount(cdr.DueBefore, cdr.Currency)} → {Figures.Amount(cdr.DueAfter, cdr.Currency)} "
                + $"{cdr.Currency} due, {Figures.Amount(cdr.DueAfter - cdr.DueBefore, cdr.Currency)} ({cdr.What})");
        }

        if (totals.Sum(total => total.Cdrs) - changes.Count is > 0 and var more)
        {
            Console.WriteLine($"… and {more:N0} more");
        }

        foreach (var total in totals)
        {
            Console.WriteLine(
                $"{total.OwedBy} owes {total.OwedTo} {Figures.Amount(total.Due, total.Currency)} {total.Currency} more "
                + $"for {total.Cdrs:N0} CDRs (net {Figures.Amount(total.Net, total.Currency)}, "
                + $"tax {Figures.Amount(total.Tax, total.Currency)})");
        }

        foreach (var group in left.GroupBy(cdr => cdr.Code, StringComparer.Ordinal))
        {
            Console.Error.WriteLine(
                $"{group.Count():N0} × left out, first {group.First().CdrId}: {group.First().Reason} ({group.Key})");
        }
    }

    private static string Line(Relationship relationship, Correction correction)
    {
        var proposed = correction.Proposed;
        var text = $"{relationship} {proposed.Id}: {correction.State.ToString().ToLowerInvariant()}, "
            + $"{proposed.Count:N0} CDRs by {proposed.Selection}, asked by {proposed.By}: {proposed.Cause}";
        return correction switch
        {
            { Applied: { } done } => $"{text} ({done.Corrected:N0} corrected, {correction.LeftOut.Count:N0} left out)",
            { State: CorrectionState.Posting } => $"{text} ({correction.Posted.Count} of {proposed.Pages.Count + 1} pages posted; apply goes on)",
            { Withdrawn: { } gone } => $"{text} ({gone.Reason})",
            _ => $"{text} ({correction.Approvals.Count} of 2 approvals)",
        };
    }

    private static Argument<string> Pair() => new("PAIR") { Description = "the relationship, as CA-FLO~US-CPI" };

    /// <summary>Which posted CDRs are looked at.</summary>
    private sealed class SelectionOptions
    {
        private readonly Option<string?> month = new("--month") { Description = "charge month, yyyy-MM" };
        private readonly Option<string?> cpo = new("--cpo") { Description = "the CPO" };
        private readonly Option<string?> place = new("--place") { Description = "of the charger, as CA-QC" };
        private readonly Option<string?> tariff = new("--tariff") { Description = "id of a tariff that priced them" };
        private readonly Option<string?> rule = new("--rule") { Description = "id of a tax rule that taxed them" };
        private readonly Option<string[]> cdrs = new("--cdr") { Description = "id of a CDR; may be given often" };

        public void AddTo(Command command)
        {
            foreach (var option in new Option[] { month, cpo, place, tariff, rule, cdrs })
            {
                command.Add(option);
            }
        }

        public CorrectionText Read(ParseResult parsed, string pair) => new(
            pair, parsed.GetValue(month), parsed.GetValue(cpo), parsed.GetValue(place), parsed.GetValue(tariff),
            parsed.GetValue(rule), parsed.GetValue(cdrs));
    }
}
