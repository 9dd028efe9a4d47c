using Settlement.Domain.People;

namespace Settlement.Api.People;

/// <summary>Who asks for a page or calls the API.</summary>
/// <param name="User">Null: not signed in.</param>
/// <param name="IsDemo">The demo is served: who has not signed in reads as an auditor does.</param>
/// <param name="ByToken">A machine with its token, not a browser with a cookie.</param>
public sealed record Visitor(User? User, bool IsDemo, bool ByToken = false)
{
    public static readonly Visitor Nobody = new(null, false);

    public bool May(Right right) => User?.May(right) ?? (IsDemo && Rights.Has(Role.Auditor, right));

    /// <summary>Whether a form for this is worth showing.</summary>
    public bool CanDo(Right right) => User is { MustChangePassword: false } && May(right);
}

/// <summary>The visitor of a request.</summary>
public static class VisitorExtensions
{
    private static readonly object Key = new();

    public static Visitor Visitor(this HttpContext http) =>
        http.Items.TryGetValue(Key, out var visitor) ? (Visitor)visitor! : People.Visitor.Nobody;

    /// <summary>The name that is recorded with what the request does.</summary>
    /// <exception cref="InvalidOperationException">Nobody is signed in: the route forgot to say its right.</exception>
    public static string Actor(this HttpContext http) =>
        http.Visitor().User?.Name ?? throw new InvalidOperationException("A change without anybody signed in.");

    internal static void Remember(this HttpContext http, Visitor visitor) => http.Items[Key] = visitor;
}
