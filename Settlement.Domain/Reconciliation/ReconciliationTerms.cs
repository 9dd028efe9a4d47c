using Settlement.Domain.Agreements;

namespace Settlement.Domain.Reconciliation;

/// <summary>How far two lists may differ and still agree, and how near rows must be to be the same session.</summary>
public sealed record ReconciliationTerms
{
    private static readonly IReadOnlyDictionary<PartyId, ReconciliationTerms> NoDirections =
        new Dictionary<PartyId, ReconciliationTerms>();

    // after what it is made with
    public static readonly ReconciliationTerms Default = new();

    /// <summary>As agreed, per direction; lines that name no CPO go by the terms of both.</summary>
    public static ReconciliationTerms Of(Agreement agreed, ReferenceBook book)
    {
        var directions = new Dictionary<PartyId, ReconciliationTerms>();
        foreach (var cpo in new[] { agreed.Relationship.A, agreed.Relationship.B })
        {
            var own = Of(agreed.For(cpo)) with { Direction = cpo };
            foreach (var id in (book.Party(cpo)?.Aliases ?? []).Append(cpo))
            {
                directions[id] = own;
            }
        }

        return Of(agreed) with { Directions = directions };
    }

    /// <summary>The CPO whose supplies these are for; null = all.</summary>
    public PartyId? Direction { get; init; }

    /// <summary>Terms of a CPO's own lines, by each id it charges under.</summary>
    public IReadOnlyDictionary<PartyId, ReconciliationTerms> Directions { get; init; } = NoDirections;

    /// <summary>The terms for a CPO's lines.</summary>
    public ReconciliationTerms For(PartyId? cpo) =>
        cpo is { } id && Directions.TryGetValue(id, out var own) ? own : this;

    /// <summary>Other limits of money than agreed, in every direction; null = as agreed.</summary>
    public ReconciliationTerms WithMoney(int? minor, long? cap)
    {
        return Changed(this) with { Directions = Directions.ToDictionary(each => each.Key, each => Changed(each.Value)) };

        ReconciliationTerms Changed(ReconciliationTerms terms) => terms with
        {
            MoneyMinor = minor ?? terms.MoneyMinor,
            MoneyCapMinor = cap ?? terms.MoneyCapMinor,
        };
    }

    /// <summary>Minor units per line; 0 = exact at the minor unit.</summary>
    public int MoneyMinor { get; init; }

    /// <summary>
    /// Most that accepted money differences of a direction and currency may come to, minor units, without their signs; above it none
    /// of them is accepted. Null = no limit.
    /// </summary>
    public long? MoneyCapMinor { get; init; }

    public decimal EnergyKwh { get; init; } = 0.001m;

    public int TimeSeconds { get; init; } = 60;

    /// <summary>Rows without a common name may start this far apart.</summary>
    public int MatchSeconds { get; init; } = 120;

    public decimal MatchKwh { get; init; } = 0.05m;

    private static ReconciliationTerms Of(Agreement agreed) => new()
    {
        MoneyMinor = agreed.ReconcileMinor ?? agreed.ToleranceMinor,
        MoneyCapMinor = agreed.ReconcileCapMinor,
        EnergyKwh = agreed.ReconcileKwh,
        TimeSeconds = agreed.ReconcileSeconds,
    };
}

/// <summary>What became of a row. Every row of both lists is in exactly one.</summary>
public enum ReconciliationCategory
{
    MATCHED,

    /// <summary>The difference is accepted, listed and summed.</summary>
    MATCHED_WITHIN_TOLERANCE,

    /// <summary>Reason: net, total, tariff (one side settles less than the claim), rounding (one minor unit).</summary>
    AMOUNT_DIFFERS,

    TAX_DIFFERS,
    CURRENCY_DIFFERS,
    QUANTITY_DIFFERS,
    TIME_DIFFERS,

    /// <summary>They have it, we do not.</summary>
    MISSING_OURS,

    MISSING_THEIRS,
    DUPLICATE_OURS,
    DUPLICATE_THEIRS,

    /// <summary>One list has the credit CDR, the other does not.</summary>
    CREDITED_ONE_SIDE,

    /// <summary>We settled it in an adjacent month; the reason is which.</summary>
    TIMING,

    /// <summary>We received and hold it; the reason is why.</summary>
    HELD_OURS,

    /// <summary>Several rows could be the same session: a person decides.</summary>
    AMBIGUOUS,
}

/// <summary>One row of the answer: a pair, or a row that has none.</summary>
/// <param name="Reason">Sub-reason; empty where the category says it all.</param>
/// <param name="Tier">How the two were found: 1 id, 2 session, 3 authorization, 4 place, moment and energy; 0 = alone.</param>
/// <param name="DifferenceMinor">
/// Theirs minus ours, minor units: of the totals where both tell one, else of the net. Null where it cannot be told.
/// </param>
public sealed record ReconciledRow(
    ReconciliationCategory Category, string Reason, int Tier, ListedCdr? Ours, ListedCdr? Theirs,
    long? DifferenceMinor = null)
{
    public string Currency => (Ours ?? Theirs)!.Currency;

    public PartyId? Cpo => (Ours ?? Theirs)!.Cpo;

    /// <summary>Ours counts in our total: it is in the list, not only known besides.</summary>
    public bool CountsOurs => Ours is { Standing: ListStanding.Listed };

    /// <summary>Its money differs and the tolerance accepts that.</summary>
    public bool UsesMoneyTolerance =>
        Category == ReconciliationCategory.MATCHED_WITHIN_TOLERANCE && Reason == CdrComparison.Money;
}
