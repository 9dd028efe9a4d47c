using System.Runtime.CompilerServices;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Reconciliation;
using Settlement.Projections.Statements;

namespace Settlement.Api.Reconciliation;

/// <summary>What we have of a relationship and month.</summary>
/// <param name="cpo">Only what this CPO charged; null = both directions.</param>
public sealed class OwnCdrs(ReconciliationQueries queries, Relationship relationship, YearMonth month, PartyId? cpo)
    : IOwnBooks
{
    private const int AtATime = 5000;

    public async IAsyncEnumerable<ListedCdr> List([EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var row in queries.Month(relationship, month, cpo, stop))
        {
            yield return row;
        }

        await foreach (var row in queries.Held(relationship, cpo, stop))
        {
            yield return row;
        }
    }

    public async Task<IReadOnlyList<ListedCdr>> Adjacent(IReadOnlyList<ListedCdr> theirs, CancellationToken stop)
    {
        var rows = new List<ListedCdr>();
        foreach (var chunk in theirs.Where(row => row.Cpo is not null).Select(StreamOf).Chunk(AtATime))
        {
            rows.AddRange(await queries.Adjacent(relationship, month, chunk, stop));
        }

        return rows;
    }

    private static string StreamOf(ListedCdr row) => CdrStreams.Name(new CdrKey(row.Cpo!.Value, row.Id));
}
