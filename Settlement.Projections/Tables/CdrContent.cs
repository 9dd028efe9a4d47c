using NodaTime;
using Settlement.Domain.Intake;

namespace Settlement.Projections.Tables;

/// <summary>What a CDR's row tells of one content that came under its id.</summary>
/// <param name="Digest">Null on the first: it counts until another is chosen.</param>
internal sealed record CdrContent(
    string? Digest, Instant ReceivedAt, decimal EnergyKwh, string? Driver, string? Session, string? Location, string? Evse,
    string? City, string? Authorization, string? Power, string? Source)
{
    public static CdrContent Of(CdrFact.CdrReceived content, bool isFirst) => new(
        isFirst ? null : content.Digest, Ids.AsStored(content.ReceivedAt), content.Cdr.TotalEnergyKwh, content.Driver, content.Cdr.SessionId,
        content.Cdr.Location.Id, content.Cdr.Location.EvseId, content.Cdr.Location.City,
        content.Cdr.AuthorizationReference, content.Cdr.Location.PowerType, content.Source);
}
