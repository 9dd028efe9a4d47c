using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Periods;

/// <summary>Everything a draft is computed from, besides its lines.</summary>
/// <param name="Agreement">The version in force on the last day of the month.</param>
/// <param name="Book">Parties, tax rules and rates, as of <see cref="ReferenceBook.Number"/>.</param>
public sealed record StatementTerms(
    Agreement Agreement, YearMonth Month, LocalDate DocumentDate, long CutOff, PeriodBook Periods, ReferenceBook Book)
{
    public Relationship Relationship => Agreement.Relationship;

    public Period Period => Periods.Month(Month);
}
