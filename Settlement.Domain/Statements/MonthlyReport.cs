using System.Globalization;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Fx;
using Settlement.Domain.Ledger;
using Settlement.Domain.Payments;
using Settlement.Domain.Periods;

namespace Settlement.Domain.Statements;

/// <summary>A month of roaming, per relationship, direction and currency; never one sum over two currencies.</summary>
/// <param name="Positions">How far each relationship's log was read: the report is a function of these.</param>
public sealed record MonthlyReport(
    YearMonth Month,
    IReadOnlyList<LogPosition> Positions,
    string PositionsDigest,
    IReadOnlyList<PlaceTotal> Places,
    IReadOnlyList<TaxTotal> Taxes,
    IReadOnlyList<HeldTotal> Held,
    IReadOnlyList<TieOut> TieOuts)
{
    /// <summary>Places added up per direction and currency.</summary>
    public IReadOnlyList<DirectionTotal> Directions => DirectionTotal.Of(Places);

    /// <summary>What of the totals belongs to earlier months and came too late for them.</summary>
    public IReadOnlyList<LateTotal> Late { get; init; } = [];

    /// <summary>What was charged in this month and came too late for it; ChargePeriod is the month it is settled in.</summary>
    public IReadOnlyList<LateTotal> SettledLater { get; init; } = [];

    /// <summary>What is open on the last day of the month, by age.</summary>
    public IReadOnlyList<AgedDue> Ageing { get; init; } = [];

    /// <summary>Dues that the month's statements carried over into another currency.</summary>
    public IReadOnlyList<RelationshipConversion> Conversions { get; init; } = [];

    /// <summary>Published rates of the last day, for the report's currencies.</summary>
    public IReadOnlyList<ReportRate> Rates { get; init; } = [];

    /// <summary>Whose books it is seen in; null = both sides.</summary>
    public PartySide? Side { get; init; }

    /// <summary>The last day of the month.</summary>
    public LocalDate LastDay => Month.ToDateInterval().End;

    public bool TiesOut => TieOuts.All(tie => tie.Holds);
}

/// <summary>Who owes whom, in which currency: the grain at which anything is added up.</summary>
public readonly record struct Direction(
    Relationship Relationship, PartyId Creditor, PartyId Debtor, string CurrencyCode) : IComparable<Direction>
{
    public Currency Currency => Currency.Of(CurrencyCode);

    public int CompareTo(Direction other)
    {
        var relationship = string.CompareOrdinal(Relationship.ToString(), other.Relationship.ToString());
        var creditor = relationship != 0 ? relationship : Creditor.CompareTo(other.Creditor);
        var debtor = creditor != 0 ? creditor : Debtor.CompareTo(other.Debtor);
        return debtor != 0 ? debtor : string.CompareOrdinal(CurrencyCode, other.CurrencyCode);
    }

    public static bool operator <(Direction left, Direction right) => left.CompareTo(right) < 0;

    public static bool operator >(Direction left, Direction right) => left.CompareTo(right) > 0;

    public static bool operator <=(Direction left, Direction right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Direction left, Direction right) => left.CompareTo(right) >= 0;
}

/// <summary>Number of the last event of a relationship that is in the report.</summary>
public sealed record LogPosition(string Tenant, long Number);

public sealed record DirectionTotal(Direction Direction, Sums Sums)
{
    /// <summary>Places added up per direction and currency, in their order.</summary>
    public static IReadOnlyList<DirectionTotal> Of(IEnumerable<PlaceTotal> places) =>
        [.. places.GroupBy(place => place.Direction).OrderBy(group => group.Key)
            .Select(group => new DirectionTotal(group.Key, group.Aggregate(Sums.Zero, (sum, place) => sum + place.Sums)))];
}

/// <summary>One jurisdiction within a direction.</summary>
public sealed record PlaceTotal(Direction Direction, string Place, Sums Sums);

/// <summary>Sums of ledger entries. Money in whole minor units; a credit counts negative in every one of them.</summary>
/// <param name="NotProvable">Sessions without an own-network tariff to compare with: no surcharge is not provable.</param>
public sealed record Sums(
    long Entries, long Sessions, long Credits, long NotProvable, decimal EnergyKwh, decimal ChargingSeconds,
    decimal ParkingSeconds, long Energy, long Time, long Parking, long Flat, long Reservation, long Net, long Tax,
    long Due)
{
    public static readonly Sums Zero = new(0, 0, 0, 0, 0m, 0m, 0m, 0, 0, 0, 0, 0, 0, 0, 0);

    public static Sums operator +(Sums a, Sums b) => new(
        a.Entries + b.Entries, a.Sessions + b.Sessions, a.Credits + b.Credits, a.NotProvable + b.NotProvable,
        a.EnergyKwh + b.EnergyKwh, a.ChargingSeconds + b.ChargingSeconds, a.ParkingSeconds + b.ParkingSeconds,
        a.Energy + b.Energy, a.Time + b.Time, a.Parking + b.Parking, a.Flat + b.Flat, a.Reservation + b.Reservation,
        a.Net + b.Net, a.Tax + b.Tax, a.Due + b.Due);
}

/// <summary>One tax at one rate with one disposition. Base and Amount in minor units.</summary>
public sealed record TaxTotal(
    Direction Direction, string Place, string Jurisdiction, string Tax, string Rate, string Disposition,
    string Remitter, bool Recoverable, long Base, decimal Kwh, long Amount, long Lines);

/// <summary>
/// CDRs that are received and not owed, by reason, and reported sessions without a CDR (state <c>unbilled</c>). A memo:
/// nothing of it is in the totals.
/// </summary>
/// <param name="Claimed">Σ of the CPO's claims before tax, in the CDRs' currency.</param>
/// <param name="Expected">Σ of the re-rated prices where one can be told.</param>
public sealed record HeldTotal(
    Relationship Relationship, PartyId Creditor, PartyId Debtor, string Currency, string State, string Reason,
    long Count, decimal EnergyKwh, decimal Claimed, decimal? Expected)
{
    /// <summary>How many of them have no re-rated price, or no cost foreseen by the CPO.</summary>
    public long Unpriced { get; init; }

    /// <summary>Σ of the claims of those.</summary>
    public decimal UnpricedClaimed { get; init; }
}

/// <summary>One party's open amounts towards another.</summary>
public sealed record AgedDue(Relationship Relationship, AgeingRow Row);

public sealed record RelationshipConversion(Relationship Relationship, ConvertedDue Due);

/// <summary>A rate of the last day, to look at; nothing is converted by it.</summary>
/// <param name="Missing">Why there is none.</param>
public sealed record ReportRate(string From, string To, FxRate? Rate, string? Missing);

/// <summary>A month in one party's own books (rules-money 22): debit less credit, minor units.</summary>
public sealed record PartySide(PartyId Party, IReadOnlyList<PartyAccount> Accounts);

/// <param name="Account">As plain-text accounting writes it: <c>assets:receivable:US-CPI:CAD</c>.</param>
public sealed record PartyAccount(string Account, string Currency, long Opening, long Closing)
{
    public long Movement => Closing - Opening;
}

/// <summary>Late lines: settled in this month, charged in an earlier one (rules-money 16). Due in minor units.</summary>
public sealed record LateTotal(
    Direction Direction, YearMonth ChargePeriod, long Entries, long Sessions, decimal EnergyKwh, long Due);

/// <summary>Two ways to the same number, and whether they agree.</summary>
/// <param name="Name">What is compared, in one sentence.</param>
public sealed record TieOut(string Name, string Subject, decimal One, decimal Other)
{
    public bool Holds => One == Other;

    /// <summary>A side of it in words: money, where the subject ends with its currency, as a decimal amount.</summary>
    public string Text(decimal side) =>
        Currency.Find(Subject[(Subject.LastIndexOf(' ') + 1)..]) is { } currency && side == decimal.Truncate(side)
        && !Name.EndsWith("sessions", StringComparison.Ordinal) && !Name.EndsWith("kWh", StringComparison.Ordinal)
            ? new Money((long)side, currency).Text()
            : side.ToString(CultureInfo.InvariantCulture);
}
