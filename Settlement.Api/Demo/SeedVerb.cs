using System.CommandLine;

namespace Settlement.Api.Demo;

public static class SeedVerb
{
    public static Command Create()
    {
        var month = new Option<string>("--month");
        var command = new Command("seed", "Makes a month of made-up but lifelike CDRs.");
        command.Options.Add(month);
        command.SetAction(parsed => Console.WriteLine(parsed.GetValue(month)));
        return command;
    }
}
