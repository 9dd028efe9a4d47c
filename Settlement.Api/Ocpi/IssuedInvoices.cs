using Settlement.Domain.Ocpi;
using Settlement.Projections.Partners;

namespace Settlement.Api.Ocpi;

/// <summary>Invoice records of the invoices that are issued here: one for each invoice (rules-money 19).</summary>
public interface IIssuedInvoices
{
    /// <summary>Those of these relationships, oldest first.</summary>
    Task<PartnerPage<InvoiceRecord>> Page(
        IReadOnlyCollection<string> tenants, PageAsked asked, CancellationToken stop);
}

/// <summary>Where no statement can be issued yet there is no invoice.</summary>
public sealed class NoInvoices : IIssuedInvoices
{
    public Task<PartnerPage<InvoiceRecord>> Page(
        IReadOnlyCollection<string> tenants, PageAsked asked, CancellationToken stop) =>
        Task.FromResult(new PartnerPage<InvoiceRecord>([], 0));
}
