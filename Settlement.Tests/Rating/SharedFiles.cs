namespace Settlement.Tests.Rating;

/// <summary>Worked examples and data beside the repository; a test without them is skipped, and says so.</summary>
internal static class SharedFiles
{
    public static string Folder(string path)
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Settlement.sln")))
        {
            at = at.Parent;
        }

        var candidates = new[] { at?.Parent?.FullName, "/work" }.OfType<string>()
            .Select(root => Path.Combine(root, "shared", path));
        var found = candidates.FirstOrDefault(Directory.Exists);
        Assert.SkipWhen(found is null, $"The folder shared/{path} is not beside the repository.");
        return found!;
    }
}
