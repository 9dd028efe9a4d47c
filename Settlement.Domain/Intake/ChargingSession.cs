using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Intake;

/// <summary>
/// Facts of the streams <c>session/{cpo}/{id}</c> and <c>stay/{hash}</c>. The first CDR of a session claims its names and
/// needs no event; only who takes one over, after that one was credited, is recorded here.
/// </summary>
public abstract record SessionFact : Fact
{
    private SessionFact() { }

    public sealed record SessionTaken(string CdrId) : SessionFact
    {
        /// <summary>Null: the owner that the name of the session tells.</summary>
        public PartyId? Owner { get; init; }
    }
}

/// <summary>
/// One CDR is owed per charging session, until it is credited (rules-money 12). A session is known by its id, and by
/// where, who and when: whatever the ids say, one driver is at one EVSE once at a time.
/// </summary>
public static class ChargingSession
{
    /// <summary>Days of a stay that are claimed; a longer session is found by its beginning.</summary>
    private const int MostDays = 40;

    /// <summary>A day of a stay begins when few charge in North America, so that few sessions touch two.</summary>
    private static readonly Duration DayBegins = Duration.FromHours(9);

    /// <summary>
    /// The names under which a CDR's session is claimed; none for a credit, which repeats its original's. Two CDRs of one
    /// session share a name; two that share a name need not be one session: see <see cref="IsOne"/>.
    /// </summary>
    /// <param name="cpo">Home id of the CPO.</param>
    public static IReadOnlyList<string> Names(CdrFact.CdrReceived received, PartyId cpo)
    {
        var cdr = received.Cdr;
        if (cdr.Credit)
        {
            return [];
        }

        var names = new List<string>(3);
        if (Id(cdr) is { } id)
        {
            names.Add($"session/{cpo}/{id}".ToLowerInvariant());
        }

        var first = Day(cdr.Start);
        var last = Math.Min(Math.Max(first, Day(cdr.End) - (IsMidnight(cdr) ? 1 : 0)), first + MostDays);
        foreach (var evse in new[] { StatedOrNull(cdr.Location.EvseUid), Bare(cdr.Location.EvseId) }.OfType<string>().Distinct(StringComparer.Ordinal))
        {
            for (var day = first; day <= last; day++)
            {
                names.Add(Stay(cpo, evse, received.HomeDriver ?? received.Driver, day));
            }
        }

        return names;
    }

    /// <summary>The name of the session alone; null where the CPO tells none.</summary>
    public static string? IdName(Cdr cdr, PartyId cpo) =>
        !cdr.Credit && Id(cdr) is { } id ? $"session/{cpo}/{id}".ToLowerInvariant() : null;

    /// <summary>
    /// Whether two CDRs of one CPO are about one session. A charger may count its own transactions: one id at two EVSEs at
    /// two times is two sessions.
    /// </summary>
    public static bool IsOne(CdrFact.CdrReceived one, CdrFact.CdrReceived other) =>
        (Id(one.Cdr) is { } id && id == Id(other.Cdr) && (!AreApart(one.Cdr.Location, other.Cdr.Location) || Overlap(one.Cdr, other.Cdr)))
        || ((one.HomeDriver ?? one.Driver) == (other.HomeDriver ?? other.Driver)
            && AreOne(one.Cdr.Location, other.Cdr.Location) && Overlap(one.Cdr, other.Cdr));

    /// <summary>Why a CDR waits: another one came for its session already.</summary>
    public static Finding Second(Cdr cdr, CdrKey holder, string? elsewhere = null) => new(
        "session.second-cdr", "/session_id",
        $"CDR {holder}{(elsewhere is null ? "" : $" of {elsewhere}")} came for {(Id(cdr) is null ? "this session" : $"session {cdr.SessionId}")} "
        + "already, or for the same EVSE, driver and time; this one is owed only once that one is credited, or if a person "
        + "says that it is another session.");

    /// <summary>It holds its session no longer.</summary>
    public static bool IsFree(CdrState holder) => holder.CreditedBy is not null || holder.IsRejected || holder.Received is null;

    private static bool Overlap(Cdr one, Cdr other) =>
        one.Start == other.Start || (one.Start < other.End && other.Start < one.End);

    private static bool AreOne(CdrLocation one, CdrLocation other) =>
        (StatedOrNull(one.EvseUid) is { } uid && uid == StatedOrNull(other.EvseUid) && StatedOrNull(one.Id) == StatedOrNull(other.Id))
        || (Bare(one.EvseId) is { } id && id == Bare(other.EvseId));

    private static bool AreApart(CdrLocation one, CdrLocation other) =>
        !AreOne(one, other)
        && ((StatedOrNull(one.EvseUid) is not null && StatedOrNull(other.EvseUid) is not null)
            || (Bare(one.EvseId) is not null && Bare(other.EvseId) is not null));

    private static string Stay(PartyId cpo, string evse, string driver, int day) => "stay/" + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{cpo}\n{evse}\n{driver}\n{day}")))
            .AsSpan(0, 16));

    private static int Day(Instant time) =>
        (int)decimal.Floor((decimal)(time - DayBegins).ToUnixTimeTicks() / NodaConstants.TicksPerDay);

    // a stay is open at its end
    private static bool IsMidnight(Cdr cdr) =>
        cdr.End > cdr.Start && (cdr.End - DayBegins).ToUnixTimeTicks() % NodaConstants.TicksPerDay == 0;

    private static string? Id(Cdr cdr) => StatedOrNull(cdr.SessionId);

    private static string? StatedOrNull(string? id) =>
        string.IsNullOrWhiteSpace(id) || id == "#NA" ? null : id.Trim().ToLowerInvariant();

    // eMI3 ids are one with and without separators
    private static string? Bare(string? id) =>
        StatedOrNull(id)?.Replace("*", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
}
