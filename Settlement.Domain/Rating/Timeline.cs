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

    /// <summary>At its start; set only where a tariff of the session looks at it.</summary>
    public VehicleMoment Vehicle;
    public decimal? StateOfChargeAfter;

    public readonly long SpanSeconds => End - Start;
}

/// <summary>What the periods of a session add up to, priced or not.</summary>
internal readonly record struct Measured(decimal Kwh, long ChargingSeconds, long ParkingSeconds, long ReservationSeconds);

/// <summary>
/// The periods of a CDR as slices (OCPI 2.2.1 §10.4.2): each ends when the next begins, the last with the session.
/// Periods with one start end together. One that takes no time of its own and measures nothing is left out.
/// </summary>
internal static class Timeline
{
    /// <summary>Hours have four decimals and often three: within this, timestamps and volume tell the same time.</summary>
    private const long SameSeconds = 2;

    /// <summary>Fills one slice for each period that counts.</summary>
    /// <param name="slices">As many as there are periods; fewer come back where some are left out.</param>
    public static Measured Fill(ref Span<Slice> slices, Cdr cdr, RatingPolicy policy, Findings findings)
    {
        Order(slices, cdr, findings);
        var (start, end) = (cdr.Start.ToUnixTimeSeconds(), cdr.End.ToUnixTimeSeconds());
        slices = slices[..WithoutEmpty(slices, end)];
        var firstReserves = slices[0].Reserves && !slices[0].Charges;
        long? origin = firstReserves && policy.DurationStart == DurationStart.Charging ? null : start;
        var kwh = 0m;
        var (charged, parked, reserved) = (0L, 0L, 0L);
        for (var i = 0; i < slices.Length; i++)
        {
            ref var slice = ref slices[i];
            slice.End = EndOf(slices, i, end);
            if (slice.Charges)
            {
                origin ??= slice.Start;
            }

            slice.ElapsedSeconds = slice.Start - (origin ?? slice.Start);
            slice.KwhBefore = kwh;
            slice.ParkedSeconds = parked;
            Measure(ref slice, policy, findings);
            if (slice.Period.Start.ToUnixTimeSeconds() < start || slice.Start > end)
            {
                findings.AddPeriod("period.outside-session", slice.Index, $"It starts outside {cdr.Start} to {cdr.End}.");
            }

            kwh = i == 0 ? slice.Kwh : Exact.Add(kwh, slice.Kwh);
            charged += slice.ChargingSeconds;
            parked += slice.ParkingSeconds;
            reserved += slice.ReservationSeconds;
            if (policy.TimeMeaning == TimeMeaning.Connected)
            {
                slice.ChargingSeconds += slice.ParkingSeconds;
            }
        }

        if (slices[0].Start > start)
        {
            findings.AddPeriod(
                "period.gap", slices[0].Index, $"The first period starts {slices[0].Start - start} s after the session.");
        }

        return new Measured(kwh, charged, parked, reserved);
    }

    /// <summary>Whether two periods start together; then the order of the document may matter.</summary>
    public static bool SharesStarts(ReadOnlySpan<Slice> slices)
    {
        for (var i = 1; i < slices.Length; i++)
        {
            if (slices[i].Start == slices[i - 1].Start)
            {
                return true;
            }
        }

        return false;
    }

    private static long EndOf(ReadOnlySpan<Slice> slices, int index, long sessionEnd)
    {
        var start = slices[index].Start;
        for (index++; index < slices.Length; index++)
        {
            if (slices[index].Start != start)
            {
                return slices[index].Start;
            }
        }

        return sessionEnd;
    }

    /// <summary>
    /// Some write a last period that begins when the session ends, or one start twice. Such a period, if it measures
    /// nothing, begins nothing: no fee, no other tariff.
    /// </summary>
    private static int WithoutEmpty(Span<Slice> slices, long sessionEnd)
    {
        var kept = 0;
        for (var i = 0; i < slices.Length; i++)
        {
            var start = slices[i].Start;
            var takesNoTime = start >= sessionEnd || (i > 0 && slices[i - 1].Start == start)
                || (i + 1 < slices.Length && slices[i + 1].Start == start);
            if (takesNoTime && slices[i].Period.IsEmpty && (kept > 0 || HasOthers(slices[(i + 1)..])))
            {
                continue;
            }

            if (kept != i)
            {
                slices[kept] = slices[i];
            }

            kept++;
        }

        return kept;
    }

    private static bool HasOthers(ReadOnlySpan<Slice> later)
    {
        foreach (ref readonly var slice in later)
        {
            if (!slice.Period.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    private static void Order(Span<Slice> slices, Cdr cdr, Findings findings)
    {
        var periods = cdr.Periods;
        var inOrder = true;
        var before = long.MinValue;
        var sessionStart = cdr.Start.ToUnixTimeSeconds();
        for (var i = 0; i < slices.Length; i++)
        {
            var period = periods[i];
            var start = Math.Max(period.Start.ToUnixTimeSeconds(), sessionStart); // nothing is billed before the session
            var reserves = period.ReservationHours is not null;
            ref var slice = ref slices[i];
            slice.Index = i;
            slice.Period = period;
            slice.Start = start;
            slice.Reserves = reserves;
            slice.Charges = !reserves || period.EnergyKwh is not null || period.TimeHours is not null
                || period.ParkingHours is not null;
            inOrder &= before <= start;
            before = start;
        }

        if (!inOrder)
        {
            findings.Add("periods.out-of-order", "/charging_periods", "Periods are not in order of their start.");
            slices.Sort(static (a, b) =>
                a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.Index.CompareTo(b.Index));
        }
    }

    private static void Measure(ref Slice slice, RatingPolicy policy, Findings findings)
    {
        var period = slice.Period;
        slice.Kwh = period.EnergyKwh ?? 0m;
        var (charging, parking, reserved) = (period.TimeHours, period.ParkingHours, period.ReservationHours);
        if (charging is { } hours && parking is null && reserved is null)
        {
            // one time dimension and no other: by far the most frequent
            slice.ChargingSeconds = Seconds(hours, policy.TimeSource == TimeSource.Timestamps, in slice);
            slice.ParkingSeconds = 0;
            slice.ReservationSeconds = 0;
        }
        else
        {
            var alone = (charging is null or 0m ? 0 : 1) + (parking is null or 0m ? 0 : 1) + (reserved is null or 0m ? 0 : 1);
            var fromSpan = alone == 1 && policy.TimeSource == TimeSource.Timestamps;
            slice.ChargingSeconds = Seconds(charging ?? 0m, fromSpan, in slice);
            slice.ParkingSeconds = Seconds(parking ?? 0m, fromSpan, in slice);
            slice.ReservationSeconds = Seconds(reserved ?? 0m, fromSpan, in slice);
        }

        if ((slice.ChargingSeconds | slice.ParkingSeconds | slice.ReservationSeconds) < 0)
        {
            findings.StopPeriod("period.negative-time", slice.Index, "A time cannot be negative.");
        }

        var told = slice.ChargingSeconds + slice.ParkingSeconds + slice.ReservationSeconds;
        if (told != 0 && Math.Abs(told - slice.SpanSeconds) > SameSeconds)
        {
            findings.AddPeriod(
                "period.time-differs", slice.Index,
                $"Its volumes tell {told} s, its timestamps {slice.SpanSeconds} s; the volumes are rated.");
        }
    }

    /// <summary>
    /// Whole seconds: from the timestamps where the period is wholly this dimension and the volume agrees, so that
    /// ten minutes are 600 s although 0.1667 h are 600.12 s; else the volume, to the nearest second.
    /// </summary>
    private static long Seconds(decimal hours, bool fromSpan, in Slice slice)
    {
        // Hours as sent have few digits: whole-number arithmetic decides at once.
        if (Exact.TryDigits(hours, out var digits, out var scale) && scale <= 6 && Math.Abs(digits) < 1_000_000_000_000)
        {
            if (digits == 0)
            {
                return 0;
            }

            var unit = Exact.PowerOfTen(scale);
            if (fromSpan && slice.SpanSeconds is >= 0 and < 1_000_000_000
                && Math.Abs(digits * 3600 - slice.SpanSeconds * unit) <= SameSeconds * unit)
            {
                return slice.SpanSeconds;
            }
        }

        var seconds = Exact.Multiply(hours, 3600m);
        return fromSpan && Math.Abs(seconds - slice.SpanSeconds) <= SameSeconds
            ? slice.SpanSeconds
            : (long)Math.Round(seconds, MidpointRounding.AwayFromZero);
    }
}
