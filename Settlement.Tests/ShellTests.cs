using System.CommandLine;
using Npgsql;
using Settlement.Api;

namespace Settlement.Tests;

/// <summary>What scripts rely on: exit codes and one line of error with a code.</summary>
public sealed class ShellTests : IDisposable
{
    private readonly StringWriter errors = new();

    public void Dispose() => errors.Dispose();

    [Fact]
    public async Task A_verb_gives_its_own_exit_code()
    {
        (await Run(["check"], _ => ExitCode.Found)).ShouldBe(ExitCode.Found);
        errors.ToString().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("chekc")]
    [InlineData("check", "--nothing")]
    [InlineData]
    public async Task Wrong_use_is_exit_2_and_one_line(params string[] args)
    {
        (await Run(args, _ => ExitCode.Done)).ShouldBe(ExitCode.WrongUse);
        errors.ToString().TrimEnd().ShouldEndWith("(usage.wrong)");
        errors.ToString().Count(c => c == '\n').ShouldBe(1);
    }

    [Theory]
    [InlineData("08006", ExitCode.Outage)]
    [InlineData("57P01", ExitCode.Outage)]
    [InlineData("53300", ExitCode.Outage)]
    [InlineData("23505", ExitCode.Bug)]
    public async Task Only_what_a_retry_can_heal_is_an_outage(string state, int code)
    {
        var failure = new PostgresException("first\nsecond", "ERROR", "ERROR", state);
        (await Run(["check"], _ => throw failure)).ShouldBe(code);
    }

    [Fact]
    public async Task A_database_nobody_listens_for_is_exit_3_and_one_line()
    {
        const string Nobody = "Host=127.0.0.1;Port=1;Username=x;Database=x;Timeout=2";
        (await Run(["check"], _ => Connect(Nobody))).ShouldBe(ExitCode.Outage);
        errors.ToString().TrimEnd().ShouldEndWith("(database.unreachable)");
        errors.ToString().Count(c => c == '\n').ShouldBe(1);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_exit_2()
    {
        (await Run(["check"], _ => File.ReadAllText("/no/such/file").Length)).ShouldBe(ExitCode.WrongUse);
        errors.ToString().TrimEnd().ShouldEndWith("(file.unreadable)");
    }

    [Fact]
    public async Task A_stopped_verb_is_exit_130()
    {
        using var stop = new CancellationTokenSource();
        var verb = new Verb("check", () => Command(_ =>
        {
            stop.Cancel();
            stop.Token.ThrowIfCancellationRequested();
            return ExitCode.Done;
        }));
        (await Shell.Run(["check"], [verb], errors, stop.Token)).ShouldBe(ExitCode.Stopped);
    }

    [Fact]
    public async Task Only_the_verb_that_is_called_is_made()
    {
        Verb[] verbs =
        [
            new("check", () => Command(_ => 0)),
            new("other", () => throw new InvalidOperationException()),
        ];
        (await Shell.Run(["check"], verbs, errors, CancellationToken.None)).ShouldBe(ExitCode.Done);
    }

    private Task<int> Run(string[] args, Func<ParseResult, int> action) =>
        Shell.Run(args, [new Verb("check", () => Command(action))], errors, CancellationToken.None);

    private static Command Command(Func<ParseResult, int> action)
    {
        var command = new Command("check", "does what the test says");
        command.SetAction(action);
        return command;
    }

    private static int Connect(string to)
    {
        using var connection = new NpgsqlConnection(to);
        connection.Open();
        return ExitCode.Done;
    }
}
