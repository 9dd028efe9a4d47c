using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Projections.Statements;

namespace Settlement.Api.Intake;

/// <summary>Which held CDRs are meant, as somebody wrote it; what is left out does not narrow.</summary>
public sealed record HeldText(
    string? Month = null, string? Relationship = null, string? Reason = null, string? State = null, string? Cpo = null,
    string? Emsp = null, string? Currency = null)
{
    /// <summary>No filter where something in it cannot be read, with why.</summary>
    public (HeldFilter? Filter, Refusal? Refusal) Read()
    {
        Refusal? refusal = null;
        YearMonth? month = Month is not null ? Output.Month(Month, out refusal) : null;
        PartyId? cpo = refusal is null && Cpo is not null ? Output.Party(Cpo, out refusal) : null;
        PartyId? emsp = refusal is null && Emsp is not null ? Output.Party(Emsp, out refusal) : null;
        return refusal is null
            ? (new HeldFilter(month, Relationship, Reason, State, cpo, emsp, Currency), null)
            : (null, refusal);
    }
}
