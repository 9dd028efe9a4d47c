namespace Settlement.Domain.Rating;

/// <summary>
/// How long the vehicle has not requested power at the start of each period, and its state of charge at the end (OCPI
/// extension EVRF-001).
/// </summary>
/// <remarks>
/// A CDR that states vehicle_requesting_power for one period comes from a platform with the extension: in its other
/// periods the vehicle requests power, or it does not matter. A CDR that never states it leaves it unknown.
/// </remarks>
internal static class VehicleTimeline
{
    /// <summary>Fills the slices where a tariff of the session looks at the vehicle; else does nothing.</summary>
    public static void Fill(Span<Slice> slices, RatingPolicy policy)
    {
        if (!IsAsked(slices, out var isStated))
        {
            return;
        }

        var idle = 0L;
        for (var i = 0; i < slices.Length; i++)
        {
            ref var slice = ref slices[i];
            var isIdle = slice.Period.VehicleRequestingPower == false;
            idle = isIdle || policy.IdleDuration == IdleDuration.Total ? idle : 0;
            slice.StateOfChargeAfter = i + 1 < slices.Length ? slices[i + 1].Period.StateOfCharge : null;
            slice.Vehicle = new VehicleMoment
            {
                IsStated = isStated,
                IsIdle = isIdle,
                IdleSeconds = idle,
                StateOfCharge = slice.Period.StateOfCharge,
            };
            idle += isIdle ? Math.Max(0, slice.SpanSeconds) : 0;
        }
    }

    private static bool IsAsked(ReadOnlySpan<Slice> slices, out bool isStated)
    {
        var isAsked = isStated = false;
        foreach (ref readonly var slice in slices)
        {
            isAsked |= slice.Tariff!.NeedsVehicle;
            isStated |= slice.Period.VehicleRequestingPower is not null;
        }

        return isAsked;
    }
}
