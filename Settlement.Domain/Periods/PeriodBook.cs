using System.Collections.Immutable;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Statements;

namespace Settlement.Domain.Periods;

/// <summary>How far a month is.</summary>
public enum PeriodState
{
    Open,
    SoftClosed,

    /// <summary>Its cut-off is set; the statement is being computed.</summary>
    Cut,
    Prepared,
    Approved,
    Issued,
    HardClosed,
}

/// <summary>An issued statement with its documents' numbers.</summary>
public sealed record IssuedStatement(StatementDraft Draft, string Digest, IReadOnlyList<string> Numbers, string By)
{
    public string? ApprovedBy { get; init; }

    /// <summary>The tie-outs as they held when it was approved.</summary>
    public IReadOnlyList<TieOut> Ties { get; init; } = [];
}

/// <summary>Somebody wants a month open again; two others must agree.</summary>
public sealed record ReopenRequest(string Reason, string By, ImmutableList<string> Approvals);

/// <summary>One month of a relationship.</summary>
public sealed record Period(YearMonth Month)
{
    public PeriodState State { get; init; }

    /// <summary>1, and one more after each reopening.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Number of the event that cut it; entries up to it are on the statement.</summary>
    public long? CutOff { get; init; }

    public StatementDraft? Draft { get; init; }

    public string? Digest { get; init; }

    public string? SoftClosedBy { get; init; }

    public string? PreparedBy { get; init; }

    public string? ApprovedBy { get; init; }

    /// <summary>As they held at the approval.</summary>
    public IReadOnlyList<TieOut> Ties { get; init; } = [];

    public ImmutableList<IssuedStatement> Issued { get; init; } = [];

    public ReopenRequest? Reopening { get; init; }

    /// <summary>The request that opened it again last.</summary>
    public ReopenRequest? Reopened { get; init; }

    /// <summary>Its last statement went out, and it was not opened again since.</summary>
    public bool IsIssued => State is PeriodState.Issued or PeriodState.HardClosed;

    /// <summary>Entries up to this number are on an issued statement; 0 = there is none.</summary>
    public long IssuedUpTo => Issued.IsEmpty ? 0 : Issued[^1].Draft.CutOff;
}

/// <summary>All months of a relationship, a fold of its stream <c>periods</c>.</summary>
public sealed record PeriodBook
{
    public const string Stream = "periods";

    public static readonly PeriodBook Empty = new();

    public ImmutableSortedDictionary<YearMonth, Period> Months { get; init; } =
        ImmutableSortedDictionary<YearMonth, Period>.Empty;

    /// <summary>Last number of each series.</summary>
    public ImmutableDictionary<string, int> Series { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Root of the statement issued last; empty before the first.</summary>
    public string LastRoot { get; init; } = "";

    /// <summary>Version of the stream, for an append on top of it.</summary>
    public long Version { get; init; }

    public PeriodCalendar Calendar { get; init; } = PeriodCalendar.Open;

    public Period Month(YearMonth month) => Months.GetValueOrDefault(month) ?? new Period(month);

    /// <summary>Every issued document with its number, in the order of issue within a month.</summary>
    public IEnumerable<(IssuedStatement Statement, DocumentDraft Document, string Number)> Documents =>
        Months.Values.SelectMany(month => month.Issued).SelectMany(statement =>
            statement.Draft.Documents.Select((document, i) => (statement, document, statement.Numbers[i])));

    /// <summary>The issued statement that an entry is on; null where it is on none.</summary>
    public IssuedStatement? StatementOf(YearMonth period, long entry) => Month(period).Issued
        .Find(issued => entry > issued.Draft.PreviousCutOff && entry <= issued.Draft.CutOff);

    /// <summary>The number of the document that charged an entry; null where none did.</summary>
    public string? DocumentOf(YearMonth period, long entry, PartyId supplier, string currency) =>
        StatementOf(period, entry) is { } issued
            ? issued.Draft.Documents.Zip(issued.Numbers)
                .Where(each => each.First.Supplier == supplier && each.First.Currency == currency
                    && each.First.Kind != DocumentKind.CreditNote)
                .Select(each => each.Second).FirstOrDefault()
            : null;

    public PeriodBook With(PeriodFact fact, long number) => (fact switch
    {
        PeriodFact.PeriodSoftClosed e => Change(e.Month, month => month with
        {
            State = PeriodState.SoftClosed,
            SoftClosedBy = e.By,
        }),
        PeriodFact.PeriodCut e => Change(e.Month, month => month with { State = PeriodState.Cut, CutOff = number }),
        PeriodFact.StatementPrepared e => Change(e.Draft.Month, month => month with
        {
            State = PeriodState.Prepared,
            Draft = e.Draft,
            Digest = e.Digest,
            PreparedBy = e.By,
            ApprovedBy = null,
        }),
        PeriodFact.StatementApproved e => Change(e.Month, month => month with
        {
            State = PeriodState.Approved,
            ApprovedBy = e.By,
            Ties = e.Ties,
        }),
        PeriodFact.StatementIssued e => Issue(e),
        PeriodFact.PeriodHardClosed e => Change(e.Month, month => month with { State = PeriodState.HardClosed }),
        PeriodFact.ReopenProposed e => Change(e.Month, month => month with
        {
            Reopening = new ReopenRequest(e.Reason, e.By, []),
        }),
        PeriodFact.ReopenApproved e => Change(e.Month, month => month with
        {
            Reopening = month.Reopening! with { Approvals = month.Reopening.Approvals.Add(e.By) },
        }),
        PeriodFact.PeriodReopened e => Change(e.Month, month => new Period(e.Month)
        {
            Version = month.Issued.IsEmpty ? month.Version : month.Version + 1,
            Issued = month.Issued,
            Reopened = new ReopenRequest(e.Reason, e.ProposedBy, [.. e.ApprovedBy]),
        }),
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of {Stream}."),
    }) with
    { Version = Version + 1, Calendar = Calendar.With(fact, number) };

    private PeriodBook Issue(PeriodFact.StatementIssued e) => Change(e.Draft.Month, month => month with
    {
        State = PeriodState.Issued,
        Issued = month.Issued.Add(new IssuedStatement(e.Draft, e.Digest, e.Numbers, e.By)
        {
            ApprovedBy = month.ApprovedBy,
            Ties = month.Ties,
        }),
    }) with
    {
        LastRoot = e.Draft.MerkleRoot,
        Series = e.Numbers.Aggregate(Series, (series, number) => DocumentNumber.Count(series, number)),
    };

    private PeriodBook Change(YearMonth month, Func<Period, Period> change) =>
        this with { Months = Months.SetItem(month, change(Month(month))) };
}
