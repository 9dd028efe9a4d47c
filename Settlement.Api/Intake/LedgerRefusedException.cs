using Settlement.Domain;

namespace Settlement.Api.Intake;

/// <summary>The ledger's code could not take a CDR; nothing of it was stored.</summary>
internal sealed class LedgerRefusedException(Refusal refusal) : Exception(refusal.ToString())
{
    public Refusal Refusal { get; } = refusal;
}
