using System.CommandLine;
using Settlement.Domain;

namespace Settlement.Api.Serve;

/// <summary><c>workers [--resume TENANT]</c>: how far each relationship's tables are, and what waits at an event.</summary>
public static class WorkersVerb
{
    public static Command Create()
    {
        var resume = new Option<string?>("--resume") { Description = "try again where this tenant's tables stopped" };
        var command = new Command("workers", "Tells how far the tables are behind the log, and what stopped.") { resume };
        command.SetAction((parsed, stop) => Run(parsed.GetValue(resume), stop));
        return command;
    }

    private static async Task<int> Run(string? resume, CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        if (resume is not null)
        {
            var tried = false;
            foreach (var projection in engine.Workers.Projections)
            {
                tried |= await engine.Workers.Resume(resume, projection.Name, stop);
            }

            if (!tried)
            {
                return Shell.Refuse(new Refusal("worker.not-parked", $"Nothing of {resume} is parked."));
            }

            await engine.Workers.RunUntilCaughtUp(stop);
        }

        foreach (var lag in await engine.Workers.Lags(stop))
        {
            Console.WriteLine(
                $"{lag.Tenant} {lag.Projection}: event {lag.Number:N0} of {lag.Head:N0}, {lag.Behind:N0} behind{(lag.IsParked ? ", PARKED" : "")}");
        }

        var parked = await engine.Workers.Parked(stop);
        foreach (var stuck in parked)
        {
            Console.WriteLine(
                $"{stuck.Tenant} {stuck.Projection} stopped {stuck.ParkedAt} at event {stuck.Number:N0} ({stuck.EventType}): {stuck.Reason} ({stuck.Code})");
        }

        return parked.Count == 0 ? ExitCode.Done : ExitCode.Found;
    }
}
