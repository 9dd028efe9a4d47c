using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Periods;

/// <summary>
/// What changed about one CDR of a month after its statement was cut, and why: what a later run differs by
/// (rules-money 17). Amounts in minor units, signed.
/// </summary>
/// <param name="Cause">late, credit, conflict, correction, chosen, dispute, credit-note, rounding, tax-point, taken-back,
/// given-back.</param>
/// <param name="Change">What the debtor owes more, or less.</param>
/// <param name="Period">The month the change is settled in.</param>
public sealed record RunChange(
    long Number, string Cause, PartyId Creditor, PartyId Debtor, string CdrId, string Stream, string Currency, long Change,
    YearMonth Period, Instant At)
{
    /// <summary>In words, where a person caused it: of a release or a correction.</summary>
    public string? Reason { get; init; }
}
