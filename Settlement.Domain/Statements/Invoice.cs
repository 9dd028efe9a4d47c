using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Statements;

public enum InvoiceKind
{
    Invoice,
    CreditNote,
    DebitNote,
}

/// <summary>
/// An invoice, or a note that changes earlier ones: everything its recipient needs for an input tax credit (SOR/91-45,
/// the tier of 500 dollars and more; SOR/91-44 for notes). Amounts in minor units, positive also on a credit note.
/// </summary>
public sealed record Invoice
{
    public required InvoiceKind Kind { get; init; }

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

    public LocalDate? Due { get; init; }

    /// <summary>As agreed: <c>Net 30 days</c>.</summary>
    public string? Terms { get; init; }

    /// <summary>Made by the customer for the supplier, with the supplier's registrations.</summary>
    public bool ReverseBilling { get; init; }

    public required IReadOnlyList<InvoiceLine> Lines { get; init; }

    public required IReadOnlyList<InvoiceTax> Taxes { get; init; }

    /// <summary>Documents that a note changes.</summary>
    public IReadOnlyList<EarlierInvoice> Earlier { get; init; } = [];

    public long Net => Lines.Sum(line => line.Amount);

    public long Tax => Taxes.Sum(tax => tax.Amount);

    public long Total => Net + Tax;
}

/// <summary>What was supplied: one component of the price.</summary>
/// <param name="Quantity">In <paramref name="Unit"/>: kWh or hours; null where it has none.</param>
public sealed record InvoiceLine(
    ChargeComponent Component, decimal? Quantity, string? Unit, long Sessions, long Amount);

/// <summary>One tax at one rate of one jurisdiction.</summary>
/// <param name="Rate">As the ledger writes it: <c>9.975%</c> or <c>0.03/kWh</c>.</param>
/// <param name="Registration">The supplier's number for it, or that of whom it is remitted by.</param>
/// <param name="Exemption">Why nothing is charged on the base, such as a resale certificate.</param>
public sealed record InvoiceTax(
    string Tax, string Jurisdiction, string Rate, long Base, long Amount, string? Registration, string? Exemption = null);

/// <summary>A document that was issued before.</summary>
public sealed record EarlierInvoice(string Number, LocalDate Date);
