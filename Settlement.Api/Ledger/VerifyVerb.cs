using System.CommandLine;
using System.Globalization;

namespace Settlement.Api.Ledger;

/// <summary><c>verify</c>: the log against its seals, and the ledger against itself.</summary>
public static class VerifyVerb
{
    public static Command Create()
    {
        var command = new Command("verify", "Checks the seals of the log and that all sums of the ledger agree.");
        command.SetAction((_, stop) => Run(stop));
        return command;
    }

    private static async Task<int> Run(CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        await engine.CatchUp(stop);
        var seals = await engine.Store.Verify(stop: stop);
        Console.WriteLine(
            $"Log: {Text(seals.Events)} events of {Text(seals.Seals.Count)} tenants, {Text(seals.EventsPerSecond)} a second; "
            + (seals.IsGood ? "every seal holds." : "NOT as it was sealed."));
        foreach (var (tenant, seal) in seals.Seals.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Console.WriteLine($"  {tenant}: last seal {seal}"); // written down elsewhere, it proves the log to here
        }

        foreach (var bad in seals.Bad)
        {
            Console.WriteLine($"FAIL {bad.Tenant} event {Text(bad.Number)}: {bad.Detail} ({bad.Code})");
        }

        var ties = await engine.LedgerChecks.Run(stop);
        foreach (var tie in ties.Where(tie => !tie.Holds))
        {
            Console.WriteLine($"FAIL {tie.Name}, {tie.Subject}: {Text(tie.One)} and {Text(tie.Other)}");
        }

        var failed = ties.Count(tie => !tie.Holds);
        Console.WriteLine($"Ledger: {Text(ties.Count)} comparisons, {Text(failed)} differ.");
        return seals.IsGood && failed == 0 ? ExitCode.Done : ExitCode.Found;
    }

    private static string Text(decimal number) => number.ToString("#,0.###", CultureInfo.InvariantCulture);
}
