namespace Settlement.Domain.Rating;

/// <summary>
/// Finds periods that span a change of price. OCPI asks the CPO for a new period at every change (2.2.1 §10.4.2); a
/// period is a total and not a curve, so it is rated in full at its start and the finding says so.
/// </summary>
internal static class Straddles
{
    private const int MostQuestions = 10_000;

    /// <summary>Whether anything a restriction looks at passes one of its bounds inside the period.</summary>
    public static bool MayChange(in Slice slice, CompiledTariff tariff, int day, int second, ref LocalClock clock)
    {
        var span = slice.SpanSeconds;
        var clockMayChange = tariff.NeedsLocalTime && clock.IsKnown && clock.SameUntil < slice.End;
        if (span <= 1 || (!clockMayChange && tariff.IsSteady(clock.IsKnown, second, span)))
        {
            return false;
        }

        return PassesLimit(slice, tariff) || (clock.IsKnown && PassesEdge(slice, tariff, day, second, clock));
    }

    /// <summary>Whether a dimension would have another price at some moment inside the period.</summary>
    public static bool Changes(
        in Slice slice, CompiledTariff tariff, Dimension dimension, ActiveComponent? atStart, LocalClock clock,
        RatingPolicy policy)
    {
        var questions = 0;
        var (levels, charges) = (Levels(slice, tariff), Charges(slice, tariff));
        foreach (var instant in Instants(slice, tariff, clock))
        {
            foreach (var kwh in levels)
            {
                foreach (var percent in charges)
                {
                    if (++questions > MostQuestions)
                    {
                        return true; // too many to ask them all: a person should look
                    }

                    var moment = At(slice, instant, kwh, percent, ref clock);
                    var choice = Selection.Charging(tariff, dimension, moment, policy);
                    var same = atStart is null ? choice.Component is null : atStart.PricesLike(choice.Component);
                    if (!same || choice.IsOpen)
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private static Moment At(
        in Slice slice, long instant, decimal kwh, decimal? percent, ref LocalClock clock)
    {
        var (day, second) = clock.IsKnown ? clock.At(instant) : (0, 0);
        var since = instant - slice.Start;
        return new Moment
        {
            HasZone = clock.IsKnown,
            Day = day,
            Second = second,
            ElapsedSeconds = slice.ElapsedSeconds + since,
            ParkedSeconds = slice.ParkedSeconds + (slice.ParkingSeconds > 0 ? since : 0),
            Kwh = kwh,
            Period = slice.Period,
            Vehicle = slice.Vehicle with
            {
                IdleSeconds = slice.Vehicle.IdleSeconds + (slice.Vehicle.IsIdle ? since : 0),
                StateOfCharge = percent,
            },
        };
    }

    private static bool PassesLimit(in Slice slice, CompiledTariff tariff)
    {
        foreach (var limit in tariff.DurationLimits)
        {
            if ((limit > slice.ElapsedSeconds && limit < slice.ElapsedSeconds + slice.SpanSeconds)
                || (limit > slice.ParkedSeconds && limit < slice.ParkedSeconds + slice.ParkingSeconds))
            {
                return true;
            }
        }

        foreach (var limit in tariff.KwhLimits)
        {
            if (IsPassed(slice, limit))
            {
                return true;
            }
        }

        return tariff.NeedsVehicle && PassesVehicleLimit(slice, tariff);
    }

    private static bool PassesVehicleLimit(in Slice slice, CompiledTariff tariff)
    {
        foreach (var limit in tariff.IdleLimits)
        {
            var at = IdleLimitAt(slice, limit);
            if (at > slice.Start && at < slice.End)
            {
                return true;
            }
        }

        foreach (var limit in tariff.StateOfChargeLimits)
        {
            if (IsCharged(slice, limit))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>When the vehicle reaches a bound of idle time; where nothing is stated, the earliest it could.</summary>
    private static long IdleLimitAt(in Slice slice, long limit) => slice.Vehicle switch
    {
        { IsStated: false } => slice.Start + limit - slice.ElapsedSeconds,
        { IsIdle: true } => slice.Start + limit - slice.Vehicle.IdleSeconds,
        _ => slice.Start,
    };

    private static bool IsCharged(in Slice slice, decimal limit) =>
        slice.Period.StateOfCharge is { } from && slice.StateOfChargeAfter is { } to
        && (to >= from ? limit > from && limit < to : limit <= from && limit > to);

    private static bool IsPassed(in Slice slice, decimal limit)
    {
        var after = slice.KwhBefore + slice.Kwh;
        return slice.Kwh > 0m ? limit > slice.KwhBefore && limit < after : limit <= slice.KwhBefore && limit > after;
    }

    private static bool PassesEdge(in Slice slice, CompiledTariff tariff, int fromDay, int from, LocalClock clock)
    {
        if (!tariff.NeedsLocalTime)
        {
            return false;
        }

        var end = slice.End - 1;
        var (day, second) = clock.At(end);
        return day != fromDay || !tariff.SameSlot(from, second) || slice.SpanSeconds >= 86400;
    }

    /// <summary>The start, and every instant inside at which a time or duration bound is reached.</summary>
    private static SortedSet<long> Instants(in Slice slice, CompiledTariff tariff, LocalClock clock)
    {
        var instants = new SortedSet<long> { slice.Start };
        foreach (var limit in tariff.DurationLimits)
        {
            Add(instants, slice, slice.Start + limit - slice.ElapsedSeconds);
            Add(instants, slice, slice.Start + limit - slice.ParkedSeconds);
        }

        foreach (var limit in tariff.IdleLimits)
        {
            Add(instants, slice, IdleLimitAt(slice, limit));
        }

        if (!clock.IsKnown || !tariff.NeedsLocalTime)
        {
            return instants;
        }

        for (var from = slice.Start; from < slice.End && instants.Count < MostQuestions; from = clock.SameUntil)
        {
            var offset = clock.OffsetAt(from);
            var until = Math.Min(clock.SameUntil, slice.End);
            Add(instants, slice, from);
            for (var day = FloorDay(from + offset); day * 86400 < until + offset && instants.Count < MostQuestions; day++)
            {
                foreach (var edge in tariff.Edges)
                {
                    var instant = day * 86400 + edge - offset;
                    if (instant >= from && instant < until)
                    {
                        Add(instants, slice, instant);
                    }
                }
            }
        }

        return instants;
    }

    private static long FloorDay(long seconds) => seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400;

    private static void Add(SortedSet<long> instants, in Slice slice, long instant)
    {
        if (instant > slice.Start && instant < slice.End)
        {
            instants.Add(instant);
        }
    }

    private static readonly List<decimal?> NotStated = [null];

    /// <summary>States of charge in the period that a restriction tells apart.</summary>
    private static List<decimal?> Charges(in Slice slice, CompiledTariff tariff)
    {
        var (from, to) = (slice.Period.StateOfCharge, slice.StateOfChargeAfter);
        if (from is null || tariff.StateOfChargeLimits.Length == 0)
        {
            return from is null ? NotStated : [from];
        }

        var levels = new List<decimal?> { from };
        foreach (var limit in tariff.StateOfChargeLimits)
        {
            if (IsCharged(slice, limit))
            {
                levels.Add(to >= from ? limit : to);
            }
        }

        return levels;
    }

    private static List<decimal> Levels(in Slice slice, CompiledTariff tariff)
    {
        var levels = new List<decimal> { slice.KwhBefore };
        foreach (var limit in tariff.KwhLimits)
        {
            if (IsPassed(slice, limit))
            {
                levels.Add(slice.Kwh > 0m ? limit : slice.KwhBefore + slice.Kwh);
            }
        }

        return levels;
    }
}
