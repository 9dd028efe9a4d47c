using System.Diagnostics;
using System.Text.RegularExpressions;
using Settlement.Tests.Postgres;

namespace Settlement.Tests.Demo;

/// <summary>What README shows of the demo month is what the program prints: line by line, in README's own order.</summary>
public sealed partial class ReadmeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Every_figure_of_the_first_five_minutes_is_what_its_command_prints()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var database = await (await TestCluster.Shared()).NewDatabase(migrated: true);
        using var folder = new Folder();
        using var server = folder.Start(database, "run", "--port", "0");
        await Served(server, stop);
        var wrong = new List<string>();
        foreach (var (command, shown) in Commands())
        {
            var printed = await folder.Print(database, command, stop);
            if (Missing(shown, printed).ToList() is { Count: > 0 } missing)
            {
                wrong.Add($"$ {command}\n  not printed:\n{string.Join('\n', missing)}\n  printed:\n{printed}");
            }
        }

        server.Kill(entireProcessTree: true);
        wrong.ShouldBeEmpty(string.Join('\n', wrong));
    }

    private static async Task Served(Process server, CancellationToken stop)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(Patience);
        while (await server.StandardOutput.ReadLineAsync(late.Token) is { } line)
        {
            if (line.Contains("Serving", StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException(await server.StandardError.ReadToEndAsync(stop));
    }

    /// <summary>The commands of the section and what is shown under each; a command without output changes the month.</summary>
    private static List<(string Command, List<string> Shown)> Commands()
    {
        var readme = File.ReadAllText(Path.Combine(Checkout.Root, "README.md"));
        var from = readme.IndexOf("## Five minutes", StringComparison.Ordinal);
        var section = readme[from..readme.IndexOf("Your own CDRs:", StringComparison.Ordinal)];
        var commands = new List<(string Command, List<string> Shown)>();
        foreach (var line in section.Split("```").Where((_, i) => i % 2 == 1).SelectMany(block => block.Trim().Split('\n')))
        {
            if (Prompt().Match(line) is { Success: true } prompt)
            {
                commands.Add((prompt.Groups["command"].Value.Split('#')[0].Trim(), []));
            }
            else
            {
                commands[^1].Shown.Add(line);
            }
        }

        commands.Count(command => command.Shown.Count > 0).ShouldBeGreaterThan(4);
        return [.. commands.Where(command => !command.Command.Contains("their-list", StringComparison.Ordinal))];
    }

    /// <summary>Shown lines that were not printed in this order; … stands for anything.</summary>
    private static IEnumerable<string> Missing(List<string> shown, string printed)
    {
        var lines = Colours().Replace(printed, "").Split('\n').Select(line => line.Trim()).ToList();
        var at = 0;
        foreach (var line in shown.Select(line => line.Trim()).Where(line => line is not ("…" or "")))
        {
            var form = new Regex(
                "^" + string.Join(".*", line.Split('…').Select(Regex.Escape)) + "$", RegexOptions.None,
                TimeSpan.FromSeconds(1));
            // the line that describes what is left out is in words
            if (line.StartsWith("… ", StringComparison.Ordinal))
            {
                continue;
            }

            var found = lines.FindIndex(at, form.IsMatch);
            if (found < 0)
            {
                yield return line;
            }
            else
            {
                at = found + 1;
            }
        }
    }

    [GeneratedRegex(@"^\$ ops/settle (?<command>.*)$", RegexOptions.None, 1000)]
    private static partial Regex Prompt();

    // a library may take a build server's log for a terminal
    [GeneratedRegex(@"\x1b\[[0-9;]*m", RegexOptions.None, 1000)]
    private static partial Regex Colours();

    /// <summary>A folder to work in, and the program in it.</summary>
    private sealed class Folder : IDisposable
    {
        private readonly string path = Directory.CreateTempSubdirectory("readme").FullName;

        public Process Start(TestDatabase database, params string[] arguments)
        {
            var program = new ProcessStartInfo("dotnet")
            {
                WorkingDirectory = path,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            program.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "settlement.dll"));
            Array.ForEach(arguments, program.ArgumentList.Add);
            program.Environment["SETTLEMENT_DB"] = database.ConnectionString;
            program.Environment["SETTLEMENT_HOME"] = path;
            program.Environment["COLUMNS"] = "200";
            return Process.Start(program)!;
        }

        public async Task<string> Print(TestDatabase database, string command, CancellationToken stop)
        {
            using var process = Start(database, command.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(stop), process.StandardError.ReadToEndAsync(stop));
            await process.WaitForExitAsync(stop);
            return await output + await errors;
        }

        public void Dispose() => Directory.Delete(path, recursive: true);
    }
}
