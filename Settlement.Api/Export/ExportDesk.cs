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
                return new Refusal("export.already", string.Create(CultureInfo.InvariantCulture,
                    $"{tenant} {Ids(month)}: {last.Entries} entries up to event {last.UpTo} went into the books of {books} "
                    + $"on {last.On:uuuu'-'MM'-'dd} by {last.By} ({last.Shape}, file {last.Sha256[..12]}…); to export them once more: --again."));
            }
        }

        return null;
    }

    /// <summary>Each relationship's part of one file.</summary>
    public async Task<Refusal?> Record(
        JournalExport journal, PartyId books, string shape, string sha256, LocalDate on, string by, CancellationToken stop)
    {
        foreach (var (tenant, part) in journal.Exported.OrderBy(each => each.Key, StringComparer.Ordinal))
        {
            var stream = ExportFact.Stream(books, journal.Month);
            var refused = await StreamDecision.Decide(store, tenant, by, async () => new Attempt(
                stream, "export", (await Done(tenant, books, journal.Month, stop)).Count,
                [new ExportFact.LedgerExported(books, journal.Month, part.UpTo, part.Entries, shape, sha256, on, by)]), stop);
            if (refused is not null)
            {
                return refused;
            }
        }

        return null;
    }

    private static string Ids(YearMonth month) => Projections.Tables.Ids.Text(month);
}
