using Settlement.Api.Disputes;
using Settlement.Api.Ledger;
using Settlement.Domain.Disputes;
using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;
using Settlement.Projections.Tables;

namespace Settlement.Api.V1;

/// <summary>One CDR as the API explains it: state, price lines, taxes, postings, and the events behind them.</summary>
/// <param name="State">posted, held, conflict, credited, credit or awaited.</param>
/// <param name="Driver">Pseudonym in this relationship.</param>
/// <param name="DriverData">sealed, or [erased].</param>
public sealed record CdrAnswer(
    string Relationship, string Owner, string Id, string State, string? Driver, string? DriverData, string? Currency, string? Start,
    string? End, string? ReceivedAt, string? ChargePeriod, string? Source, SettledAnswer? Settled,
    IReadOnlyList<FindingItem> Holds, string? CreditedBy, IReadOnlyList<EventItem> Events, DueAnswer? DueNow)
{
    /// <summary>Where it disagrees with the session object that its CPO reported.</summary>
    public IReadOnlyList<FindingItem> SessionDifferences { get; init; } = [];

    public static CdrAnswer Of(Explanation found)
    {
        var state = found.State;
        var received = state.Counting;
        return new CdrAnswer(
            found.Tenant, found.Key.Owner.ToString(), received?.Cdr.Key.Id ?? found.Key.Id, Word(found), received?.Driver,
            received is null ? null : found.DriverData,
            received?.Cdr.Currency, received?.Cdr.Start.ToString(), received?.Cdr.End.ToString(),
            received?.ReceivedAt.ToString(), received is null ? null : Ids.Text(received.ChargePeriod), received?.Source,
            state.Posted is { } posted ? SettledAnswer.Of(posted) : null,
            FindingItem.Of(state.IsOpen ? state.Held!.Reasons : []), state.CreditedBy,
            [.. found.Events.Select(EventItem.Of)], found.Due is { } due ? DueAnswer.Of(due) : null)
        {
            SessionDifferences = FindingItem.Of(found.SessionDifferences),
        };
    }

    private static string Word(Explanation found) => found.State switch
    {
        { IsRejected: true } => "rejected",
        { InConflict: true } => "conflict",
        { CreditedBy: not null } => "credited",
        { Received: null } => "awaited",
        { IsOpen: true } => "held",
        { Effect: not null } => "credit",
        _ => "posted",
    };
}

/// <summary>What is due now: posted, changed by its document, credited by our notes, withheld by a dispute. Money as decimal strings.</summary>
/// <param name="Dispute">How far its dispute is; null: nobody disputed it.</param>
public sealed record DueAnswer(
    string Due, string Posted, string DocumentTax, string Credited, string Withheld, string? Dispute, string? DisputeReason,
    IReadOnlyList<NoteItem> CreditNotes)
{
    public static DueAnswer Of(CdrDue now)
    {
        string Money(long minor) => Numbers.Money(minor, now.Currency);
        return new DueAnswer(
            Money(now.Due), Money(now.Posted), Money(now.DocumentTax), Money(now.Credited), Money(now.Withheld),
            now.Dispute.State == DisputeState.None ? null : DisputeWords.Of(now.Dispute.State),
            now.Dispute.State == DisputeState.None ? null : now.Dispute.Reason,
            [.. now.Notes.Select(note => new NoteItem(note.Number, Figures.Day(note.On), Money(note.Amount)))]);
    }
}

/// <summary>One of our own credit notes.</summary>
public sealed record NoteItem(string Number, string Date, string Amount);

/// <summary>What is owed for a CDR, with the reason of each amount. Money as decimal strings.</summary>
public sealed record SettledAnswer(
    string Place, string PlaceFoundBy, string? Zone, string TaxDate, int AgreementVersion, string? ReRated, string Claimed,
    string SettledBecause, bool PricesIncludeTax, decimal EnergyKwh, long ChargingSeconds, long ParkingSeconds,
    string? SurchargeReference, IReadOnlyList<PriceLine> Lines, IReadOnlyList<ChargeLine> Charges,
    IReadOnlyList<TaxLineAnswer> Taxes, string Net, string Tax, string Due, IReadOnlyList<PostingLine> Postings)
{
    /// <summary>The own-network price of the surcharge check, on the side of tax of the prices; null: none compared.</summary>
    public string? OwnNetworkPrice { get; init; }

    /// <summary>Location, EVSE and connector that publishes it; null: found by the tariff's id.</summary>
    public string? OwnNetworkConnector { get; init; }

    public static SettledAnswer Of(SettledCdr cdr)
    {
        var currency = cdr.Cdr.Currency;
        return new SettledAnswer(
            cdr.Place, cdr.PlaceFoundBy, cdr.Zone, cdr.TaxDate.ToString("uuuu-MM-dd", null), cdr.Agreement,
            cdr.ReRated is { } price ? Numbers.Text(price) : null, Numbers.Text(cdr.Claimed), cdr.SettledBecause, cdr.PricesIncludeTax, cdr.EnergyKwh,
            cdr.ChargingSeconds, cdr.ParkingSeconds, cdr.SurchargeReference,
            [.. cdr.Lines.Select(PriceLine.Of)],
            [.. cdr.Charges.Select(charge => new ChargeLine($"{charge.Component}", Numbers.Money(charge.Amount, currency)))],
            [.. cdr.Taxes.Select(tax => TaxLineAnswer.Of(tax, currency))],
            Numbers.Money(cdr.Net, currency), Numbers.Money(cdr.Tax, currency), Numbers.Money(cdr.Due, currency),
            [.. cdr.Entry().Postings.Select(posting => new PostingLine(
                posting.Account.ToString(), Numbers.Money(posting.Debit, currency), Numbers.Money(posting.Credit, currency)))])
        {
            OwnNetworkPrice = cdr.OwnNetwork is { } own ? Numbers.Text(own.Price) : null,
            OwnNetworkConnector = cdr.OwnNetworkConnector,
        };
    }
}

/// <summary>A priced line: quantity × price, with the tariff element and the reason.</summary>
public sealed record PriceLine(
    string Dimension, int Period, string TariffId, int Element, int Component, decimal Quantity, decimal BilledQuantity,
    string Unit, string Price, string Amount, string Because)
{
    public static PriceLine Of(PricedLine line) => new(
        line.Dimension, line.Period, line.TariffId, line.Element, line.Component, line.Quantity, line.BilledQuantity,
        line.Unit, Numbers.Text(line.Price), Numbers.Text(line.Amount), line.Because);
}

public sealed record ChargeLine(string Component, string Amount);

/// <summary>A tax line with its rule and its reason.</summary>
public sealed record TaxLineAnswer(
    string Tax, string Jurisdiction, string Rule, string? Rate, string? PerKwh, string Base, string Amount,
    string Disposition, string Remitter, string Reason, string? Registration, string? Certificate)
{
    public static TaxLineAnswer Of(PostedTax tax, string currency) => new(
        tax.Tax, tax.Jurisdiction, tax.Rule, tax.Rate is { } rate ? Numbers.Text(rate) : null,
        tax.PerKwh is { } perKwh ? Numbers.Text(perKwh) : null, Numbers.Money(tax.Base, currency),
        Numbers.Money(tax.Amount, currency), tax.Disposition.ToString(), tax.Remitter, tax.Reason, tax.Registration,
        tax.Certificate);
}

public sealed record PostingLine(string Account, string Debit, string Credit);

/// <summary>An event of the CDR's stream: what happened, when, by whom.</summary>
public sealed record EventItem(long Number, string Type, string Time, string Actor)
{
    public static EventItem Of(Recorded recorded) => new(
        recorded.Number, recorded.Type, recorded.Time.ToString(), recorded.Actor);
}
