using System.Diagnostics;

namespace Settlement.Tests.Files;

/// <summary>Other programs that read what ours wrote.</summary>
internal static class Tools
{
    /// <summary>Runs a program on a file; skips the test where it is not on the machine.</summary>
    public static string Run(string tool, byte[] file, params string[] arguments)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);
        if (found is null)
        {
            Assert.Skip($"{tool} is not on this machine.");
        }

        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, file);
            var start = new ProcessStartInfo(found) 
            {
                RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            };
            foreach (var argument in arguments)
            {
                start.ArgumentList.Add(argument == "FILE" ? path : argument);
            }

            using var run = Process.Start(start)!;
            var errors = run.StandardError.ReadToEndAsync();
            var output = run.StandardOutput.ReadToEnd();
            run.WaitForExit();
            run.ExitCode.ShouldBe(0, output + errors.Result);
            return output;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>What a reader sees, page by page.</summary>
    public static string[] Pages(byte[] pdf) =>
        Run("pdftotext", pdf, "-layout", "-enc", "UTF-8", "FILE", "-").TrimEnd('\f').Split('\f');
}
