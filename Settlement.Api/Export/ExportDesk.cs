using System.Globalization;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Books;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Export;

/// <summary>Remembers what of a month went into a party's general ledger, and says so the second time.</summary>
public sealed class ExportDesk(EventStore store)
{
    /// <summary>Exports of a party's month with one counterparty, in their order.</summary>
    public async Task<IReadOnlyList<ExportFact.LedgerExported>> Done(
        string tenant, PartyId books, YearMonth month, CancellationToken stop) =>
        await store.ReadStream(tenant, ExportFact.Stream(books, month), stop: stop)
            .Select(recorded => (ExportFact.LedgerExported)recorded.Fact).ToListAsync(stop);

    /// <summary>Why it would be posted twice; null = none of it was exported yet.</summary>
    public async Task<Refusal?> Again(
        IReadOnlyList<string> tenants, PartyId books, YearMonth month, CancellationToken stop)
    {
        foreach (var tenant in tenants)
        {
            if (await Done(tenant, books, month, stop) is [.., var last])
            {
                return Already(tenant, last);
            }
        }

        return null;
    }

    /// <summary>Marks each relationship's part of one file; of two who post at once the second is refused.</summary>
    public async Task<Refusal?> Record(
        JournalExport journal, PartyId books, GlAsked asked, string sha256, LocalDate on, CancellationToken stop)
    {
        var by = asked.Actor ?? throw new InvalidOperationException("Somebody must have posted it.");
        foreach (var (tenant, part) in journal.Exported.OrderBy(each => each.Key, StringComparer.Ordinal))
        {
            var refused = await StreamDecision.Decide(store, tenant, by, async () =>
            {
                var done = await Done(tenant, books, asked.Month, stop);
                return done is [.., var last] && !asked.Again
                    ? Attempt.No(Already(tenant, last))
                    : new Attempt(ExportFact.Stream(books, asked.Month), "export", done.Count,
                        [new ExportFact.LedgerExported(
                            books, asked.Month, part.UpTo, part.Entries, asked.Shape.ToString(), sha256, on, by)]);
            }, stop);
            if (refused is not null)
            {
                return refused;
            }
        }

        return null;
    }

    private static Refusal Already(string tenant, ExportFact.LedgerExported last) => new(
        "export.already", string.Create(CultureInfo.InvariantCulture,
            $"{tenant} {last.Month.Text()}: {last.Entries} entries up to event {last.UpTo} went into the books of {last.Books} "
            + $"on {last.On.Text()} by {last.By} ({last.Shape}, file {last.Sha256[..12]}…); to export them once more, ask for it again (--again)."));
}
