namespace Settlement.Domain.Reconciliation;

/// <summary>What a tier found, and the rows that are left for the next one.</summary>
public sealed record TierResult(
    IReadOnlyList<ReconciledRow> Found, IReadOnlyList<ListedCdr> Ours, IReadOnlyList<ListedCdr> Theirs);

/// <summary>
/// The four ways to find the same CDR in two lists, the surest first. Each looks only at rows with an equal key, so
/// that rows may be worked on in pieces as long as equal keys stay together; none looks at the order of rows.
/// </summary>
public static class MatchTiers
{
    private const int PairsTried = 10_000;

    /// <summary>Tier 1: owner, id without case, and whether it is a credit. A key that repeats in a list is a duplicate.</summary>
    public static TierResult ByKey(
        IReadOnlyList<ListedCdr> ours, IReadOnlyList<ListedCdr> theirs, ReconciliationTerms terms)
    {
        var found = new List<ReconciledRow>();
        var (leftOurs, leftTheirs) = (new List<ListedCdr>(), new List<ListedCdr>());
        foreach (var (one, other) in Groups(ours, theirs, row => row.Key, leftOurs, leftTheirs))
        {
            var known = Best(one);
            var pair = Pair(known, other, terms);
            if (pair is not null)
            {
                found.Add(pair);
            }

            var first = pair?.Ours ?? known.Min(ByContent);
            var second = pair?.Theirs ?? other.Min(ByContent);
            found.AddRange(known.Where(row => !ReferenceEquals(row, first) && row.Standing == ListStanding.Listed)
                .Select(row => new ReconciledRow(ReconciliationCategory.DUPLICATE_OURS, "", 1, row, null)));
            found.AddRange(other.Where(row => !ReferenceEquals(row, second))
                .Select(row => new ReconciledRow(ReconciliationCategory.DUPLICATE_THEIRS, "", 1, null, row)));
            if (pair is null)
            {
                leftOurs.AddRange(known.Where(row => ReferenceEquals(row, first)));
                leftTheirs.AddRange(other.Where(row => ReferenceEquals(row, second)));
            }
        }

        return new TierResult(found, leftOurs, leftTheirs);
    }

    /// <summary>Tier 2: the session.</summary>
    public static TierResult BySession(
        IReadOnlyList<ListedCdr> ours, IReadOnlyList<ListedCdr> theirs, ReconciliationTerms terms) =>
        ByReference(ours, theirs, row => row.SessionKey, 2, terms);

    /// <summary>Tier 3: the eMSP's own reference, echoed by the CPO.</summary>
    public static TierResult ByAuthorization(
        IReadOnlyList<ListedCdr> ours, IReadOnlyList<ListedCdr> theirs, ReconciliationTerms terms) =>
        ByReference(ours, theirs, row => row.AuthorizationKey, 3, terms);

    /// <summary>Tier 4: the same EVSE, about the same moment and energy, and the same driver where both tell one.</summary>
    public static TierResult ByMoment(
        IReadOnlyList<ListedCdr> ours, IReadOnlyList<ListedCdr> theirs, ReconciliationTerms terms)
    {
        var found = new List<ReconciledRow>();
        var (leftOurs, leftTheirs) = (new List<ListedCdr>(), new List<ListedCdr>());
        foreach (var (one, other) in Groups(ours, theirs, row => row.EvseKey, leftOurs, leftTheirs))
        {
            if (one.Count == 0 || other.Count == 0)
            {
                leftOurs.AddRange(one);
                leftTheirs.AddRange(other);
                continue;
            }

            var (nearOurs, nearTheirs) = (new Nearby(one, terms), new Nearby(other, terms));
            foreach (var row in one)
            {
                var candidates = nearTheirs.Of(row);
                if (candidates.Count == 0)
                {
                    leftOurs.Add(row);
                }
                else if (candidates is [var only] && nearOurs.Of(only).Count == 1)
                {
                    found.Add(CdrComparison.Of(row, only, 4, terms));
                }
                else
                {
                    AddAmbiguous(found, row, isOurs: true, 4);
                }
            }

            foreach (var row in other)
            {
                var candidates = nearOurs.Of(row);
                if (candidates.Count == 0)
                {
                    leftTheirs.Add(row);
                }
                else if (candidates is not [var only] || nearTheirs.Of(only).Count != 1)
                {
                    AddAmbiguous(found, row, isOurs: false, 4);
                }
            }
        }

        return new TierResult(found, leftOurs, leftTheirs);
    }

    /// <summary>What no tier found: missing on the other side, or a credit that only one side has.</summary>
    public static IEnumerable<ReconciledRow> Alone(IReadOnlyList<ListedCdr> ours, IReadOnlyList<ListedCdr> theirs) =>
        ours.Where(row => row.Standing == ListStanding.Listed)
            .Select(row => new ReconciledRow(
                row.Credit ? ReconciliationCategory.CREDITED_ONE_SIDE : ReconciliationCategory.MISSING_THEIRS,
                row.Credit ? "ours" : "", 0, row, null))
            .Concat(theirs.Select(row => new ReconciledRow(
                row.Credit ? ReconciliationCategory.CREDITED_ONE_SIDE : ReconciliationCategory.MISSING_OURS,
                row.Credit ? "theirs" : "", 0, null, row)));

    private static TierResult ByReference(
        IReadOnlyList<ListedCdr> ours, IReadOnlyList<ListedCdr> theirs, Func<ListedCdr, string?> key, int tier,
        ReconciliationTerms terms)
    {
        var found = new List<ReconciledRow>();
        var (leftOurs, leftTheirs) = (new List<ListedCdr>(), new List<ListedCdr>());
        foreach (var (one, other) in Groups(ours, theirs, key, leftOurs, leftTheirs))
        {
            if (one.Count == 0 || other.Count == 0)
            {
                leftOurs.AddRange(one);
                leftTheirs.AddRange(other);
            }
            else if (one is [var first] && other is [var second])
            {
                found.Add(CdrComparison.Of(first, second, tier, terms));
            }
            else
            {
                one.ForEach(row => AddAmbiguous(found, row, isOurs: true, tier));
                other.ForEach(row => AddAmbiguous(found, row, isOurs: false, tier));
            }
        }

        return new TierResult(found, leftOurs, leftTheirs);
    }

    private static void AddAmbiguous(List<ReconciledRow> found, ListedCdr row, bool isOurs, int tier)
    {
        if (row.Standing == ListStanding.Listed)
        {
            found.Add(new ReconciledRow(
                ReconciliationCategory.AMBIGUOUS, "", tier, isOurs ? row : null, isOurs ? null : row));
        }
    }

    /// <summary>A CDR that is in the list counts as that, whatever else is known of it; then what is held.</summary>
    private static List<ListedCdr> Best(List<ListedCdr> rows)
    {
        if (rows.Count < 2)
        {
            return rows;
        }

        var best = rows.Min(row => row.Standing);
        return rows.FindAll(row => row.Standing == best);
    }

    /// <summary>The two that agree best; the choice is the same from either side.</summary>
    private static ReconciledRow? Pair(List<ListedCdr> ours, List<ListedCdr> theirs, ReconciliationTerms terms)
    {
        if (ours.Count == 0 || theirs.Count == 0)
        {
            return null;
        }

        if ((long)ours.Count * theirs.Count > PairsTried)
        {
            return CdrComparison.Of(ours.Min(ByContent)!, theirs.Min(ByContent)!, 1, terms);
        }

        ReconciledRow? best = null;
        foreach (var one in ours)
        {
            foreach (var other in theirs)
            {
                var pair = CdrComparison.Of(one, other, 1, terms);
                best = best is null || Better(pair, best) < 0 ? pair : best;
            }
        }

        return best;
    }

    private static int Better(ReconciledRow a, ReconciledRow b)
    {
        var order = a.Category.CompareTo(b.Category);
        order = order != 0 ? order : ListedCdr.CompareContent(Lower(a), Lower(b));
        return order != 0 ? order : ListedCdr.CompareContent(Higher(a), Higher(b));

        static ListedCdr Lower(ReconciledRow pair) =>
            ListedCdr.CompareContent(pair.Ours!, pair.Theirs!) <= 0 ? pair.Ours! : pair.Theirs!;

        static ListedCdr Higher(ReconciledRow pair) =>
            ListedCdr.CompareContent(pair.Ours!, pair.Theirs!) <= 0 ? pair.Theirs! : pair.Ours!;
    }

    /// <summary>Rows of both lists by key, in the order of keys; rows without one are left over.</summary>
    private static IEnumerable<(List<ListedCdr> Ours, List<ListedCdr> Theirs)> Groups(
        IReadOnlyList<ListedCdr> ours, IReadOnlyList<ListedCdr> theirs, Func<ListedCdr, string?> key,
        List<ListedCdr> leftOurs, List<ListedCdr> leftTheirs)
    {
        var groups = new Dictionary<string, (List<ListedCdr> Ours, List<ListedCdr> Theirs)>(StringComparer.Ordinal);
        foreach (var (rows, isOurs, left) in new[] { (ours, true, leftOurs), (theirs, false, leftTheirs) })
        {
            foreach (var row in rows)
            {
                if (key(row) is not { } name)
                {
                    left.Add(row);
                    continue;
                }

                if (!groups.TryGetValue(name, out var group))
                {
                    groups[name] = group = ([], []);
                }

                (isOurs ? group.Ours : group.Theirs).Add(row);
            }
        }

        return groups.OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => group.Value);
    }

    private static readonly IComparer<ListedCdr> ByContent =
        Comparer<ListedCdr>.Create((a, b) => ListedCdr.CompareContent(a, b));
}
