namespace Settlement.Tests;

/// <summary>What the documentation tells people to run is what the tests run.</summary>
internal static class Documentation
{
    /// <summary>The only block of this language in a file.</summary>
    public static string Fenced(string file, string language)
    {
        var parts = File.ReadAllText(Path.Combine(Checkout.Root, file)).Split($"```{language}\n");
        parts.Length.ShouldBe(2, $"{file} has one block of {language}");
        return parts[1][..parts[1].IndexOf("```", StringComparison.Ordinal)];
    }
}
