using System.CommandLine;
using Settlement.Projections.Tables;

namespace Settlement.Api.Ledger;

/// <summary><c>rebuild</c>: all read tables again from the log, beside the old ones, compared by digest, switched.</summary>
public static class RebuildVerb
{
    public static Command Create()
    {
        var command = new Command("rebuild", "Builds every read table again from the log and compares.");
        command.SetAction((_, stop) => Run(stop));
        return command;
    }

    private static async Task<int> Run(CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        var same = true;
        foreach (var result in await new Rebuild(engine.Store, engine.Store.Ledger).Run(stop))
        {
            var verdict = result.IsEqual ? "the same rows as before" : $"NOT the rows that were in use ({result.Before?.Sha256})";
            Console.WriteLine(
                $"{result.Tenant}: {result.After.Rows:N0} rows from {result.Events:N0} events, digest {result.After.Sha256}: {verdict}");
            same &= result.IsEqual;
        }

        return same ? ExitCode.Done : ExitCode.Found;
    }
}
