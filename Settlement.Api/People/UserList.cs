using System.Globalization;
using CsvHelper;
using NodaTime;
using Settlement.Domain.People;
using Spectre.Console;

namespace Settlement.Api.People;

/// <summary>Who may do what, for a terminal and, as CSV, for an access review.</summary>
public static class UserList
{
    public static async Task<int> Run(bool csv, CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        var people = await engine.People.Current(stop);
        if (csv)
        {
            Csv(people, Console.Out);
        }
        else
        {
            Print(people);
        }

        return ExitCode.Done;
    }

    /// <summary>One line per account: what it may do, when it was used, what pair of its rights is forbidden.</summary>
    public static void Csv(Domain.People.People people, TextWriter to)
    {
        using var csv = new CsvWriter(
            to,
            new CsvHelper.Configuration.CsvConfiguration(CultureInfo.InvariantCulture)
            {
                InjectionOptions = CsvHelper.Configuration.InjectionOptions.Escape,
            },
            leaveOpen: true);
        foreach (var head in new[] { "user", "full_name", "kind", "active", "roles", "rights", "created", "last_sign_in", "conflict" })
        {
            csv.WriteField(head);
        }

        csv.NextRecord();
        foreach (var user in people.Users)
        {
            csv.WriteField(user.Name);
            csv.WriteField(user.FullName);
            csv.WriteField(Kind(user));
            csv.WriteField(user.IsActive ? "yes" : "no");
            csv.WriteField(RolesOf(user));
            csv.WriteField(string.Join(' ', Rights.All.Where(user.May)));
            csv.WriteField(Time(user.Created));
            csv.WriteField(Time(user.LastSignIn));
            csv.WriteField(Rights.Conflict([.. user.Roles])?.Code ?? "");
            csv.NextRecord();
        }
    }

    internal static string Kind(User user) => user.Kind.ToString().ToLowerInvariant();

    internal static string RolesOf(User user) => string.Join(", ", user.Roles.Select(Roles.Name));

    private static void Print(Domain.People.People people)
    {
        if (people.IsEmpty)
        {
            Console.WriteLine("There are no accounts: 'serve' makes the first admin, 'users add NAME --role admin' too.");
            return;
        }

        var table = new Table().AddColumns("User", "Name", "Roles", "Kind", "Last sign-in (UTC)");
        foreach (var user in people.Users)
        {
            table.AddRow(
                Markup.Escape(user.Name), Markup.Escape(user.FullName), RolesOf(user),
                user.IsActive ? Kind(user) : "closed",
                user.LastSignIn is { } at ? Figures.Minute(at) : "never");
        }

        AnsiConsole.Write(table);
    }

    private static string Time(Instant? at) => at is { } time ? Figures.Time(time) : "";
}
