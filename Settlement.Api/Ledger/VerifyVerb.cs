using System.CommandLine;
using System.Globalization;
using Settlement.Api.Privacy;
using Settlement.Projections.Privacy;

namespace Settlement.Api.Ledger;

/// <summary><c>verify</c>: the log against its seals, the drivers' keys, and the ledger against itself.</summary>
public static class VerifyVerb
{
    public static Command Create()
    {
        var full = new Option<bool>("--full") { Description = "also opens everything that is sealed for drivers" };
        var command = new Command(
            "verify", "Checks the seals of the log, the drivers' keys, and that all sums of the ledger agree.") { full };
        command.SetAction((parsed, stop) => Run(parsed.GetValue(full), stop));
        return command;
    }

    private static async Task<int> Run(bool full, CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
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

        var lost = await Keys(engine, stop) + (full ? await Sealed(engine, stop) : 0);
        var ties = await engine.LedgerChecks.Run(stop);
        foreach (var tie in ties.Where(tie => !tie.Holds))
        {
            Console.WriteLine($"FAIL {tie.Name}, {tie.Subject}: {Text(tie.One)} and {Text(tie.Other)}");
        }

        var failed = ties.Count(tie => !tie.Holds);
        Console.WriteLine($"Ledger: {Text(ties.Count)} comparisons, {Text(failed)} differ.");
        return seals.IsGood && failed == 0 && lost == 0 ? ExitCode.Done : ExitCode.Found;
    }

    /// <summary>How many CDRs have no key although nobody erased their driver.</summary>
    private static async Task<long> Keys(Engine engine, CancellationToken stop)
    {
        var keys = await new DriverKeys(engine.Database).Missing(stop);
        var missing = keys.Sum(one => one.Missing);
        Console.WriteLine(
            $"Keys: {Text(keys.Sum(one => one.Cdrs))} CDRs of {Text(keys.Sum(one => one.Drivers))} drivers, "
            + $"{Text(missing)} without a key that nobody erased.");
        foreach (var one in keys.Where(one => one.Missing > 0))
        {
            Console.WriteLine($"FAIL {one.Tenant}: the keys of {Text(one.Missing)} CDRs are missing (keys.missing)");
        }

        return missing;
    }

    private static async Task<long> Sealed(Engine engine, CancellationToken stop)
    {
        var checks = await new SealedCheck(engine).Run(stop);
        var lost = checks.Sum(one => one.Lost);
        Console.WriteLine($"Sealed: {Text(checks.Sum(one => one.Records))} records, {Text(lost)} cannot be opened.");
        foreach (var one in checks.Where(one => one.Lost > 0))
        {
            Console.WriteLine($"FAIL {one.Tenant}: {Text(one.Lost)} records are sealed under lost keys (keys.lost)");
        }

        return lost;
    }

    private static string Text(decimal number) => number.ToString("#,0.###", CultureInfo.InvariantCulture);
}
