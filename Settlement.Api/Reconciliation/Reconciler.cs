using Settlement.Domain.Agreements;
using Settlement.Domain.Reconciliation;

namespace Settlement.Api.Reconciliation;

/// <summary>What our side can still be asked while the lists are compared.</summary>
public interface IOwnBooks
{
    /// <summary>Of these ids, what we settled in an adjacent month.</summary>
    Task<IReadOnlyList<ListedCdr>> Adjacent(IReadOnlyList<ListedCdr> theirs, CancellationToken stop);
}

/// <summary>
/// Compares lists of any size in flat memory: rows go to temporary files apart by the key of each tier, and the tiers of
/// the domain see one piece at a time. The same answer as with everything at once.
/// </summary>
public static class Reconciler
{
    /// <param name="ours">The month's list and what is held; several entries of one CDR count together.</param>
    public static async Task<ReconciliationResult> Run(
        IAsyncEnumerable<ListedCdr> ours, IAsyncEnumerable<ListedCdr> theirs, IOwnBooks? books,
        ReconciliationTerms terms, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("settlement-reconcile-").FullName;
        var outcome = new OutcomeFile(Path.Combine(folder, "outcome"));
        try
        {
            var run = new Work(folder, outcome, books, terms);
            await run.All(ours, theirs, stop);
            outcome.Finish();
            return new ReconciliationResult(folder, outcome, run.Summary, terms);
        }
        catch
        {
            outcome.Dispose();
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    private sealed class Work(string folder, OutcomeFile outcome, IOwnBooks? books, ReconciliationTerms terms)
    {
        public ReconciliationSummary Summary { get; } = new();

        public async Task All(
            IAsyncEnumerable<ListedCdr> ours, IAsyncEnumerable<ListedCdr> theirs, CancellationToken stop)
        {
            using var first = new Stage(folder, "id");
            await foreach (var row in ours.WithCancellation(stop))
            {
                first.Ours.Add(row, row.Key);
            }

            await foreach (var row in theirs.WithCancellation(stop))
            {
                first.Theirs.Add(row, row.Key);
            }

            using var second = new Stage(folder, "session");
            await Pieces(first, second, row => row.SessionKey, ById, stop);
            using var third = new Stage(folder, "authorization");
            await Pieces(
                second, third, row => row.AuthorizationKey,
                (one, other, _) => Now(MatchTiers.BySession(one, other, terms)), stop);
            using var fourth = new Stage(folder, "moment");
            await Pieces(
                third, fourth, row => row.EvseKey,
                (one, other, _) => Now(MatchTiers.ByAuthorization(one, other, terms)), stop);
            await Pieces(fourth, null, _ => null, (one, other, _) => Now(MatchTiers.ByMoment(one, other, terms)), stop);
        }

        private static Task<TierResult> Now(TierResult result) => Task.FromResult(result);

        private async Task Pieces(
            Stage from, Stage? to, Func<ListedCdr, string?> key,
            Func<IReadOnlyList<ListedCdr>, IReadOnlyList<ListedCdr>, CancellationToken, Task<TierResult>> tier,
            CancellationToken stop)
        {
            for (var piece = 0; piece < RowSpill.Pieces; piece++)
            {
                stop.ThrowIfCancellationRequested();
                var result = await tier(from.Ours.Take(piece), from.Theirs.Take(piece), stop);
                Emit(result.Found);
                if (to is null)
                {
                    Emit(MatchTiers.Alone(result.Ours, result.Theirs));
                    continue;
                }

                foreach (var row in result.Ours)
                {
                    to.Ours.Add(row, key(row));
                }

                foreach (var row in result.Theirs)
                {
                    to.Theirs.Add(row, key(row));
                }
            }
        }

        private async Task<TierResult> ById(
            IReadOnlyList<ListedCdr> ours, IReadOnlyList<ListedCdr> theirs, CancellationToken stop)
        {
            var here = MatchTiers.ByKey(ListedCdr.Merged(ours), ListedCdr.Merged(theirs), terms);
            if (books is null || here.Theirs.Count == 0)
            {
                return here;
            }

            var adjacent = await books.Adjacent([.. here.Theirs.Where(row => row.Key is not null)], stop);
            var there = MatchTiers.ByKey(adjacent, here.Theirs, terms);
            return new TierResult([.. here.Found, .. there.Found], here.Ours, there.Theirs);
        }

        private void Emit(IEnumerable<ReconciledRow> rows)
        {
            foreach (var row in rows)
            {
                outcome.Add(row);
                Summary.Add(row);
            }
        }
    }

    private sealed class Stage(string folder, string name) : IDisposable
    {
        public RowSpill Ours { get; } = new(folder, name + "-ours");

        public RowSpill Theirs { get; } = new(folder, name + "-theirs");

        public void Dispose()
        {
            Ours.Dispose();
            Theirs.Dispose();
        }
    }
}

/// <summary>A finished comparison; its rows lie in a temporary folder until it is disposed.</summary>
public sealed class ReconciliationResult : IDisposable
{
    private readonly string folder;
    private readonly OutcomeFile outcome;
    private readonly IReadOnlySet<(PartyId? Cpo, string Currency)> over;

    internal ReconciliationResult(
        string folder, OutcomeFile outcome, ReconciliationSummary summary, ReconciliationTerms terms)
    {
        (this.folder, this.outcome) = (folder, outcome);
        over = summary.OverTheCap(terms);
        Summary = over.Count == 0 ? summary : ReconciliationSummary.Of(Rows());
    }

    public ReconciliationSummary Summary { get; }

    /// <summary>In the order of tiers and keys: the same for the same rows, however they were ordered.</summary>
    public IEnumerable<ReconciledRow> Rows() =>
        over.Count == 0 ? outcome.Rows() : outcome.Rows().Select(row => Reconciling.Capped(row, over));

    /// <summary>Disputes as they could be opened out of it.</summary>
    public IEnumerable<DisputeProposal> Disputes() => Rows().Select(DisputeProposal.Of).OfType<DisputeProposal>();

    public void Dispose()
    {
        outcome.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
