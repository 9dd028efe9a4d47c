using NodaTime;

namespace Settlement.Domain.Rating;

/// <summary>The clock on the wall at the charger: zone transitions are looked up once per change, not per question.</summary>
internal struct LocalClock(DateTimeZone? zone)
{
    private long from = long.MaxValue;
    private long until = long.MinValue;
    private int offset;

    public readonly bool IsKnown => zone is not null;

    /// <summary>Seconds to add to UTC at this instant (Unix seconds).</summary>
    public int OffsetAt(long unixSeconds)
    {
        if (zone is not null && (unixSeconds < from || unixSeconds >= until))
        {
            var interval = zone.GetZoneInterval(Instant.FromUnixTimeSeconds(unixSeconds));
            from = interval.HasStart ? interval.Start.ToUnixTimeSeconds() : long.MinValue;
            until = interval.HasEnd ? interval.End.ToUnixTimeSeconds() : long.MaxValue;
            offset = interval.WallOffset.Seconds;
        }

        return offset;
    }

    /// <summary>End of the stretch with the offset last asked for (Unix seconds).</summary>
    public readonly long SameUntil => until;

    /// <summary>Local day since 1970-01-01 and second of that day.</summary>
    public (int Day, int Second) At(long unixSeconds)
    {
        var local = unixSeconds + OffsetAt(unixSeconds);
        var day = local >= 0 ? local / 86400 : (local - 86399) / 86400;
        return ((int)day, (int)(local - day * 86400));
    }
}
