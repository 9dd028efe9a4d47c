using System.Runtime.CompilerServices;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Books;
using Settlement.Projections.Statements;

namespace Settlement.Api.Export;

/// <summary>One transaction in the books that are exported.</summary>
/// <param name="Code">Unique in the export: relationship and number of the event.</param>
/// <param name="Payee">Who it is with.</param>
/// <param name="Cdr">CPO and id of the CDR, <c>US/CPI/id</c>; null where it is about none.</param>
public sealed record BookTransaction(
    LocalDate Day, string Code, string Payee, string Text, string Kind, string? Cdr, string Currency,
    IReadOnlyList<BookPosting> Postings);

/// <summary>What an account holds, debit minus credit, minor units of its currency.</summary>
public sealed record BookBalance(BookAccount Account, string Currency, long Minor);

/// <summary>A month in somebody's books: balances before and after, and what lies between.</summary>
public sealed class JournalExport : IAsyncDisposable
{
    private readonly ExportSession session;
    private readonly Dictionary<string, IBooks> books;
    private readonly Dictionary<string, string> payees;

    private JournalExport(
        ExportSession session, YearMonth month, string title, Dictionary<string, IBooks> books,
        Dictionary<string, string> payees)
    {
        (this.session, Month, Title, this.books, this.payees) = (session, month, title, books, payees);
    }

    public YearMonth Month { get; }

    public string Title { get; }

    /// <summary>Each account once, in the order of names.</summary>
    public IReadOnlyList<BookBalance> Opening { get; private set; } = [];

    public IReadOnlyList<BookBalance> Closing { get; private set; } = [];

    public IReadOnlyList<string> Payees => [.. payees.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public IReadOnlyList<string> Currencies =>
        [.. Closing.Select(balance => balance.Currency).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>What was streamed so far: entries per relationship, and the number of the last event among them.</summary>
    public Dictionary<string, (long Entries, long UpTo)> Exported { get; } = new(StringComparer.Ordinal);

    public LocalDate FirstDay => Month.OnDayOfMonth(1);

    public LocalDate LastDay => Month.ToDateInterval().End;

    /// <param name="party">Whose books; null = the ledger as it is, both sides.</param>
    /// <param name="tenants">Relationships to export.</param>
    public static async Task<JournalExport> Open(
        Engine engine, YearMonth month, PartyId? party, IReadOnlyList<string> tenants, CancellationToken stop)
    {
        var book = await engine.Books.Current(stop);
        var zones = new Dictionary<string, string>(StringComparer.Ordinal);
        var views = new Dictionary<string, IBooks>(StringComparer.Ordinal);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tenant in tenants)
        {
            var relationship = Relationship.Parse(tenant)!.Value;
            zones[tenant] = (await engine.Books.Terms(relationship, month, stop)).Zone;
            views[tenant] = party is { } own
                ? new PartyBooks(own, book.Party(own)?.Aliases ?? [], relationship)
                : new NeutralBooks();
            names[tenant] = party is { } one ? relationship.Other(one).ToString() : tenant;
        }

        var read = await new ExportQueries(engine.Database).Open(month, zones, stop);
        var export = new JournalExport(
            read, month, party is null ? "Roaming ledger" : $"Roaming books of {party}", views, names);
        export.Opening = await export.Balances(month.PlusMonths(-1), party is null, stop);
        export.Closing = await export.Balances(month, party is null, stop);
        return export;
    }

    /// <summary>The month's transactions in the order of their days, streamed.</summary>
    public async IAsyncEnumerable<BookTransaction> Transactions([EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var entry in session.Entries(stop))
        {
            var cdr = entry is { Cpo: { } cpo, CdrId: { } id } ? $"{cpo.CountryCode}/{cpo.Code}/{Plain(id)}" : null;
            var before = Exported.GetValueOrDefault(entry.Tenant);
            Exported[entry.Tenant] = (before.Entries + 1, Math.Max(before.UpTo, entry.Number));
            var code = $"{entry.Tenant}/{entry.Number}";
            yield return new BookTransaction(
                entry.Day, entry.Cpo is null ? $"{code}.{entry.Line}" : code, payees[entry.Tenant],
                $"{entry.Kind} {cdr ?? Words(entry.Reference ?? "")}", entry.Kind, cdr, entry.Currency,
                books[entry.Tenant].Of(entry.Currency, entry.Postings));
        }
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();

    private async Task<IReadOnlyList<BookBalance>> Balances(YearMonth until, bool neutral, CancellationToken stop)
    {
        var sums = new SortedDictionary<(BookAccount Account, string Currency), long>();
        var entries = neutral ? await session.Balances(until, stop) : await session.Directions(until, stop);
        foreach (var entry in entries)
        {
            Add(entry.Tenant, entry.Currency, entry.Postings);
        }

        if (!neutral)
        {
            await foreach (var entry in session.Journals(until, stop))
            {
                Add(entry.Tenant, entry.Currency, entry.Postings);
            }
        }

        return [.. sums.Select(sum => new BookBalance(sum.Key.Account, sum.Key.Currency, sum.Value))];

        void Add(string tenant, string currency, IReadOnlyList<NeutralPosting> postings)
        {
            foreach (var line in books[tenant].Of(currency, postings))
            {
                var key = (line.Account, currency);
                sums[key] = sums.GetValueOrDefault(key) + line.Debit - line.Credit;
            }
        }
    }

    /// <summary>An id as a tag's value: what could end it is written as in an address.</summary>
    internal static string Plain(string id) => Uri.EscapeDataString(id);

    /// <summary>What a person wrote, without what a journal would read as its own.</summary>
    private static string Words(string text) =>
        new([.. text.Select(c => char.IsLetterOrDigit(c) || " ._:/@+-~".Contains(c, StringComparison.Ordinal) ? c : '-')]);
}
