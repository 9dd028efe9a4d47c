using System.CommandLine;
using Settlement.Api.People;
using Settlement.Domain.People;
using Settlement.Projections.Privacy;

namespace Settlement.Api.Privacy;

/// <summary>
/// <c>rotate-key [--actor USER]</c>: a new master key, and every driver's key wrapped by it. The new key goes to
/// <c>master.key</c>, the old one to <c>master.key.old</c>; where the environment gives the key,
/// SETTLEMENT_MASTER_KEY_NEW names the next one.
/// </summary>
public static class RotateKeyVerb
{
    public static Command Create()
    {
        var actor = Acting.ActorOption();
        var command = new Command("rotate-key", "Makes a new master key; pseudonyms and statements stay as they are.") { actor };
        command.SetAction((parsed, stop) => Run(parsed.GetValue(actor), stop));
        return command;
    }

    private static async Task<int> Run(string? actor, CancellationToken stop)
    {
        var next = Secrets.NextMasterKey(out var refusal);
        if (next is null)
        {
            return Shell.Refuse(refusal!);
        }

        await using (var engine = await Engine.Open(stop))
        {
            refusal = await engine.Allow(actor, Right.EraseDriver, stop);
            if (refusal is not null)
            {
                return Shell.Refuse(refusal);
            }

            var keys = await KeyRotation.Rotate(engine.Database, engine.MasterKey, next, stop);
            Console.WriteLine($"{keys:N0} keys are wrapped by the new master key. Start running programs again.");
        }

        Console.WriteLine(Secrets.Adopt());
        return ExitCode.Done;
    }
}
