using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Corrections;

/// <summary>
/// Facts of the stream <c>correction/{id}</c> of a relationship: our own mistakes made good (rules-money 27). What it
/// changes is in each CDR's own stream.
/// </summary>
public abstract record CorrectionFact : Fact
{
    private CorrectionFact() { }

    /// <summary>Somebody asks for it, with what it would change.</summary>
    /// <param name="Cause">What was wrong, in a sentence: it goes on the next statement.</param>
    /// <param name="Cdrs">What it would change; of a large one the first page.</param>
    /// <param name="Digest">SHA-256, hex, of the effects: what approvers sign.</param>
    public sealed record CorrectionProposed(
        string Id, string Cause, CorrectionSelection Selection, IReadOnlyList<CorrectedCdr> Cdrs, string Digest,
        string By) : CorrectionFact
    {
        /// <summary>SHA-256, hex, of each further page, named by it in <c>correction-page/{hash}</c>; the digest covers all.</summary>
        public IReadOnlyList<string> Pages { get; init; } = [];

        /// <summary>Of all pages; empty where there is one.</summary>
        public IReadOnlyList<CorrectionTotal> Totals { get; init; } = [];

        /// <summary>The money effect of the whole correction.</summary>
        public IReadOnlyList<CorrectionTotal> Effect => Totals is [] ? CorrectionTotal.Of(Cdrs) : Totals;

        /// <summary>How many CDRs it changes.</summary>
        public int Count => Effect.Sum(total => total.Cdrs);
    }

    /// <summary>One page of what a large correction would change, before it is proposed.</summary>
    public sealed record CorrectionPaged(IReadOnlyList<CorrectedCdr> Cdrs) : CorrectionFact;

    /// <summary>All CDRs of one page are done; the next page follows, or <see cref="CorrectionApplied"/>.</summary>
    public sealed record CorrectionPagePosted(
        string Id, int Page, int Corrected, IReadOnlyList<LeftOutCdr> LeftOut, string By) : CorrectionFact;

    /// <summary>One of two approvals, by people other than the proposer.</summary>
    public sealed record CorrectionApproved(string Id, string Digest, string By) : CorrectionFact;

    /// <param name="Corrected">CDRs that were taken back and posted again.</param>
    /// <param name="LeftOut">CDRs that changed since the proposal and were not touched; of a large one each page tells its own.</param>
    public sealed record CorrectionApplied(
        string Id, int Corrected, IReadOnlyList<LeftOutCdr> LeftOut, string By) : CorrectionFact;

    /// <summary>It will not be applied.</summary>
    public sealed record CorrectionWithdrawn(string Id, string Reason, string By) : CorrectionFact;
}

/// <summary>Which posted CDRs are looked at; what is null does not narrow.</summary>
/// <param name="Month">Charge month.</param>
/// <param name="Place">ISO 3166-2, of the charger.</param>
/// <param name="Tariff">Id of a tariff that priced a line.</param>
/// <param name="Rule">Id of a tax rule that made a line.</param>
/// <param name="Cdrs">Ids of CDRs; empty = all.</param>
public sealed record CorrectionSelection(
    YearMonth? Month = null, PartyId? Cpo = null, string? Place = null, string? Tariff = null, string? Rule = null,
    IReadOnlyList<string>? Cdrs = null)
{
    public bool IsEmpty => Month is null && Cpo is null && Place is null && Tariff is null && Rule is null
        && Cdrs is null or [];

    public override string ToString() => string.Join(", ", new[]
    {
        Month is { } month ? $"month {month.Text()}" : null,
        Cpo is { } cpo ? $"CPO {cpo}" : null,
        Place is null ? null : $"place {Place}",
        Tariff is null ? null : $"tariff {Tariff}",
        Rule is null ? null : $"tax rule {Rule}",
        Cdrs is null or [] ? null : $"{Cdrs.Count} CDRs by id",
    }.OfType<string>());
}

/// <summary>What a correction changes of one CDR. Amounts in minor units.</summary>
/// <param name="Version">Of the CDR's stream when it was previewed.</param>
/// <param name="What">What is not the same, in words: the amounts may be, where only a tax's treatment changes.</param>
/// <param name="Content">SHA-256, hex, of what would be posted.</param>
public sealed record CorrectedCdr(
    PartyId Cpo, string CdrId, long Version, string Currency, PartyId OwedBy, PartyId OwedTo,
    long NetBefore, long TaxBefore, long DueBefore, long NetAfter, long TaxAfter, long DueAfter, string What, string Content)
{
    public CdrKey Key => new(Cpo, CdrId);
}

/// <summary>What a correction changes in one direction and currency, minor units.</summary>
public sealed record CorrectionTotal(
    PartyId OwedBy, PartyId OwedTo, string Currency, int Cdrs, long Net, long Tax, long Due)
{
    public static IReadOnlyList<CorrectionTotal> Of(IEnumerable<CorrectedCdr> changes) => Sum(changes.Select(cdr => new CorrectionTotal(
        cdr.OwedBy, cdr.OwedTo, cdr.Currency, 1, cdr.NetAfter - cdr.NetBefore, cdr.TaxAfter - cdr.TaxBefore,
        cdr.DueAfter - cdr.DueBefore)));

    public static IReadOnlyList<CorrectionTotal> Sum(IEnumerable<CorrectionTotal> totals) => [.. totals
        .GroupBy(total => (total.OwedBy, total.OwedTo, total.Currency))
        .OrderBy(group => group.Key.OwedBy).ThenBy(group => group.Key.OwedTo).ThenBy(group => group.Key.Currency, StringComparer.Ordinal)
        .Select(group => new CorrectionTotal(
            group.Key.OwedBy, group.Key.OwedTo, group.Key.Currency, group.Sum(total => total.Cdrs),
            group.Sum(total => total.Net), group.Sum(total => total.Tax), group.Sum(total => total.Due)))];
}

/// <summary>A CDR that was not corrected, and why.</summary>
public sealed record LeftOutCdr(PartyId Cpo, string CdrId, string Code, string Reason);
