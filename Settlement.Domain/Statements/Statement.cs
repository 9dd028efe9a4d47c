using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Statements;

/// <summary>A partner's month with one counterparty: what each owes the other, to check line by line.</summary>
/// <param name="To">The party it is addressed to.</param>
/// <param name="Position">Number of the last event it was made from.</param>
public sealed record Statement(
    PartyId To,
    PartyId Counterparty,
    YearMonth Month,
    string Zone,
    bool Provisional,
    LogPosition Position,
    IReadOnlyList<PlaceTotal> Places,
    IReadOnlyList<TaxTotal> Taxes,
    IReadOnlyList<HeldTotal> Held)
{
    public IReadOnlyList<DirectionTotal> Directions => DirectionTotal.Of(Places);

    /// <summary>What of it is in one currency; all where none is named.</summary>
    public Statement In(string? currency) => currency is null ? this : this with
    {
        Places = [.. Places.Where(total => total.Direction.CurrencyCode == currency)],
        Taxes = [.. Taxes.Where(total => total.Direction.CurrencyCode == currency)],
        Held = [.. Held.Where(total => total.Currency == currency)],
    };

    /// <summary>Per currency what <see cref="To"/> is owed less what it owes, minor units; gross is shown first.</summary>
    public IReadOnlyList<(string Currency, long Receivable, long Payable, long Net)> Balance =>
        [.. Directions.GroupBy(total => total.Direction.CurrencyCode).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group =>
            {
                var receivable = group.Where(total => total.Direction.Creditor == To).Sum(total => total.Sums.Due);
                var payable = group.Where(total => total.Direction.Creditor != To).Sum(total => total.Sums.Due);
                return (group.Key, receivable, payable, receivable - payable);
            })];
}

/// <summary>One line of a statement: one ledger entry. Amounts in minor units, signed; the driver is a pseudonym.</summary>
/// <param name="Number">Number of the event that made the entry: the line's name.</param>
/// <param name="Kind">cdr, credit, conflict or correction; beside an entry rounding, tax-point, credit-note, taken-back or given-back.</param>
public sealed record StatementLine(
    long Number,
    string Kind,
    Direction Direction,
    string CdrId,
    string Stream,
    Instant Start,
    Instant End,
    string Place,
    string? City,
    string? LocationId,
    string? EvseId,
    string? SessionId,
    string? Driver,
    YearMonth ChargePeriod,
    LocalDate TaxDate,
    int Sessions,
    decimal EnergyKwh,
    long ChargingSeconds,
    long ParkingSeconds,
    long Energy,
    long Time,
    long Parking,
    long Flat,
    long Reservation,
    long Net,
    long Tax,
    long Due,
    decimal Claimed,
    decimal? ReRated,
    bool SurchargeProvable,
    IReadOnlyList<PostedTax> Taxes)
{
    /// <summary>Number of the entry that this one takes back; null where it takes back none.</summary>
    public long? Corrects { get; init; }

    /// <summary>The month that entry belongs to.</summary>
    public YearMonth? CorrectsPeriod { get; init; }

    /// <summary>Why a person changed what is owed: of a release or a correction; null where nobody did.</summary>
    public string? Cause { get; init; }

    /// <summary>Of what stands beside a CDR's entry: the document it is on; null where the statement tells it.</summary>
    public string? Document { get; init; }
}
