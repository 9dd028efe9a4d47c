using Settlement.Domain;
using Settlement.Domain.People;

namespace Settlement.Api.People;

/// <summary>What must be so before the pages are served outside the demo.</summary>
public static class Doorkeeper
{
    /// <summary>The account that a first start makes.</summary>
    public const string FirstAdmin = "admin";

    /// <summary>Refuses a database of the demo outside it; makes the first admin where there is nobody.</summary>
    public static async Task<Refusal?> Open(Engine engine, bool isDemo, CancellationToken stop)
    {
        var people = await engine.People.Current(stop);
        if (people.HasDemoUsers && !isDemo)
        {
            return new Refusal(
                "demo.users",
                "This database has demo users, whom anybody can sign in as. Serve it with 'run', or use another database.");
        }

        if (!people.IsEmpty)
        {
            return null;
        }

        var password = Passwords.OneTime();
        var hash = Passwords.Hash(password);
        var refusal = await engine.People.Record(
            now => now.IsEmpty
                ? UserDecisions.Create(FirstAdmin, "First admin", [Role.Admin], UserKind.Person, now, engine.Now)
                : new Refusal("user.exists", "Another start made the first admin."),
            "first start", stop);
        if (refusal is not null)
        {
            return null; // that start shows its password
        }

        refusal = await engine.People.Record(
            now => UserDecisions.SetPassword(FirstAdmin, hash, oneTime: true, now, engine.Now), "first start", stop);
        Console.WriteLine(
            $"First start: sign in as {FirstAdmin} with the one-time password {password} ; it is shown this once.");
        return refusal;
    }
}
