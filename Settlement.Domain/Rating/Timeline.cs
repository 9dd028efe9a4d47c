using Settlement.Domain.Intake;

namespace Settlement.Domain.Rating;

/// <summary>One charging period in order of time, with whole seconds and what the session had reached at its start.</summary>
internal struct Slice
{
    /// <summary>Index in the CDR as received.</summary>
    public int Index;
    public ChargingPeriod Period;
    public long Start;
    public long End;
    public long ChargingSeconds;
    public long ParkingSeconds;
    public long ReservationSeconds;
    public decimal Kwh;
    public decimal KwhBefore;
    public long ElapsedSeconds;
    public long ParkedSeconds;
    public bool Reserves;
    public bool Charges;
    public CompiledTariff? Tariff;

    public readonly long SpanSeconds => End - Start;
}

/// <summary>The periods of a CDR as slices (OCPI 2.2.1 §10.4.2): each ends when the next begins, the last with the session.</summary>
internal static class Timeline
{
    /// <summary>Hours have four decimals and often three: within this, timestamps and volume tell the same time.</summary>
    private const decimal SameSeconds = 2m;

    public static Slice[] Of(Cdr cdr, RatingPolicy policy, Findings findings)
    {
        var slices = Ordered(cdr, findings);
        var firstReserves = slices[0].Reserves && !slices[0].Charges;
        long? origin = firstReserves && policy.DurationStart == DurationStart.Charging
            ? null
            : cdr.Start.ToUnixTimeSeconds();
        var kwh = 0m;
        var parked = 0L;
        for (var i = 0; i < slices.Length; i++)
        {
            ref var slice = ref slices[i];
            if (slice.Charges)
            {
                origin ??= slice.Start;
            }

            slice.ElapsedSeconds = slice.Start - (origin ?? slice.Start);
            slice.KwhBefore = kwh;
            slice.ParkedSeconds = parked;
            Measure(ref slice, policy, findings);
            kwh = slice.Kwh == 0m ? kwh : Exact.Add(kwh, slice.Kwh);
            parked += slice.ParkingSeconds;
        }

        return slices;
    }

    private static Slice[] Ordered(Cdr cdr, Findings findings)
    {
        var periods = cdr.Periods;
        var slices = new Slice[periods.Count];
        var inOrder = true;
        for (var i = 0; i < slices.Length; i++)
        {
            var period = periods[i];
            ref var slice = ref slices[i];
            slice.Index = i;
            slice.Period = period;
            slice.Start = period.Start.ToUnixTimeSeconds();
            slice.Reserves = period.ReservationHours is not null;
            slice.Charges = !slice.Reserves || period.EnergyKwh is not null || period.TimeHours is not null
                || period.ParkingHours is not null;
            inOrder &= i == 0 || slices[i - 1].Start <= slice.Start;
        }

        if (!inOrder)
        {
            findings.Add("periods.out-of-order", "/charging_periods", "Periods are not in order of their start.");
            Array.Sort(slices, static (a, b) =>
                a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.Index.CompareTo(b.Index));
        }

        for (var i = 0; i < slices.Length; i++)
        {
            slices[i].End = i + 1 < slices.Length ? slices[i + 1].Start : cdr.End.ToUnixTimeSeconds();
        }

        CheckBounds(cdr, slices, findings);
        return slices;
    }

    private static void CheckBounds(Cdr cdr, Slice[] slices, Findings findings)
    {
        var (start, end) = (cdr.Start.ToUnixTimeSeconds(), cdr.End.ToUnixTimeSeconds());
        foreach (ref readonly var slice in slices.AsSpan())
        {
            if (slice.Start < start || slice.Start > end)
            {
                findings.AddPeriod("period.outside-session", slice.Index, $"It starts outside {cdr.Start} to {cdr.End}.");
            }
        }

        if (slices[0].Start > start)
        {
            findings.AddPeriod(
                "period.gap", slices[0].Index, $"The first period starts {slices[0].Start - start} s after the session.");
        }
    }

    private static void Measure(ref Slice slice, RatingPolicy policy, Findings findings)
    {
        var period = slice.Period;
        slice.Kwh = period.EnergyKwh ?? 0m;
        if (period.TimeHours < 0m || period.ParkingHours < 0m || period.ReservationHours < 0m)
        {
            findings.StopPeriod("period.negative-time", slice.Index, "A time cannot be negative.");
        }

        var alone = (period.TimeHours is null or 0m ? 0 : 1) + (period.ParkingHours is null or 0m ? 0 : 1)
            + (period.ReservationHours is null or 0m ? 0 : 1) == 1;
        var fromSpan = alone && policy.TimeSource == TimeSource.Timestamps;
        slice.ChargingSeconds = Seconds(period.TimeHours, fromSpan, in slice);
        slice.ParkingSeconds = Seconds(period.ParkingHours, fromSpan, in slice);
        slice.ReservationSeconds = Seconds(period.ReservationHours, fromSpan, in slice);
        var told = slice.ChargingSeconds + slice.ParkingSeconds + slice.ReservationSeconds;
        if (told != 0 && Math.Abs(told - slice.SpanSeconds) > (long)SameSeconds)
        {
            findings.AddPeriod(
                "period.time-differs", slice.Index,
                $"Its volumes tell {told} s, its timestamps {slice.SpanSeconds} s; the volumes are rated.");
        }

        if (policy.TimeMeaning == TimeMeaning.Connected)
        {
            slice.ChargingSeconds += slice.ParkingSeconds;
        }
    }

    /// <summary>
    /// Whole seconds: from the timestamps where the period is wholly this dimension and the volume agrees, so that
    /// ten minutes are 600 s although 0.1667 h are 600.12 s; else the volume, to the nearest second.
    /// </summary>
    private static long Seconds(decimal? hours, bool fromSpan, in Slice slice)
    {
        if (hours is not { } volume || volume == 0m)
        {
            return 0;
        }

        var seconds = volume * 3600m;
        return fromSpan && Math.Abs(seconds - slice.SpanSeconds) <= SameSeconds
            ? slice.SpanSeconds
            : (long)Math.Round(seconds, MidpointRounding.AwayFromZero);
    }
}
