using System.CommandLine;
using Settlement.Domain;
using Settlement.Domain.People;

namespace Settlement.Api.People;

/// <summary>
/// Who does something on the command line, and whether they may. The log of <see cref="Engine.Open(CancellationToken)"/>
/// is shut until <see cref="Allow"/> said yes: a verb that forgets to ask writes nothing at all.
/// </summary>
public static class Acting
{
    /// <summary>What is recorded where nobody has to be named.</summary>
    public const string Unnamed = "command line";

    /// <summary>Whoever the person says to be; the command line asks for no password.</summary>
    public static Option<string?> ActorOption(string description = "who does it, as in ana") =>
        new("--actor") { Description = description };

    /// <summary>Why they may not, or null; then the log is open to this process.</summary>
    /// <param name="actor">
    /// Null: nobody was named, which does while no person but those of the demo has an account: anybody can be one of them.
    /// </param>
    public static async Task<Refusal?> Allow(this Engine engine, string? actor, Right right, CancellationToken stop)
    {
        var people = await engine.People.Current(stop);
        var refusal = actor is not null ? people.Refuse(actor, right)
            : people.Users.Any(user => user.Kind == UserKind.Person)
                ? new Refusal("actor.missing", $"Say who does it: --actor USER; it takes {Roles.Any(Rights.RolesWith(right))}.")
            : null;
        var wasOpen = engine.Store.IsWritable;
        engine.Store.IsWritable = true;
        if (refusal is not null && people.Find(actor ?? "") is { } user)
        {
            await engine.Visits.Record(
                new VisitFact.AttemptRefused(user.Name, $"{Unnamed}: {right}", refusal.Code, null, engine.Now), stop);
        }

        engine.Store.IsWritable = wasOpen || refusal is null;
        return refusal;
    }
}
