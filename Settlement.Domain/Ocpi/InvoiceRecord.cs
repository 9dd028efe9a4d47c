using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// OCPI 2.3.0 InvoiceReconciliationRecord: which CDRs an invoice covers. Membership is by this list only, never by time.
/// </summary>
public sealed record InvoiceRecord(
    PartyId Owner, string Id, string InvoiceId, IReadOnlyList<string> Cdrs, Instant LastUpdated);

/// <summary>Facts of the streams <c>invoice-record/{owner}/{id}</c> of a relationship.</summary>
public abstract record InvoiceRecordFact : Fact
{
    private InvoiceRecordFact() { }

    /// <summary>New or corrected; a correction replaces the whole.</summary>
    public sealed record InvoiceRecordReceived(InvoiceRecord Record, Instant ReceivedAt, string Source) : InvoiceRecordFact;

    /// <summary>The record itself was an error; invoice and CDRs are not touched by it.</summary>
    public sealed record InvoiceRecordWithdrawn(PartyId Owner, string Id, Instant At) : InvoiceRecordFact;
}
