namespace Settlement.Api.People;

/// <summary>Addresses of the door.</summary>
internal static class SignInPaths
{
    public const string SignIn = "/sign-in";

    public const string SignOut = "/sign-out";

    public const string Password = "/account/password";

    public const string People = "/people";

    public const string Access = "/access";

    /// <summary>The sign-in page, which leads back to where one wanted to go.</summary>
    public static string To(HttpRequest request) => HttpMethods.IsGet(request.Method) && request.Path != "/"
        ? $"{SignIn}?return={Uri.EscapeDataString(request.Path + request.QueryString.ToString())}"
        : SignIn;

    /// <summary>Only within these pages: an address of somewhere else is not followed.</summary>
    public static string Back(string? path) =>
        path is ['/', not ('/' or '\\'), ..] && !path.Any(char.IsControl)
            && !path.StartsWith(SignIn, StringComparison.OrdinalIgnoreCase)
            && !path.StartsWith(SignOut, StringComparison.OrdinalIgnoreCase)
            ? path
            : "/";
}
