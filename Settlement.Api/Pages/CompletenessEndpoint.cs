using NodaTime;
using Settlement.Api.Ocpi;
using Settlement.Projections.Partners;

namespace Settlement.Api.Pages;

/// <summary>Which reported sessions of a month have no CDR, and which CDRs no session.</summary>
public sealed record CompletenessView(
    YearMonth Month, string? Only, CompletenessAnswer Answer, IReadOnlyList<YearMonth> Months);

internal static class CompletenessEndpoint
{
    public static async Task<IResult> Get(
        string month, string? relationship, OcpiServices services, CancellationToken stop)
    {
        if (Output.Month(month, out var refusal) is not { } wanted)
        {
            return PageAnswer.Unknown(refusal!);
        }

        return PageAnswer.Page<CompletenessPage>(new
        {
            View = new CompletenessView(
                wanted, relationship, await Ask(services, wanted, relationship, stop),
                await services.Engine.Reports.Months(stop)),
        });
    }

    /// <summary>Of one relationship, or of all.</summary>
    public static async Task<CompletenessAnswer> Ask(
        OcpiServices services, YearMonth month, string? relationship, CancellationToken stop)
    {
        var tenants = (await services.Engine.Books.Relationships(stop)).Select(pair => pair.ToString())
            .Where(tenant => relationship is null || tenant == relationship).ToList();
        return await services.Completeness.Ask(tenants, null, month, stop);
    }
}
