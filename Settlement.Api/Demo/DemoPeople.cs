using Settlement.Domain;
using Settlement.Domain.People;

namespace Settlement.Api.Demo;

/// <summary>
/// Three people who can close the demo month between them. They have no password: the demo's sign-in page lets
/// everybody in as one of them, and <c>serve</c> refuses a database that has them.
/// </summary>
public static class DemoPeople
{
    public static IReadOnlyList<(string Name, string FullName, Role Role)> All { get; } =
    [
        ("ana", "Ana Ferreira", Role.Analyst),
        ("bruno", "Bruno Tremblay", Role.Approver),
        ("chloe", "Chloé Nguyen", Role.Controller),
    ];

    public static async Task Make(Engine engine, CancellationToken stop)
    {
        if ((await engine.People.Current(stop)).Users.Any(user => user.Kind != UserKind.Demo))
        {
            return; // somebody works here: nobody is let in without a password
        }

        foreach (var (name, fullName, role) in All)
        {
            await engine.People.Record(
                people => people.Find(name) is not null
                    ? Decision.Nothing<UserFact>()
                    : UserDecisions.Create(name, fullName, [role], UserKind.Demo, people, engine.Now),
                "demo", stop);
        }
    }
}
