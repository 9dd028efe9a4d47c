using System.Globalization;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Periods;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Statements;

/// <summary>
/// An invoice, or a note that changes earlier ones: everything its recipient needs for an input tax credit (SOR/91-45,
/// the tier of 500 dollars and more; SOR/91-44 for notes). Amounts in minor units, positive also on a credit note.
/// </summary>
public sealed record Invoice
{
    public required DocumentKind Kind { get; init; }

    /// <summary>-1 of a credit note: with it, amounts of documents add up.</summary>
    public int Sign => Kind == DocumentKind.CreditNote ? -1 : 1;

    /// <summary>At most 39 ASCII characters; null while preliminary, for then there is none.</summary>
    public string? Number { get; init; }

    /// <summary>Who supplies: the CPO.</summary>
    public required PartyId Supplier { get; init; }

    /// <summary>Who acquires: the eMSP, or the driver's agent.</summary>
    public required PartyId Customer { get; init; }

    public required YearMonth Month { get; init; }

    public required string Currency { get; init; }

    /// <summary>The document date: the day tax becomes payable.</summary>
    public required LocalDate Date { get; init; }

    public required LocalDate Due { get; init; }

    public int TermsDays => NodaTime.Period.DaysBetween(Date, Due);

    /// <summary>Made by the customer for the supplier, with the supplier's registrations.</summary>
    public bool ReverseBilling { get; init; }

    public required long Sessions { get; init; }

    public required IReadOnlyList<InvoiceLine> Lines { get; init; }

    public required IReadOnlyList<InvoiceTax> Taxes { get; init; }

    /// <summary>Documents that a note changes.</summary>
    public IReadOnlyList<EarlierInvoice> Earlier { get; init; } = [];

    /// <summary>The one CDR that our own credit note is about; null on documents of a whole month.</summary>
    public CreditedSession? Credited { get; init; }

    public long Net => Lines.Sum(line => line.Amount);

    /// <summary>What is charged; the other taxes are told with their base only.</summary>
    public long Tax => Taxes.Where(tax => tax.Disposition == Disposition.Charged).Sum(tax => tax.Amount);

    public long Total => Net + Tax;

    /// <summary>One document of a statement.</summary>
    /// <param name="number">Null = it is not issued.</param>
    /// <param name="earlier">All documents issued so far: a note tells the date of the one it changes.</param>
    public static Invoice Of(StatementDraft draft, DocumentDraft document, string? number, PeriodBook earlier)
    {
        var sign = document.Kind == DocumentKind.CreditNote ? -1 : 1;
        return new Invoice
        {
            Kind = document.Kind,
            Number = number,
            Supplier = document.Supplier,
            Customer = document.Customer,
            Month = draft.Month,
            Currency = document.Currency,
            Date = draft.DocumentDate,
            Due = draft.DueDate,
            ReverseBilling = document.IssuedBy != document.Supplier,
            Sessions = sign * document.Sessions,
            Lines =
            [
                .. document.Charges.Select(charge => charge.Component == ChargeComponent.ENERGY
                    ? new InvoiceLine(charge.Component, sign * document.EnergyKwh, "kWh", sign * charge.Amount)
                    : new InvoiceLine(charge.Component, null, null, sign * charge.Amount)),
            ],
            Taxes =
            [
                .. document.Taxes.Select(tax => new InvoiceTax(
                    tax.Tax, tax.Jurisdiction, RateText(tax.Rate, tax.PerKwh), sign * tax.Base, tax.PerKwh is null ? null : sign * tax.Kwh,
                    sign * tax.Amount, tax.Disposition, tax.Registration, tax.Certificate)),
            ],
            Earlier =
            [
                .. document.Amends.Select(amended => new EarlierInvoice(amended.Number, earlier.Documents
                    .First(issued => issued.Number == amended.Number).Statement.Draft.DocumentDate)),
            ],
        };
    }

    /// <summary>A rate as the ledger writes it: <c>9.975%</c> or <c>0.03/kWh</c>.</summary>
    public static string RateText(decimal? rate, decimal? perKwh) => (rate, perKwh) switch
    {
        (_, { } each) => each.ToString("0.##########", CultureInfo.InvariantCulture) + "/kWh",
        ({ } part, _) => (part * 100m).ToString("0.##########", CultureInfo.InvariantCulture) + "%",
        _ => "",
    };
}

/// <summary>What was supplied: one component of the price.</summary>
/// <param name="Quantity">In <paramref name="Unit"/>; null where the component has none.</param>
public sealed record InvoiceLine(ChargeComponent Component, decimal? Quantity, string? Unit, long Amount);

/// <summary>One tax at one rate of one jurisdiction.</summary>
/// <param name="Rate">As the ledger writes it: <c>9.975%</c> or <c>0.03/kWh</c>.</param>
/// <param name="Kwh">What a tax per kWh is computed on; null for the others.</param>
/// <param name="Registration">The number of whoever charges it.</param>
/// <param name="Certificate">Why nothing is charged on the base.</param>
public sealed record InvoiceTax(
    string Tax, string Jurisdiction, string Rate, long Base, decimal? Kwh, long Amount, Disposition Disposition,
    string? Registration, string? Certificate);

/// <summary>The CDR a credit note gives back money of.</summary>
/// <param name="Reason">As in the dispute: a category of reconciliation, or <c>other:…</c>.</param>
public sealed record CreditedSession(CdrKey Cdr, string Reason);

/// <summary>A document that was issued before.</summary>
public sealed record EarlierInvoice(string Number, LocalDate Date);
