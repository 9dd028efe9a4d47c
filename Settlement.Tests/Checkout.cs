namespace Settlement.Tests;

/// <summary>The checkout that the tests run from.</summary>
internal static class Checkout
{
    /// <summary>The folder of Settlement.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>C# files of a folder that somebody wrote; "" = of all.</summary>
    public static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)
                && !file.Contains("/bin/", StringComparison.Ordinal));

    /// <summary>A file or folder of examples; each folder's README names its source.</summary>
    public static string Vectors(params string[] parts) => Path.Combine([Root, "Settlement.Tests", "Vectors", .. parts]);

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
