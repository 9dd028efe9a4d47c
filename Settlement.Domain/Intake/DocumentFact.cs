using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Intake;

/// <summary>Facts of the reserved tenant <c>@intake</c>: documents that could not be taken as CDRs.</summary>
public abstract record DocumentFact : Fact
{
    private DocumentFact() { }

    /// <summary>Kept whole and sealed, with what could be told of it.</summary>
    /// <param name="Code">Why it could not be taken; stable.</param>
    /// <param name="Length">Bytes of the document.</param>
    /// <param name="Sealed">The document, sealed, base64.</param>
    public sealed record DocumentHeld(
        string Code, string Message, PartyId? Owner, PartyId? TokenOwner, string? Id, string Source,
        Instant ReceivedAt, int Length, string Sealed) : DocumentFact;
}
