using System.CommandLine;
using NodaTime;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.People;

namespace Settlement.Api.Export;

/// <summary>
/// <c>export hledger|beancount|gl MONTH [--books PARTY] [--partner P] [--shape quickbooks|netsuite] [--accounts FILE]
/// [--out PATH] [--actor USER] [--again]</c>: a month's journal for other programs. A general ledger's file that somebody
/// posts is remembered: who names themselves marks it exported, and a second one takes --again.
/// </summary>
public static class ExportVerb
{
    private sealed record Wanted(
        string Kind, YearMonth Month, PartyId? Books, PartyId? Partner, GlShape Shape, GlAccounts Accounts, string? Path,
        string? Actor, bool Again);

    public static Command Create()
    {
        var kind = new Argument<string>("KIND") { Description = "hledger | beancount | gl" };
        kind.AcceptOnlyFromAmong("hledger", "beancount", "gl");
        var month = Output.MonthArgument();
        var books = new Option<string?>("--books") { Description = "whose books, as in CA-FLO; without it the ledger of both" };
        var partner = new Option<string?>("--partner") { Description = "only the relationship with this party" };
        var shape = new Option<string>("--shape")
        {
            Description = "of gl: quickbooks | netsuite",
            DefaultValueFactory = _ => "quickbooks",
        };
        shape.AcceptOnlyFromAmong("quickbooks", "netsuite");
        var accounts = new Option<string?>("--accounts") { Description = "of gl: a file of account,gl_account" };
        var path = Output.OutOption();
        var actor = Acting.ActorOption("of gl: who posts it; marks the month as exported");
        var again = new Option<bool>("--again") { Description = "of gl: once more, although it was exported" };
        var command = new Command("export", "A month's journal for hledger, beancount or a general ledger.")
        {
            kind, month, books, partner, shape, accounts, path, actor, again,
        };
        command.SetAction((parsed, stop) => Read(
            parsed.GetValue(kind)!, parsed.GetValue(month)!, parsed.GetValue(books), parsed.GetValue(partner),
            parsed.GetValue(shape)!, parsed.GetValue(accounts), parsed.GetValue(path), out var refusal) is { } wanted
                ? Run(wanted with { Actor = parsed.GetValue(actor), Again = parsed.GetValue(again) }, stop)
                : Task.FromResult(Shell.Refuse(refusal!)));
        return command;
    }

    private static Wanted? Read(
        string kind, string monthText, string? booksText, string? partnerText, string shape, string? accountsFile,
        string? path, out Refusal? refusal)
    {
        if (Output.Month(monthText, out refusal) is not { } month)
        {
            return null;
        }

        var books = booksText is null ? null : Output.Party(booksText, out refusal);
        var partner = partnerText is null || refusal is not null ? null : Output.Party(partnerText, out refusal);
        if (refusal is null && kind == "gl" && books is null)
        {
            refusal = new Refusal("export.books-missing", "A general ledger is one company's: say whose, --books CA-FLO.");
        }

        var accounts = GlAccounts.OwnNames;
        if (refusal is null && accountsFile is not null)
        {
            var (read, malformed) = File.Exists(accountsFile)
                ? GlAccounts.Read(File.ReadAllText(accountsFile), Path.GetFileName(accountsFile))
                : (null, new Refusal("file.missing", $"There is no file {accountsFile}."));
            (accounts, refusal) = (read ?? accounts, malformed);
        }

        return refusal is null
            ? new Wanted(
                kind, month, books, partner, GlShapes.Of(shape)!.Value, accounts, path,
                null, false)
            : null;
    }

    private static async Task<int> Run(Wanted wanted, CancellationToken stop)
    {
        await using var engine = await Engine.Open(stop);
        if (wanted.Kind == "gl")
        {
            return await Ledger(engine, wanted, stop);
        }

        var (tenants, home) = await Tenants(engine, wanted.Books, wanted.Partner, stop);
        if (tenants.Count == 0)
        {
            return Shell.Refuse(Nothing);
        }

        await using var journal = await JournalExport.Open(engine, wanted.Month, home, tenants, stop);
        await using var to = Output.Open(wanted.Path);
        await Write(to, journal, wanted.Kind, wanted.Shape, wanted.Accounts, stop);
        return ExitCode.Done;
    }

    // who is named posts it: that is remembered; without a name it is a copy to look at
    private static async Task<int> Ledger(Engine engine, Wanted wanted, CancellationToken stop)
    {
        if (wanted.Actor is { } actor && await engine.Allow(actor, Right.PreparePeriod, stop) is { } forbidden)
        {
            return Shell.Refuse(forbidden);
        }

        var asked = new GlAsked(wanted.Month, wanted.Books!.Value, wanted.Partner, wanted.Shape, wanted.Accounts)
        {
            Actor = wanted.Actor,
            Again = wanted.Again,
        };
        var (file, refusal) = await GlExport.Make(engine, asked, stop);
        if (file is null)
        {
            return Shell.Refuse(refusal!);
        }

        await using (var to = Output.Open(wanted.Path))
        {
            await to.WriteAsync(file.Bytes, stop);
        }

        if (wanted.Actor is null)
        {
            Console.Error.WriteLine(file.Already?.Message ?? "Not marked as exported: who posts it says so with --actor.");
        }

        return wanted.Actor is null && file.Already is not null ? ExitCode.Found : ExitCode.Done;
    }

    internal static Refusal Nothing { get; } =
        new("relationship.unknown", "No relationship of these parties has anything to export.");

    /// <summary>Relationships of the parties named, and the home id of whose books are kept.</summary>
    public static async Task<(IReadOnlyList<string> Tenants, PartyId? Home)> Tenants(
        Engine engine, PartyId? books, PartyId? partner, CancellationToken stop)
    {
        var book = await engine.Books.Current(stop);
        var home = books is { } party ? book.Home(party) : (PartyId?)null;
        var other = partner is { } named ? book.Home(named) : (PartyId?)null;
        return ([.. (await engine.Reports.TenantsWithMovement(null, stop)).Where(tenant =>
            Relationship.Parse(tenant) is { } pair
            && (home is null || pair.Has(home.Value)) && (other is null || pair.Has(other.Value)))], home);
    }

    public static Task Write(
        Stream to, JournalExport journal, string kind, GlShape shape, GlAccounts accounts, CancellationToken stop) =>
        kind switch
        {
            "hledger" => HledgerWriter.Write(to, journal, stop),
            "beancount" => BeancountWriter.Write(to, journal, stop),
            _ => GlWriter.Write(to, journal, shape, accounts, stop),
        };
}
