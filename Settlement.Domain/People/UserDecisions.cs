using NodaTime;

namespace Settlement.Domain.People;

/// <summary>Decisions about accounts. Pure; each says yes with facts, or no with a code.</summary>
public static class UserDecisions
{
    public static Decision<UserFact> Create(
        string name, string? fullName, IReadOnlyList<Role> roles, UserKind kind, People people, Instant now)
    {
        if (User.Fold(name) is not { } folded)
        {
            return new Refusal(
                "user.malformed", $"'{name}' is no user name: two to forty of a-z, 0-9, dot and dash, a letter first.");
        }

        if (people.Find(folded) is not null)
        {
            return new Refusal("user.exists", $"There is a user {folded} already; a name is never given twice.");
        }

        return RolesFault(folded, roles, kind) is { } fault
            ? fault
            : new UserFact.UserCreated(folded, Trimmed(fullName) ?? folded, InOrder(roles), kind, now);
    }

    public static Decision<UserFact> ChangeRoles(string name, IReadOnlyList<Role> roles, People people, Instant now)
    {
        if (Known(name, people, out var refusal) is not { } user)
        {
            return refusal!;
        }

        if (RolesFault(user.Name, roles, user.Kind) is { } fault)
        {
            return fault;
        }

        if (user.May(Right.ManagePeople) && !Rights.Has(roles, Right.ManagePeople) && IsLastAdmin(user, people))
        {
            return LastAdmin(user);
        }

        return user.Roles.Order().SequenceEqual(InOrder(roles))
            ? Decision.Nothing<UserFact>()
            : new UserFact.UserRolesChanged(user.Name, InOrder(roles), now);
    }

    public static Decision<UserFact> Deactivate(string name, People people, Instant now) =>
        Known(name, people, out var refusal) is not { } user ? refusal!
        : user.May(Right.ManagePeople) && IsLastAdmin(user, people) ? LastAdmin(user)
        : new UserFact.UserDeactivated(user.Name, now);

    public static Decision<UserFact> SetPassword(string name, string hash, bool oneTime, People people, Instant now) =>
        Known(name, people, out var refusal) is not { } user ? refusal!
        : user.Kind == UserKind.Machine
            ? new Refusal("user.machine", $"{user.Name} is a machine: it has tokens and no password.")
        : new UserFact.PasswordSet(user.Name, hash, oneTime, now);

    public static Decision<UserFact> IssueToken(
        string name, string tokenSha256, Instant expires, People people, Instant now) =>
        Known(name, people, out var refusal) is not { } user ? refusal!
        : user.Kind != UserKind.Machine
            ? new Refusal("user.person", $"{user.Name} is a person and signs in; tokens are for machines (users add --machine).")
        : new UserFact.UserTokenIssued(user.Name, tokenSha256, expires, now);

    /// <summary>Two people for one thing: a proposer does not approve, a preparer neither approves nor issues.</summary>
    /// <param name="doing">For the sentence: <c>approve</c>.</param>
    /// <param name="earlier">Who did which earlier step.</param>
    public static Refusal? SamePerson(string actor, string doing, params IReadOnlyList<(string Who, string Did)> earlier)
    {
        var folded = User.Fold(actor) ?? actor;
        foreach (var (who, did) in earlier)
        {
            if (string.Equals(User.Fold(who) ?? who, folded, StringComparison.OrdinalIgnoreCase))
            {
                return new Refusal("user.same-person", $"{who} {did} this and may not {doing} it: it takes another person.");
            }
        }

        return null;
    }

    private static Refusal? RolesFault(string name, IReadOnlyList<Role> roles, UserKind kind) =>
        roles.Count == 0 ? new Refusal("roles.none", $"{name} needs a role: {Roles.Any(Roles.All)}.")
        : Rights.Conflict(roles) is { } conflict ? conflict
        : kind == UserKind.Machine && roles.FirstOrDefault(IsForPeople, Role.Auditor) is var role && IsForPeople(role)
            ? new Refusal("roles.machine", $"A machine cannot be {Roles.Name(role)}: that role decides, and people decide.")
        : null;

    private static bool IsForPeople(Role role) =>
        Rights.All.Any(right => Rights.IsForPeopleOnly(right) && Rights.Has(role, right));

    private static User? Known(string name, People people, out Refusal? refusal)
    {
        var user = people.Find(name);
        refusal = user switch
        {
            null => new Refusal("user.unknown", $"There is no user '{name}'; see: users."),
            { IsActive: false } => new Refusal("user.deactivated", $"The account {user.Name} was closed."),
            _ => null,
        };
        return refusal is null ? user : null;
    }

    private static bool IsLastAdmin(User user, People people) =>
        !people.Users.Any(other => other.Name != user.Name && other.May(Right.ManagePeople));

    private static Decision<UserFact> LastAdmin(User user) =>
        new Refusal("user.last-admin", $"{user.Name} is the last admin; make another one first.");

    private static List<Role> InOrder(IReadOnlyList<Role> roles) => [.. roles.Distinct().Order()];

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
