using System.Diagnostics;

namespace Settlement.Tests.Export;

/// <summary>A program of the distribution that checks our files independently.</summary>
internal static class Tool
{
    /// <summary>Runs it; without it the test is skipped and counted, because the files cannot be checked.</summary>
    public static Task<(int Exit, string Output, string Errors)> Run(string name, params string[] args) =>
        RunWith("", name, args);

    /// <summary>As <see cref="Run"/>, with something to read from its standard input.</summary>
    public static async Task<(int Exit, string Output, string Errors)> RunWith(
        string input, string name, params string[] args)
    {
        if (!IsInstalled(name))
        {
            Assert.Skip($"{name} is not installed (ops/check installs it as root).");
        }

        var stop = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(name, args)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        // else hledger reads our UTF-8 as ASCII, and beancount keeps a cache beside the file
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1";
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(stop);
        var errors = process.StandardError.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return (process.ExitCode, await output, await errors);
    }

    private static bool IsInstalled(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, name)));
}
