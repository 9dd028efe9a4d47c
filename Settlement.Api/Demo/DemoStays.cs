using NodaTime;

namespace Settlement.Api.Demo;

/// <summary>Nobody is twice at one EVSE at a time: a session that would be is another driver's.</summary>
internal sealed class DemoStays
{
    /// <summary>What else depends on a driver's number depends on its rest by this.</summary>
    private const int Step = 12;

    private readonly Dictionary<(string Site, int Evse, int Driver), List<(Instant Start, Instant End)>> known = [];

    /// <summary>How much to add to the driver's number.</summary>
    public int Add(DemoSession session)
    {
        for (var after = 0; ; after += Step)
        {
            var key = (session.Site.Id, session.Evse, session.Driver + after);
            if (!known.TryGetValue(key, out var stays))
            {
                known[key] = stays = [];
            }

            if (!stays.Exists(stay => stay.Start == session.Start || (stay.Start < session.End && session.Start < stay.End)))
            {
                stays.Add((session.Start, session.End));
                return after;
            }
        }
    }
}
