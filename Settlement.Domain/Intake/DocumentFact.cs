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

    /// <summary>It can be read now and went to its relationship as the CDR it is.</summary>
    /// <param name="Relationship">Whose log it is in.</param>
    public sealed record DocumentReleased(string Relationship, PartyId Owner, string Id, string By) : DocumentFact;

    /// <summary>A person gave up on it.</summary>
    public sealed record DocumentRejected(string Reason, string By) : DocumentFact;
}
