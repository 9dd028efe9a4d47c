using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// Facts of the streams <c>report/{cpo}/{id}</c> of a relationship: sessions as their CPO reports them while they
/// run (OCPI sessions module). Nothing is owed by them; they tell which CDRs are to be expected.
/// </summary>
public abstract record SessionReportFact : Fact
{
    private SessionReportFact() { }

    /// <summary>The session as it is now.</summary>
    /// <param name="Driver">Pseudonym of the driver in this relationship.</param>
    /// <param name="Sealed">The whole object as the partner sent it, under the driver's key, base64.</param>
    public sealed record SessionReported(
        ReportedSession Session, string Driver, string Sealed, Instant ReceivedAt, string Source) : SessionReportFact;
}

/// <summary>What completeness needs of a session; nothing of the driver.</summary>
/// <param name="Status">ACTIVE, COMPLETED, INVALID, PENDING, RESERVATION, or what the partner wrote.</param>
/// <param name="TotalCost">Before taxes, in Currency: what the CPO will ask for; not relevant for billing.</param>
public sealed record ReportedSession(
    OcpiVersion Version, PartyId Cpo, PartyId Emsp, string Id, string Status, Instant Start, Instant? End,
    decimal EnergyKwh, string Currency, string? LocationId, string? EvseUid, decimal? TotalCost, Instant? LastUpdated);

/// <summary>The outcome of reading one session.</summary>
public abstract record SessionReading
{
    private SessionReading() { }

    /// <param name="Personal">What identifies the driver: token uid and contract.</param>
    public sealed record Read(ReportedSession Session, PersonalData Personal) : SessionReading;

    public sealed record Unreadable(Refusal Refusal) : SessionReading;
}
