using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Npgsql;
using Settlement.Domain;

namespace Settlement.Api;

/// <summary>A verb of the command line: its name, and how to make it when it is called.</summary>
public sealed record Verb(string Name, Func<Command> Create);

/// <summary>Runs one verb; whatever happens becomes an exit code and at most one line of error.</summary>
public static class Shell
{
    /// <summary>Runs what <paramref name="args"/> ask for. Ctrl-C and SIGTERM cancel it.</summary>
    public static async Task<int> Run(string[] args, IReadOnlyList<Verb> verbs)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        return await Run(args, verbs, Console.Error, stop.Token);

        void Cancel(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>As above, with the place where errors go and the token that stops it.</summary>
    public static async Task<int> Run(
        string[] args, IReadOnlyList<Verb> verbs, TextWriter errors, CancellationToken stop)
    {
        try
        {
            var parsed = Root(args, verbs).Parse(args);
            if (parsed.Errors.Count > 0)
            {
                var message = string.Join(" ", parsed.Errors.Select(error => error.Message));
                return Say(errors, new Refusal("usage.wrong", message), ExitCode.WrongUse);
            }

            // Signals and exceptions are ours: the library would print a stack and return 1.
            var settings = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Error = errors,
            };
            return await parsed.InvokeAsync(settings, stop);
        }
        catch (Exception failure)
        {
            return Report(failure, errors, stop);
        }
    }

    /// <summary>Says no on standard error and gives the exit code for it.</summary>
    public static int Refuse(Refusal refusal) => Say(Console.Error, refusal, ExitCode.WrongUse);

    private static RootCommand Root(string[] args, IReadOnlyList<Verb> verbs)
    {
        var root = new RootCommand("Settles EV charging between roaming partners.");
        var called = verbs.Where(verb => args is [var first, ..] && verb.Name == first).ToList();
        foreach (var verb in called.Count > 0 ? called : verbs)
        {
            root.Subcommands.Add(verb.Create());
        }

        return root;
    }

    // Not inlined, so that a verb without a database never loads its driver.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Report(Exception failure, TextWriter errors, CancellationToken stop) => failure switch
    {
        OperationCanceledException when stop.IsCancellationRequested => ExitCode.Stopped,
        Projections.EventStore.StoreOutageException e => Say(errors, e.Refusal, ExitCode.Outage),
        Projections.EventStore.SchemaRefusedException e => Say(errors, e.Refusal, ExitCode.WrongUse),
        PostgresException e when !IsOutage(e.SqlState) => Bug(failure, errors),
        NpgsqlException or SocketException or TimeoutException => Say(
            errors, new Refusal("database.unreachable", OneLine(failure.Message)), ExitCode.Outage),
        FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException
            or InvalidDataException => Say(
            errors, new Refusal("file.unreadable", OneLine(failure.Message)), ExitCode.WrongUse),
        Projections.Privacy.MasterKeyException => Say(
            errors, new Refusal("master-key.other", OneLine(failure.Message)), ExitCode.WrongUse),
        JsonException e => Say(
            errors, new Refusal("json.malformed", $"Line {e.LineNumber + 1} is no JSON."), ExitCode.WrongUse),
        _ => Bug(failure, errors),
    };

    /// <summary>Connection, login, resources, shutdown, system: classes 08, 28, 53, 57P, 58.</summary>
    private static bool IsOutage(string state) =>
        state[..2] is "08" or "28" or "53" or "58" || state.StartsWith("57P", StringComparison.Ordinal);

    private static int Say(TextWriter errors, Refusal refusal, int code)
    {
        errors.WriteLine(refusal.ToString());
        return code;
    }

    private static int Bug(Exception failure, TextWriter errors)
    {
        errors.WriteLine(failure.ToString());
        return ExitCode.Bug;
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
