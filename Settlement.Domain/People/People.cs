using System.Collections.Immutable;
using NodaTime;

namespace Settlement.Domain.People;

/// <summary>Everybody with an account, and what they may do. Immutable; a fold of <c>@admin</c>.</summary>
#pragma warning disable MA0049 // the folder holds what belongs to people, the record is all of them
public sealed record People
{
    public static readonly People None = new();

    private ImmutableSortedDictionary<string, User> ByName { get; init; } =
        ImmutableSortedDictionary.Create<string, User>(StringComparer.Ordinal);

    private ImmutableDictionary<string, UserFact.UserTokenIssued> Tokens { get; init; } =
        ImmutableDictionary.Create<string, UserFact.UserTokenIssued>(StringComparer.Ordinal);

    /// <summary>Number of the last fact folded in, of this kind or another.</summary>
    public long Number { get; init; }

    /// <summary>Number of the last fact that was decided; a sign-in is not.</summary>
    public long Decided { get; private init; }

    public IEnumerable<User> Users => ByName.Values;

    public bool IsEmpty => ByName.IsEmpty;

    public bool HasDemoUsers => ByName.Values.Any(user => user is { Kind: UserKind.Demo, IsActive: true });

    public bool HasAdmin => ByName.Values.Any(user => user.May(Right.ManagePeople));

    public User? Find(string name) => User.Fold(name) is { } folded ? ByName.GetValueOrDefault(folded) : null;

    /// <summary>Whose token it is; null where it is unknown, revoked, out of date, or its account is closed.</summary>
    public User? OfToken(string tokenSha256, Instant now) =>
        Tokens.GetValueOrDefault(tokenSha256) is { } token && now < token.ExpiresAt
            && Find(token.Name) is { IsActive: true } user
            ? user
            : null;

    /// <summary>
    /// Why somebody may not do it; null = may. While nobody has an account, whoever holds the database may do
    /// everything.
    /// </summary>
    public Refusal? Refuse(string actor, Right right)
    {
        if (IsEmpty)
        {
            return null;
        }

        return Find(actor) switch
        {
            null => new Refusal("user.unknown", $"There is no user '{Shown(actor)}'; see: users."),
            { IsActive: false } gone => new Refusal("user.deactivated", $"The account {gone.Name} was closed."),
            { Kind: UserKind.Machine } machine when Rights.IsForPeopleOnly(right) => new Refusal(
                "user.not-allowed", $"{machine.Name} is a machine; {right} takes a person."),
            var user when !user.May(right) => new Refusal(
                "user.not-allowed",
                $"{user.Name} ({string.Join(", ", user.Roles.Select(Roles.Name))}) may not do this "
                + $"({right}): it takes {Roles.Any(Rights.RolesWith(right))}."),
            _ => null,
        };
    }

    public People With(UserFact fact, long number)
    {
        var next = fact switch
        {
            UserFact.UserCreated e => this with
            {
                ByName = ByName.Add(e.Name, new User
                {
                    Name = e.Name,
                    FullName = e.FullName,
                    Roles = e.Roles,
                    Kind = e.Kind,
                    Created = e.At,
                    Stamp = number,
                }),
            },
            UserFact.UserTokenIssued e => this with { Tokens = Tokens.SetItem(e.TokenSha256, e) },
            UserFact.UserTokenRevoked e => this with { Tokens = Tokens.Remove(e.TokenSha256) },
            _ => this with { ByName = ByName.SetItem(fact.Name, Changed(ByName[fact.Name], fact, number)) },
        };
        var isDecided = fact is not (UserFact.SignedIn or UserFact.SignInFailed);
        return next with { Number = number, Decided = isDecided ? number : Decided };
    }

    private static User Changed(User user, UserFact fact, long number) => fact switch
    {
        UserFact.UserRolesChanged e => user with { Roles = e.Roles, Stamp = number },
        UserFact.PasswordSet e => user with
        {
            PasswordHash = e.Hash,
            MustChangePassword = e.OneTime,
            PasswordSet = e.At,
            Failures = 0,
            LastFailure = null,
            Stamp = number,
        },
        UserFact.UserDeactivated => user with { IsActive = false, Stamp = number },
        UserFact.SignedIn e => user with { LastSignIn = e.At, Failures = 0, LastFailure = null },
        UserFact.SignInFailed e => user with { Failures = user.Failures + 1, LastFailure = e.At },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact about a user."),
    };

    // what somebody typed, cut and without control characters: it may go to a terminal
    private static string Shown(string actor) =>
        new([.. actor.Where(c => !char.IsControl(c)).Take(40)]);
}
