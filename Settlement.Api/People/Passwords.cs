using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Settlement.Domain;
using Settlement.Domain.People;

namespace Settlement.Api.People;

/// <summary>Passwords: hashed with the framework's PasswordHasher (PBKDF2, HMAC-SHA512), never kept.</summary>
public static class Passwords
{
    /// <summary>OWASP's figure for PBKDF2 with HMAC-SHA512.</summary>
    private const int Iterations = 210_000;

    public const int Shortest = 12;

    public const int Longest = 128;

    // without l, 1, o and 0: it is read from one screen and typed on another
    private const string Letters = "abcdefghijkmnpqrstuvwxyz23456789";

    private static readonly PasswordHasher<User> Hasher =
        new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));

    // An unknown name costs the same time as a known one.
    private static readonly Lazy<string> Nobody = new(() => Hash(OneTime()));

    public static string Hash(string password) => Hasher.HashPassword(null!, password);

    /// <summary>Compares with the user's hash, or with nobody's, which never fits.</summary>
    public static bool Fits(User? user, string password)
    {
        var hash = user?.PasswordHash ?? Nobody.Value;
        var fits = password.Length <= Longest
            && Hasher.VerifyHashedPassword(null!, hash, password) != PasswordVerificationResult.Failed;
        return fits && user?.PasswordHash is not null;
    }

    /// <summary>Twenty letters of 32: a hundred random bits, in groups that can be read.</summary>
    public static string OneTime() =>
        string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Letters, 5)));

    public static Refusal? Fault(string password, User user) =>
        password.Length < Shortest
            ? new Refusal("password.short", $"A password has {Shortest} characters at least.")
        : password.Length > Longest
            ? new Refusal("password.long", $"A password has {Longest} characters at most.")
        : password.Distinct().Count() < 5 || password.Contains(user.Name, StringComparison.OrdinalIgnoreCase)
            ? new Refusal("password.weak", "Too easy to guess: more different characters, and not your name.")
        : null;
}
