using System.Diagnostics;
using System.Globalization;

namespace Settlement.Tests.Ops;

/// <summary>ops/pg/with: a server for as long as somebody uses it, however they end.</summary>
public sealed class PrivateClusterTests : IDisposable
{
    private const int Patience = 60_000;

    // open to the server's own user, and with spaces in its path
    private readonly string temporary = Directory.CreateDirectory(
        Path.Combine(Path.GetTempPath(), $"settlement ops {Guid.NewGuid():n}")).FullName;

    public void Dispose() => Directory.Delete(temporary, recursive: true);

    [Fact(Timeout = Patience)]
    public async Task The_commands_exit_code_is_passed_on_and_nothing_is_left()
    {
        var stop = TestContext.Current.CancellationToken;
        using var with = Start("echo \"$SETTLEMENT_TEST_DB\"; exit 7");
        (await with.StandardOutput.ReadLineAsync(stop)).ShouldNotBeNull().ShouldStartWith("Host=127.0.0.1;Port=");
        await with.WaitForExitAsync(stop);
        with.ExitCode.ShouldBe(7);
        Directory.GetFileSystemEntries(temporary).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task Input_reaches_the_command()
    {
        var stop = TestContext.Current.CancellationToken;
        using var with = Start("read line; echo \"got $line\"");
        await with.StandardInput.WriteLineAsync("this");
        (await with.StandardOutput.ReadLineAsync(stop)).ShouldBe("got this");
        await with.WaitForExitAsync(stop);
    }

    [Fact(Timeout = Patience)]
    public async Task A_user_that_is_killed_leaves_neither_its_command_nor_its_server()
    {
        var stop = TestContext.Current.CancellationToken;
        using var with = Start("echo $$; head -1 \"$TMPDIR\"/*/cluster/postmaster.pid; exec sleep 600");
        using var command = Process.GetProcessById(await Number(with, stop));
        using var server = Process.GetProcessById(await Number(with, stop));
        var deleted = new TaskCompletionSource();
        using var watcher = new FileSystemWatcher(temporary) { EnableRaisingEvents = true };
        watcher.Deleted += (_, _) => deleted.TrySetResult();

        with.Kill();

        await command.WaitForExitAsync(stop);
        await server.WaitForExitAsync(stop);
        await deleted.Task.WaitAsync(stop);
        Directory.GetFileSystemEntries(temporary).ShouldBeEmpty();
    }

    private static async Task<int> Number(Process from, CancellationToken stop) =>
        int.Parse((await from.StandardOutput.ReadLineAsync(stop))!, CultureInfo.InvariantCulture);

    private Process Start(string script) =>
        Run(Path.Combine(Checkout.Root, "ops", "pg", "with"), "--test", "bash", "-c", script);

    private Process Run(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            Environment = { ["TMPDIR"] = temporary },
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
}
