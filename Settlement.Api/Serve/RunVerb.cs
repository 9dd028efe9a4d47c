using System.CommandLine;
using Settlement.Api.Demo;
using Settlement.Api.People;
using Settlement.Api.Statements;
using Settlement.Projections.Tables;
using Spectre.Console;

namespace Settlement.Api.Serve;

/// <summary>
/// <c>run</c>: what ops/run starts. Migrates, loads the demo month into an empty database, prints its report and
/// serves. <c>serve</c> is the same without the demo.
/// </summary>
public static class RunVerb
{
    public static Command Create() => Create("run", "Loads the demo month into an empty database, then serves.", demo: true);

    public static Command CreateServe() => Create("serve", "Serves the pages, the API and the OCPI endpoints.", demo: false);

    private static Command Create(string name, string description, bool demo)
    {
        var port = new Option<int>("--port") { Description = "on 127.0.0.1; taken: the next free one", DefaultValueFactory = _ => 5080 };
        var command = new Command(name, description) { port };
        command.SetAction((parsed, stop) => Run(parsed.GetValue(port), demo, stop));
        return command;
    }

    private static async Task<int> Run(int port, bool demo, CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        engine.Store.IsWritable = true; // every request asks for itself
        if (demo)
        {
            await new Rebuild(engine.Store, engine.Store.Ledger).Upgrade(stop); // "serve" leaves that to "migrate"
        }

        if (demo && (await engine.Store.Heads(stop)).Count == 0)
        {
            DemoLoad.Print(DemoLoad.Default, await DemoLoad.Run(engine, DemoLoad.Default, stop));
            var report = await engine.Reports.Report(DemoLoad.Default.Month, null, stop);
            Tables.To(null, console => ReportTable.Print(console, report));
        }

        if (await Doorkeeper.Open(engine, demo, stop) is { } refusal)
        {
            return Shell.Refuse(refusal);
        }

        await using var app = Server.Build(
            engine, Server.FreePort(port), demo, Path.Combine(Secrets.Home, "keys"));
        await app.StartAsync(stop);
        AnsiConsole.MarkupLineInterpolated($"Serving [bold]{Server.Address(app)}[/] — Ctrl-C stops it.");
        try
        {
            await Task.Delay(Timeout.Infinite, stop);
        }
        catch (OperationCanceledException)
        {
            await app.StopAsync(CancellationToken.None);
        }

        return ExitCode.Done;
    }
}
