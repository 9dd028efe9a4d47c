using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Corrections;

namespace Settlement.Api.Corrections;

/// <summary>Which posted CDRs a correction is to look at, as somebody wrote it; what is left out does not narrow.</summary>
public sealed record CorrectionText(
    string? Relationship, string? Month, string? Cpo, string? Place, string? Tariff, string? Rule,
    IReadOnlyList<string>? Cdrs)
{
    /// <summary>No selection where something in it cannot be read, with why.</summary>
    public (Relationship Relationship, CorrectionSelection? Selection, Refusal? Refusal) Read()
    {
        var pair = Output.Relationship(Relationship ?? "", out var refusal);
        YearMonth? month = refusal is null && Month is not null ? Output.Month(Month, out refusal) : null;
        PartyId? cpo = refusal is null && Cpo is not null ? Output.Party(Cpo, out refusal) : null;
        return refusal is null
            ? (pair!.Value, new CorrectionSelection(month, cpo, Place, Tariff, Rule, Cdrs is null or [] ? null : Cdrs), null)
            : (default, null, refusal);
    }
}
