using NodaTime;

namespace Settlement.Domain.People;

/// <summary>Whose account it is.</summary>
public enum UserKind
{
    Person,

    /// <summary>A program with a token; it signs in nowhere and approves nothing.</summary>
    Machine,

    /// <summary>A made-up person of the demo, whom everybody can sign in as. Outside the demo none may exist.</summary>
    Demo,
}

/// <summary>Facts of the reserved tenant <c>@admin</c> about people; who did it is the event's actor.</summary>
public abstract record UserFact : Fact
{
    private UserFact() { }

    /// <summary>Whom it is about.</summary>
    public abstract string Name { get; init; }

    public sealed record UserCreated(
        string Name, string FullName, IReadOnlyList<Role> Roles, UserKind Kind, Instant At) : UserFact;

    public sealed record UserRolesChanged(string Name, IReadOnlyList<Role> Roles, Instant At) : UserFact;

    /// <param name="Hash">As the framework's PasswordHasher makes it; the password is nowhere.</param>
    /// <param name="OneTime">It must be changed at the first sign-in.</param>
    public sealed record PasswordSet(string Name, string Hash, bool OneTime, Instant At) : UserFact;

    /// <param name="TokenSha256">Hex. The token has 256 random bits, so its hash tells nothing.</param>
    public sealed record UserTokenIssued(string Name, string TokenSha256, Instant ExpiresAt, Instant At) : UserFact;

    public sealed record UserTokenRevoked(string Name, string TokenSha256, Instant At) : UserFact;

    /// <summary>Signs in no more; what was done under the name stays.</summary>
    public sealed record UserDeactivated(string Name, Instant At) : UserFact;

    public sealed record SignedIn(string Name, string Address, Instant At) : UserFact;

    /// <summary>Only of known users: what is typed in place of an unknown name may be a password.</summary>
    public sealed record SignInFailed(string Name, string Address, Instant At) : UserFact;
}
