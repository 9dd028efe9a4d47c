using System.Collections.Immutable;
using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Periods;

/// <summary>Whether a month still takes entries. Numbers are those of the relationship's log.</summary>
/// <param name="SoftClosedAt">Number of the event that closed it softly; null = open.</param>
/// <param name="IsCut">Its statement is being prepared, or is issued: nothing more enters.</param>
public readonly record struct MonthGate(long? SoftClosedAt, bool IsCut);

/// <summary>
/// Which month an entry belongs to (rules-money 16). A fold of the relationship's period facts in the order of their
/// numbers: log numbers decide, no clock does. A month never closed is open, however old.
/// </summary>
public sealed record PeriodCalendar
{
    public static readonly PeriodCalendar Open = new();

    public ImmutableSortedDictionary<YearMonth, MonthGate> Gates { get; init; } =
        ImmutableSortedDictionary<YearMonth, MonthGate>.Empty;

    public PeriodCalendar With(PeriodFact fact, long number) => fact switch
    {
        PeriodFact.PeriodSoftClosed e => Set(e.Month, new MonthGate(number, IsCut: false)),
        PeriodFact.PeriodCut e => Set(e.Month, Gate(e.Month) with { IsCut = true }),
        PeriodFact.PeriodHardClosed e => Set(e.Month, Gate(e.Month) with { IsCut = true }),
        PeriodFact.PeriodReopened e => this with { Gates = Gates.Remove(e.Month) },
        _ => this,
    };

    /// <summary>
    /// The month of a CDR's entry: its charge month if it was received before soft close and its statement is not
    /// being prepared; else the first month after it that is still open.
    /// </summary>
    /// <param name="received">Number of the event with which the CDR came.</param>
    public YearMonth OfCdr(YearMonth charge, long received)
    {
        var gate = Gate(charge);
        return gate.SoftClosedAt is not { } closed || (received < closed && !gate.IsCut) ? charge : FirstOpen(charge);
    }

    /// <summary>The month of an entry by its date: that month while it is open, else the first open one after it.</summary>
    public YearMonth FirstOpen(YearMonth from)
    {
        while (Gate(from).SoftClosedAt is not null)
        {
            from = from.PlusMonths(1);
        }

        return from;
    }

    /// <summary>The month of an entry that is not a CDR's own.</summary>
    public YearMonth OfJournal(JournalEntry entry) =>
        entry.Period ?? (entry.Concerns is { } month && !Gate(month).IsCut ? month : FirstOpen(entry.On.ToYearMonth()));

    private MonthGate Gate(YearMonth month) => Gates.GetValueOrDefault(month);

    private PeriodCalendar Set(YearMonth month, MonthGate gate) => this with { Gates = Gates.SetItem(month, gate) };
}
