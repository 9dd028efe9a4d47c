using NodaTime;

namespace Settlement.Domain.People;

/// <summary>An account as its facts left it.</summary>
public sealed record User
{
    /// <summary>Wrong passwords in a row before the next try has to wait.</summary>
    public const int FreeTries = 5;

    private const int MostWaitMinutes = 15;

    private static readonly Duration OneTimeLife = Duration.FromDays(7);

    /// <summary>Lower case, unique for good: a name is never given to another person.</summary>
    public required string Name { get; init; }

    public required string FullName { get; init; }

    public required IReadOnlyList<Role> Roles { get; init; }

    public required UserKind Kind { get; init; }

    public string? PasswordHash { get; init; }

    public bool MustChangePassword { get; init; }

    public Instant? PasswordSet { get; init; }

    public bool IsActive { get; init; } = true;

    public Instant Created { get; init; }

    public Instant? LastSignIn { get; init; }

    /// <summary>Wrong passwords since the last right one.</summary>
    public int Failures { get; init; }

    public Instant? LastFailure { get; init; }

    /// <summary>Number of the last fact that ends open sessions: password, roles, deactivation.</summary>
    public long Stamp { get; init; }

    /// <summary>The next try is not looked at before; it doubles with each failure, up to a quarter of an hour.</summary>
    public Instant? LockedUntil => Failures < FreeTries || LastFailure is not { } last
        ? null
        : last + Duration.Min(
            Duration.FromSeconds(15L << Math.Min(Failures - FreeTries, 10)), Duration.FromMinutes(MostWaitMinutes));

    /// <summary>A one-time password is good for a week.</summary>
    public bool IsPasswordOver(Instant now) => MustChangePassword && PasswordSet + OneTimeLife < now;

    public bool May(Right right) => IsActive && Rights.Has(Roles, right)
        && !(Kind == UserKind.Machine && Rights.IsForPeopleOnly(right));

    /// <summary>Null where the text cannot be a name: letters a to z, digits, dot, dash; two to forty of them.</summary>
    public static string? Fold(string text)
    {
        var name = text.Trim().ToLowerInvariant();
        return name.Length is >= 2 and <= 40 && char.IsAsciiLetterLower(name[0])
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-')
            ? name
            : null;
    }
}
