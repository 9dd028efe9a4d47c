using System.Globalization;
using Settlement.Domain.Intake;
using Settlement.Domain.Tax;

namespace Settlement.Api.Ledger;

/// <summary>What the check for a roaming surcharge compared, and what came out; of the leg from CPO to eMSP only.</summary>
public static class SurchargeText
{
    public static string Of(SettledCdr settled) => settled switch
    {
        { Release.Evidence: { } evidence } =>
            $"not provable, the amount rests on evidence and not on a tariff: {evidence}",
        { OwnNetwork: { } own } =>
            $"none, compared with {own.Price.ToString("0.00##########", CultureInfo.InvariantCulture)} "
            + $"{settled.Cdr.Currency} {(own.Side == PriceSide.AfterTax ? "after" : "before")} taxes, "
            + $"the price of the CPO's own-network tariff {own.Tariffs}"
            + (own.Connector is { } connector ? $" published for connector {connector}" : ""),
        { SurchargeReference: { } reference } => $"none, compared with the CPO's own-network tariff {reference}",
        { Findings: var findings } => NotCompared(findings),
    };

    private static string NotCompared(IReadOnlyList<Domain.Finding> findings) =>
        findings.FirstOrDefault(finding => finding.Code == "surcharge.not-comparable") is { } why
            ? $"not provable: {why.Detail}"
            : "not provable, the CPO published no own-network tariff";
}
