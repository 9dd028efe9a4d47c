using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Statements;
using Settlement.Domain.Tax;

namespace Settlement.Projections.Statements;

/// <summary>
/// One row of a detail file: one ledger entry with what is known of its CDR, or what stands beside it. Money in minor units, signed, as are the
/// quantities: those of a credit count negative. The driver is a pseudonym.
/// </summary>
public sealed record DetailLine
{
    /// <summary>Number of the event that made the entry.</summary>
    public required long Number { get; init; }

    /// <summary>cdr, credit, conflict or correction; beside an entry rounding, tax-point, credit-note, taken-back or given-back.</summary>
    public required string Kind { get; init; }

    /// <summary>It charges or credits a CDR beside its entry, without sessions and quantities.</summary>
    public bool IsBeside { get; init; }

    public required PartyId Creditor { get; init; }

    public required PartyId Debtor { get; init; }

    public required Currency Currency { get; init; }

    public required string CdrId { get; init; }

    /// <summary>Of a credit: the CDR it credits.</summary>
    public string? CreditOf { get; init; }

    public string? SessionId { get; init; }

    public string? AuthorizationReference { get; init; }

    public string? Driver { get; init; }

    public required Instant Start { get; init; }

    public required Instant End { get; init; }

    public required string ChargePeriod { get; init; }

    public required LocalDate TaxDate { get; init; }

    public string? LocationId { get; init; }

    public string? EvseId { get; init; }

    public string? City { get; init; }

    /// <summary>ISO 3166-2.</summary>
    public required string Place { get; init; }

    public string? PowerType { get; init; }

    /// <summary>Ids of the tariffs that priced it, joined by +.</summary>
    public string? Tariff { get; init; }

    public required decimal EnergyKwh { get; init; }

    public required long ChargingSeconds { get; init; }

    public required long ParkingSeconds { get; init; }

    public required long Energy { get; init; }

    public required long Time { get; init; }

    public required long Parking { get; init; }

    public required long Flat { get; init; }

    public required long Reservation { get; init; }

    public required long Net { get; init; }

    public required long Tax { get; init; }

    public required long Due { get; init; }

    /// <summary>Charged taxes with an amount, in the order of the ledger.</summary>
    public required IReadOnlyList<DetailTax> Taxes { get; init; }

    public required decimal Claimed { get; init; }

    /// <summary>Null where no reading gives a price: released on evidence.</summary>
    public required decimal? ReRated { get; init; }

    public required bool SurchargeProvable { get; init; }

    public Instant? ReceivedAt { get; init; }

    /// <summary>Number of the entry that this one takes back, and the month that entry belongs to.</summary>
    public long? Corrects { get; init; }

    public YearMonth? CorrectsPeriod { get; init; }

    /// <summary>Why a person changed what is owed: of a release or a correction.</summary>
    public string? Cause { get; init; }

    public static DetailLine Of(StatementLine beside) => new()
    {
        Number = beside.Number,
        Kind = beside.Kind,
        IsBeside = true,
        Creditor = beside.Direction.Creditor,
        Debtor = beside.Direction.Debtor,
        Currency = beside.Direction.Currency,
        CdrId = beside.CdrId,
        SessionId = beside.SessionId,
        Driver = beside.Driver,
        Start = beside.Start,
        End = beside.End,
        ChargePeriod = Tables.Ids.Text(beside.ChargePeriod),
        TaxDate = beside.TaxDate,
        LocationId = beside.LocationId,
        EvseId = beside.EvseId,
        City = beside.City,
        Place = beside.Place,
        EnergyKwh = 0,
        ChargingSeconds = 0,
        ParkingSeconds = 0,
        Energy = beside.Energy,
        Time = beside.Time,
        Parking = beside.Parking,
        Flat = beside.Flat,
        Reservation = beside.Reservation,
        Net = beside.Net,
        Tax = beside.Tax,
        Due = beside.Due,
        Taxes =
        [
            .. beside.Taxes.Where(tax => tax.Disposition == Disposition.Charged).Select(tax => new DetailTax(
                tax.Tax, Tables.TaxRows.Rate(tax), tax.Amount, tax.Registration)),
        ],
        Claimed = 0,
        ReRated = 0,
        SurchargeProvable = true,
    };
}

/// <summary>A tax charged on a line; the amount in minor units.</summary>
/// <param name="Rate"><c>9.975%</c> or <c>0.03/kWh</c>.</param>
public readonly record struct DetailTax(string Name, string Rate, long Amount, string? Registration);
