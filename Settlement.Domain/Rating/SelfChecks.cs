using Settlement.Domain.Intake;

namespace Settlement.Domain.Rating;

/// <summary>The CDR against itself: its totals must follow from its periods.</summary>
internal static class SelfChecks
{
    /// <summary>Hours are told with four decimals: half a minute over a session is rounding.</summary>
    private const long SameSeconds = 36;
    private const decimal SameKwh = 0.01m;

    public static void Run(
        Cdr cdr, ReadOnlySpan<Slice> slices, in Measured measured, RatingPolicy policy, Findings findings)
    {
        CheckToldEnergy(cdr, slices, findings);
        CheckEnergy(cdr, measured.Kwh, findings);
        CheckTimes(cdr, measured, policy, findings);
    }

    /// <summary>
    /// Energy that only the total states, as where a platform writes ENERGY_IMPORT alone, is not free: which price it had
    /// is not known.
    /// </summary>
    private static void CheckToldEnergy(Cdr cdr, ReadOnlySpan<Slice> slices, Findings findings)
    {
        if (cdr.TotalEnergyKwh <= SameKwh)
        {
            return;
        }

        var isPriced = false;
        foreach (ref readonly var slice in slices)
        {
            if (slice.Period.EnergyKwh is not null)
            {
                return;
            }

            isPriced |= slice.Tariff!.Prices(Dimension.ENERGY) && PricesEnergy(slice.Tariff.Tariff);
        }

        if (isPriced)
        {
            findings.Stop(
                "energy.not-told", "/charging_periods",
                $"total_energy is {cdr.TotalEnergyKwh} kWh and the tariff prices energy, but no period has ENERGY; ask the CPO to "
                + "resend with the energy of each period.");
        }
    }

    private static bool PricesEnergy(Tariff tariff) => tariff.Elements.Any(element =>
        element.Components.Any(component => component is { Type: Dimension.ENERGY, Price: not 0m }));

    private static void CheckEnergy(Cdr cdr, decimal kwh, Findings findings)
    {
        if (kwh == cdr.TotalEnergyKwh || Math.Abs(kwh - cdr.TotalEnergyKwh) <= SameKwh)
        {
            return;
        }

        if (Math.Abs(kwh - cdr.TotalEnergyKwh * 1000m) <= SameKwh * 1000m)
        {
            findings.Stop(
                "energy.unit-suspect", "/total_energy",
                $"The periods tell {kwh} kWh and total_energy {cdr.TotalEnergyKwh}: the periods seem to be in Wh.");
            return;
        }

        findings.Add(
            "energy.total-differs", "/total_energy", $"The periods tell {kwh} kWh, total_energy {cdr.TotalEnergyKwh}.");
    }

    private static void CheckTimes(Cdr cdr, in Measured measured, RatingPolicy policy, Findings findings)
    {
        var parking = measured.ParkingSeconds;
        var reserved = policy.TotalTime == TotalTime.WithReservation ? measured.ReservationSeconds : 0L;
        var connected = measured.ChargingSeconds + parking + reserved;
        if (connected != 0 && !Same(cdr.TotalTimeHours, connected))
        {
            findings.Add(
                "time.total-differs", "/total_time", $"The periods tell {connected} s, total_time {cdr.TotalTimeHours} h.");
        }

        if (parking != 0 && cdr.TotalParkingHours is { } hours && !Same(hours, parking))
        {
            var detail = $"The periods tell {parking} s, total_parking_time {hours} h.";
            if (policy.ParkingTotal == ParkingTotal.Refuse)
            {
                findings.Stop("parking.total-differs", "/total_parking_time", detail);
            }
            else
            {
                findings.Add("parking.total-differs", "/total_parking_time", detail);
            }
        }
    }

    private static bool Same(decimal hours, long seconds)
    {
        if (Exact.TryDigits(hours, out var digits, out var scale) && scale <= 6 && Math.Abs(digits) < 1_000_000_000_000
            && Math.Abs(seconds) < 1_000_000_000)
        {
            var unit = Exact.PowerOfTen(scale);
            return Math.Abs(digits * 3600 - seconds * unit) <= SameSeconds * unit;
        }

        return Math.Abs(hours * 3600m - seconds) <= SameSeconds;
    }
}
