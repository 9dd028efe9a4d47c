namespace Settlement.Domain.Tax;

/// <summary>
/// A local rate as a rule: it taxes what its state's rule covers, under the same registration.
/// </summary>
internal static class LocalRule
{
    public static TaxRule Of(TaxRule state, LocalRate rate, LocalRates source) => new()
    {
        Id = $"{state.Jurisdiction}:{state.Tax}:{rate.Code}:"
            + (rate.From is { } from ? from.Text() : "unknown"),
        Jurisdiction = state.Jurisdiction,
        Locality = rate.Code,
        Tax = state.Tax,
        NameEn = $"Local sales tax {rate.Name}",
        NameFr = $"Taxe de vente locale {rate.Name}",
        Treatment = Treatment.Taxable,
        Rate = rate.Rate,
        Components = state.Components,
        Stations = state.Stations,
        From = rate.From,
        To = rate.To,
        TaxPoint = state.TaxPoint,
        Remitter = state.Remitter,
        ResaleExempt = state.ResaleExempt,
        Source = source.Source,
        Confidence = "confirmed",
    };
}
