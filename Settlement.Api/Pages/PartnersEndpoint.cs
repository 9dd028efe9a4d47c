using Settlement.Api.Ocpi;
using Settlement.Api.Partners;
using Settlement.Domain.Agreements;
using Settlement.Projections.Partners;

namespace Settlement.Api.Pages;

/// <summary>The platforms that are connected by OCPI, and how far what goes to and fro is.</summary>
public sealed record PartnersView(
    IReadOnlyList<Partner> Partners, ReferenceBook Book, ILookup<string, TokenGrant> Tokens,
    ILookup<string, PullState> Pulls, ILookup<string, FailingDelivery> Failing, NodaTime.YearMonth? Month);

internal static class PartnersEndpoint
{
    public static async Task<IResult> Get(OcpiServices services, CancellationToken stop)
    {
        var access = await services.Engine.Tokens.Current(stop);
        var view = new PartnersView(
            [.. access.Partners], await services.Engine.Books.Current(stop),
            access.Tokens.ToLookup(token => token.Partner, StringComparer.Ordinal),
            (await services.Pulls.Progress.All(stop)).ToLookup(pull => pull.Partner, StringComparer.Ordinal),
            (await services.Webhooks.Failing(stop)).ToLookup(
                failing => failing.Subscriber["webhook/".Length..], StringComparer.Ordinal),
            await FirstMonth.Of(services.Engine, stop));
        return PageAnswer.Page<PartnersPage>(new { View = view });
    }

    /// <summary>Invoice records that partners sent, against our documents.</summary>
    public static async Task<IResult> Records(Engine engine, CancellationToken stop) =>
        PageAnswer.Page<InvoiceRecordsPage>(new { Records = await InvoiceRecordsVerb.List(engine, null, stop) });
}
