using System.Security.Cryptography;
using Settlement.Api.People;

namespace Settlement.Api.Pages;

/// <summary>The one style sheet, part of the program's file: found wherever it is started from.</summary>
public static class Styles
{
    private static readonly byte[] Sheet = Read();

    /// <summary>Its address changes with its content, so a browser may keep it for good.</summary>
    public static string Path { get; } =
        $"/settlement-{Convert.ToHexStringLower(SHA256.HashData(Sheet))[..12]}.css";

    public static void Map(WebApplication app) => app.MapMethods(Path, ["GET", "HEAD"], (HttpContext http) =>
    {
        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(Sheet, "text/css; charset=utf-8");
    }).OpenToAll();

    private static byte[] Read()
    {
        using var stream = typeof(Styles).Assembly.GetManifestResourceStream("settlement.css")
            ?? throw new InvalidOperationException("The style sheet is not in the program.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
