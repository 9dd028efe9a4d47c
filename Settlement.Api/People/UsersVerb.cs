using System.CommandLine;
using System.Security.Cryptography;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.People;

namespace Settlement.Api.People;

/// <summary>
/// <c>users</c>: accounts and their roles. The first one is made by whoever holds the database; once there is an
/// admin, <c>--actor</c> must name one.
/// </summary>
public static class UsersVerb
{
    public static Command Create()
    {
        var command = new Command("users", "Lists accounts and what they may do; makes, changes and closes them.")
        {
            Add(), ChangeRoles(), Password(), Token(), Deactivate(),
        };
        var csv = new Option<bool>("--csv") { Description = "for an access review" };
        command.Options.Add(csv);
        command.SetAction((parsed, stop) => UserList.Run(parsed.GetValue(csv), stop));
        return command;
    }

    private static Command Add()
    {
        var (name, roles, actor) = (Name(), RoleOption(), Actor());
        var full = new Option<string?>("--full-name") { Description = "as pages show it" };
        var machine = new Option<bool>("--machine") { Description = "a program: it gets tokens, not a password" };
        var command = new Command("add", "Makes an account and shows its one-time password.")
        {
            name, roles, full, machine, actor,
        };
        command.SetAction((parsed, stop) => Change(parsed.GetValue(actor), async (engine, by) =>
        {
            var kind = parsed.GetValue(machine) ? UserKind.Machine : UserKind.Person;
            var wanted = parsed.GetValue(name)!;
            if (Parse(parsed.GetValue(roles) ?? [], out var parsedRoles) is { } unknown)
            {
                return unknown;
            }

            var refusal = await engine.People.Record(
                people => UserDecisions.Create(wanted, parsed.GetValue(full), parsedRoles, kind, people, engine.Now),
                by, stop);
            return refusal is not null || kind == UserKind.Machine
                ? refusal
                : await OneTime(engine, wanted, by, stop);
        }, stop));
        return command;
    }

    private static Command ChangeRoles()
    {
        var (name, roles, actor) = (Name(), RoleOption(), Actor());
        var command = new Command("roles", "Gives an account these roles instead of those it has.") { name, roles, actor };
        command.SetAction((parsed, stop) => Change(parsed.GetValue(actor), async (engine, by) =>
            Parse(parsed.GetValue(roles) ?? [], out var wanted) ?? await engine.People.Record(
                people => UserDecisions.ChangeRoles(parsed.GetValue(name)!, wanted, people, engine.Now), by, stop), stop));
        return command;
    }

    private static Command Password()
    {
        var (name, actor) = (Name(), Actor());
        var command = new Command("password", "Shows a new one-time password.") { name, actor };
        command.SetAction((parsed, stop) => Change(
            parsed.GetValue(actor), (engine, by) => OneTime(engine, parsed.GetValue(name)!, by, stop), stop));
        return command;
    }

    private static Command Token()
    {
        var (name, actor) = (Name(), Actor());
        var days = new Option<int>("--days") { Description = "good for so long", DefaultValueFactory = _ => 365 };
        var command = new Command("token", "Gives a machine a token; it is shown this once.") { name, days, actor };
        command.SetAction((parsed, stop) => Change(parsed.GetValue(actor), async (engine, by) =>
        {
            var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            var refusal = parsed.GetValue(days) is < 1 or > 3660
                ? new Refusal("token.days", "A token is good for 1 to 3660 days.")
                : await engine.People.Record(
                    people => UserDecisions.IssueToken(
                        parsed.GetValue(name)!, PeopleStore.TokenHash(token),
                        engine.Now + Duration.FromDays(parsed.GetValue(days)), people, engine.Now),
                    by, stop);
            if (refusal is null)
            {
                Console.WriteLine(token);
            }

            return refusal;
        }, stop));
        return command;
    }

    private static Command Deactivate()
    {
        var (name, actor) = (Name(), Actor());
        var command = new Command("deactivate", "Closes an account; what it did stays.") { name, actor };
        command.SetAction((parsed, stop) => Change(parsed.GetValue(actor), (engine, by) => engine.People.Record(
            people => UserDecisions.Deactivate(parsed.GetValue(name)!, people, engine.Now), by, stop), stop));
        return command;
    }

    private static async Task<int> Change(
        string? actor, Func<Engine, string, Task<Refusal?>> change, CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        var people = await engine.People.Current(stop);
        var by = actor ?? Acting.Unnamed;
        // without an admin nobody could make one: whoever holds the database may
        var refusal = people.HasAdmin ? await engine.Allow(by, Right.ManagePeople, stop) : null;
        engine.Store.IsWritable = refusal is null;
        refusal ??= await change(engine, by);
        return refusal is null ? ExitCode.Done : Shell.Refuse(refusal);
    }

    private static async Task<Refusal?> OneTime(Engine engine, string name, string actor, CancellationToken stop)
    {
        var password = Passwords.OneTime();
        var hash = Passwords.Hash(password);
        var refusal = await engine.People.Record(
            people => UserDecisions.SetPassword(name, hash, oneTime: true, people, engine.Now), actor, stop);
        if (refusal is null)
        {
            Console.WriteLine($"One-time password of {name}: {password} (to be changed at the first sign-in)");
        }

        return refusal;
    }

    private static Refusal? Parse(string[] texts, out IReadOnlyList<Role> roles)
    {
        var parsed = texts.SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries))
            .Select(text => (Text: text, Role: Roles.Parse(text))).ToList();
        roles = [.. parsed.Where(one => one.Role is not null).Select(one => one.Role!.Value)];
        return parsed.Find(one => one.Role is null) is { Text: { } unknown }
            ? new Refusal("role.unknown", $"'{unknown}' is no role: {Roles.Any(Roles.All)}.")
            : null;
    }

    private static Argument<string> Name() => new("NAME") { Description = "the account's name" };

    private static Option<string?> Actor() => new("--actor") { Description = "the admin who does it" };

    private static Option<string[]> RoleOption() => new("--role")
    {
        Description = string.Join(", ", Roles.All.Select(Roles.Name)),
        AllowMultipleArgumentsPerToken = true,
        Required = true,
    };
}
