using System.CommandLine;
using System.Globalization;
using NodaTime;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Periods;
using Period = Settlement.Domain.Periods.Period;

namespace Settlement.Api.Periods;

/// <summary>
/// <c>close MONTH --step soft|prepare|approve|issue|hard|reopen|approve-reopen --actor USER</c>: one step of the
/// month-end, for every relationship with movement in the month or for one partner's.
/// </summary>
public static class CloseVerb
{
    public static Command Create()
    {
        var month = new Argument<string>("MONTH") { Description = "as in 2026-10" };
        var step = new Option<string>("--step") { Description = string.Join(", ", CloseSteps.All.Keys), Required = true };
        var actor = new Option<string>("--actor") { Description = "who does it, as in ana", Required = true };
        var partner = new Option<string?>("--partner") { Description = "only this party's relationships" };
        var date = new Option<string?>("--date") { Description = "document date of prepare; today where it is not given" };
        var reason = new Option<string?>("--reason") { Description = "why a month must be opened again" };
        var command = new Command("close", "One step of the month-end, by a person who may do it.")
        {
            month, step, actor, partner, date, reason,
        };
        command.SetAction((parsed, stop) => Run(
            new Asked(
                parsed.GetValue(month)!, parsed.GetValue(step)!, parsed.GetValue(actor)!, parsed.GetValue(partner),
                parsed.GetValue(date), parsed.GetValue(reason) ?? ""),
            stop));
        return command;
    }

    private sealed record Asked(string Month, string Step, string Actor, string? Partner, string? Date, string Reason);

    private static async Task<int> Run(Asked asked, CancellationToken stop)
    {
        if (Output.Month(asked.Month, out var wrong) is not { } month)
        {
            return Shell.Refuse(wrong!);
        }

        if (!CloseSteps.All.TryGetValue(asked.Step, out var right))
        {
            return Shell.Refuse(new Refusal("step.unknown", $"'{asked.Step}' is none of {string.Join(", ", CloseSteps.All.Keys)}."));
        }

        var date = Output.Date(asked.Date, out var malformed);
        if (malformed is not null)
        {
            return Shell.Refuse(malformed);
        }

        await using var engine = await Engine.Open(stop);
        if (await engine.Allow(asked.Actor, right, stop) is { } notAllowed)
        {
            return Shell.Refuse(notAllowed);
        }

        var relationships = await Relationships(engine, month, asked.Partner, stop);
        if (relationships.Count == 0)
        {
            return Shell.Refuse(new Refusal("month.empty", $"Nothing happened in {asked.Month}."));
        }

        var done = ExitCode.Done;
        foreach (var relationship in relationships)
        {
            var step = new StepAsked(relationship, month, asked.Actor, date, asked.Reason);
            if (await CloseSteps.Take(engine, asked.Step, step, stop) is { } refusal)
            {
                Console.Error.WriteLine($"{relationship}: {refusal}");
                done = ExitCode.Found;
            }
            else
            {
                var period = (await engine.Closing.Book(relationship, stop)).Month(month);
                Console.WriteLine(Line(relationship, period));
            }
        }

        return done;
    }

    private static string Line(Relationship relationship, Period period)
    {
        var line = $"{relationship} {period.Month.Text()}: {ClosePeriod.Word(period.State)}";
        return period.State switch
        {
            PeriodState.Prepared or PeriodState.Approved =>
                $"{line}, {period.Draft!.Lines.ToString("N0", CultureInfo.InvariantCulture)} lines, digest {period.Digest![..16]}",
            PeriodState.Issued => $"{line}, {string.Join(", ", period.Issued[^1].Numbers)}",
            _ when period.Reopening is { } asked =>
                $"{line}, reopening asked by {asked.By}, {asked.Approvals.Count} of 2 approvals",
            _ => line,
        };
    }

    private static async Task<IReadOnlyList<Relationship>> Relationships(
        Engine engine, YearMonth month, string? partner, CancellationToken stop)
    {
        var only = partner is null ? null : PartyId.Parse(partner);
        return [.. (await engine.Reports.TenantsWithMovement(month, stop))
            .Select(tenant => Relationship.Parse(tenant)!.Value)
            .Where(relationship => partner is null || (only is { } party && relationship.Has(party)))];
    }
}
