namespace Settlement.Tests;

/// <summary>The checkout that the tests run from, and the worked examples that may lie beside it.</summary>
internal static class Checkout
{
    /// <summary>The folder of Settlement.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>C# files of a folder that somebody wrote; "" = of all.</summary>
    public static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)
                && !file.Contains("/bin/", StringComparison.Ordinal));

    /// <summary>A file or folder beside the checkout; the test is skipped where it is absent, and says so.</summary>
    public static string Shared(params string[] parts)
    {
        var path = Path.Combine([Root, "..", "shared", .. parts]);
        Assert.SkipUnless(Path.Exists(path), $"{Path.GetFullPath(path)} is not there: the examples are kept beside the checkout.");
        return path;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Settlement.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside a checkout.");
        }

        return folder.FullName;
    }
}
