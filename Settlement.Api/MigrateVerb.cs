using System.CommandLine;

namespace Settlement.Api;

/// <summary><c>migrate</c>: brings the schema up to date; every other verb does so too.</summary>
public static class MigrateVerb
{
    public static Command Create()
    {
        var command = new Command("migrate", "Brings the database schema up to date.");
        command.SetAction(async (_, stop) =>
        {
            await using var engine = await Engine.Open(stop);
            Console.WriteLine("The schema is up to date.");
            return ExitCode.Done;
        });
        return command;
    }
}
