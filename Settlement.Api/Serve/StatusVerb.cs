using System.CommandLine;
using Settlement.Domain;
using Settlement.Projections.EventStore;
using Settlement.Projections.Partners;

namespace Settlement.Api.Serve;

/// <summary><c>status</c>: where each relationship's log and ledger stand, what waits to be done, and what fails.</summary>
public static class StatusVerb
{
    public static Command Create()
    {
        var command = new Command("status", "Tells where each log and its ledger stand, and what does not get through.");
        command.SetAction((_, stop) => Run(stop));
        return command;
    }

    /// <summary>The name it had while tables followed the log by workers.</summary>
    public static Command CreateFormer()
    {
        var command = new Command("workers", "Now called status.") { Hidden = true };
        command.Options.Add(new Option<string?>("--resume") { Hidden = true });
        command.SetAction((_, _) => Task.FromResult(Shell.Refuse(new Refusal(
            "verb.renamed", "Tables are written with the log: nothing is behind it and nothing waits. See: ops/settle status."))));
        return command;
    }

    private static async Task<int> Run(CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        var current = engine.Store.Ledger.Version;
        var tenants = await engine.Store.Status(stop);
        foreach (var tenant in tenants)
        {
            var version = tenant.LedgerVersion == current ? "" : $", ledger version {tenant.LedgerVersion} (this program: {current})";
            Console.WriteLine(
                $"{tenant.Tenant}: {tenant.Events:N0} events, the last {tenant.LastNumber:N0} of {tenant.LastWritten}, rows {tenant.Generation}{version}");
        }

        var failing = await new Subscriptions(engine.Store, [], engine.Clock).Failing(stop);
        foreach (var delivery in failing)
        {
            Console.WriteLine(
                $"{delivery.Subscriber} of {delivery.Tenant}: event {delivery.Number:N0} fails since {delivery.Since}, {delivery.Attempts} tries, next {delivery.NextTry?.ToString() ?? "never, a person decides"}: {delivery.Error}");
        }

        var messages = await MessageStatus.Read(engine.Database, stop);
        Console.WriteLine($"messages: {messages.Waiting:N0} waiting, {messages.Scheduled:N0} scheduled, {messages.Dead.Count:N0} failed for good");
        foreach (var dead in messages.Dead)
        {
            Console.WriteLine($"{dead.Type} {dead.Id} failed {dead.Sent}: {dead.Failure}");
        }

        return failing.Count == 0 && messages.Dead.Count == 0 && tenants.All(tenant => tenant.LedgerVersion == current) ? ExitCode.Done : ExitCode.Found;
    }
}
