using NodaTime;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Domain.Ocpi;

/// <summary>Charging periods and their dimensions.</summary>
internal static class PeriodReader
{
    private static readonly NameTable<PeriodField> Names = new();
    private static readonly NameTable<DimensionField> DimensionNames = new();
    private static readonly NameTable<CdrDimension> Types = new(
        "CURRENT", "POWER", "ENERGY_IMPORT", "ENERGY_EXPORT",
        "RESERVATION_EXPIRES", "RESERVATION_OVERTIME");

    private enum PeriodField { start_date_time, dimensions, tariff_id, vehicle_requesting_power }

    private enum DimensionField { type, volume }

    private enum CdrDimension
    {
        ENERGY, TIME, PARKING_TIME, RESERVATION_TIME, FLAT, MIN_CURRENT, MAX_CURRENT, MIN_POWER, MAX_POWER,
        STATE_OF_CHARGE,
    }

    public static void Read(ref JsonCursor json, CdrDraft draft)
    {
        if (!json.EnterArray("charging_periods"))
        {
            return;
        }

        while (json.NextElement())
        {
            if (json.IsObject() && Period(ref json) is { } period)
            {
                draft.Periods.Add(period);
                draft.HasFlat |= period.Flat is not null;
            }
        }
    }

    private static ChargingPeriod? Period(ref JsonCursor json)
    {
        Instant? start = null;
        string? tariff = null;
        bool? requests = null;
        var volumes = default(Volumes);
        var seen = default(SeenMembers);
        while (json.NextMember(Names, ref seen, out var field))
        {
            switch (field)
            {
                case PeriodField.start_date_time:
                    start = json.Time("start_date_time");
                    break;
                case PeriodField.tariff_id:
                    tariff = json.Word("tariff_id", 36);
                    break;
                case PeriodField.vehicle_requesting_power:
                    requests = json.Flag("vehicle_requesting_power");
                    break;
                case PeriodField.dimensions:
                    Dimensions(ref json, ref volumes);
                    break;
            }
        }

        if (start is { } known)
        {
            return volumes.Period(known, tariff, requests);
        }

        json.Notes.RefuseMissing(
            IntakeFindings.FieldMissing, "start_date_time", "a period cannot be placed without its start");
        return null;
    }

    private static void Dimensions(ref JsonCursor json, ref Volumes volumes)
    {
        if (!json.EnterArray("dimensions"))
        {
            return;
        }

        while (json.NextElement())
        {
            if (json.IsObject())
            {
                Dimension(ref json, ref volumes);
            }
        }
    }

    private static void Dimension(ref JsonCursor json, ref Volumes volumes)
    {
        var type = NameTable<CdrDimension>.Unknown;
        var begin = json.Mark;
        decimal? volume = null;
        var seen = default(SeenMembers);
        while (json.NextMember(DimensionNames, ref seen, out var field))
        {
            if (field == DimensionField.type)
            {
                type = Type(ref json);
            }
            else
            {
                volume = json.Number("volume");
            }
        }

        if (type == NameTable<CdrDimension>.Unknown || type >= Types.Fields)
        {
            json.Notes.Find(IntakeFindings.DimensionNotOfCdrs, "type", "is no dimension of a CDR; left out");
            json.KeepSince(begin, isKnown: false);
        }
        else if (volume is null)
        {
            json.Notes.Find(IntakeFindings.FieldMissing, "volume", $"{Types[type]} has no readable volume");
        }
        else if (Types[type] == CdrDimension.STATE_OF_CHARGE && volume is < 0m or > 100m)
        {
            json.Notes.Find(IntakeFindings.DimensionNotOfCdrs, "volume", "a state of charge is 0 to 100 %; left out");
        }
        else if (!TryAdd(ref volumes, Types[type], volume.Value, out var isFirst))
        {
            json.Notes.Find(
                IntakeFindings.NumberOutOfRange, "volume", $"{Types[type]} has too many digits, taken together");
        }
        else if (!isFirst)
        {
            json.Notes.Find(
                IntakeFindings.DimensionDuplicate, "type",
                $"{Types[type]} occurs twice in one period; taken together");
        }
    }

    private static bool TryAdd(ref Volumes volumes, CdrDimension type, decimal volume, out bool isFirst)
    {
        try
        {
            isFirst = volumes.Add(type, volume);
            return true;
        }
        catch (OverflowException)
        {
            return isFirst = false;
        }
    }

    private static int Type(ref JsonCursor json)
    {
        var type = Types.Find(json.WordBytes);
        if (type != NameTable<CdrDimension>.Unknown)
        {
            return type;
        }

        var text = json.Code("type", 36);
        return text is null ? type : Types.Find(System.Text.Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The volumes of one period.</summary>
    private struct Volumes
    {
        private decimal? energy, time, parking, reservation, flat, minCurrent, maxCurrent, minPower, maxPower;
        private decimal? stateOfCharge;

        /// <summary>
        /// False where the dimension was there before: quantities are summed, extremes kept.
        /// </summary>
        public bool Add(CdrDimension type, decimal volume) => type switch
        {
            CdrDimension.ENERGY => Sum(ref energy, volume),
            CdrDimension.TIME => Sum(ref time, volume),
            CdrDimension.PARKING_TIME => Sum(ref parking, volume),
            CdrDimension.RESERVATION_TIME => Sum(ref reservation, volume),
            CdrDimension.FLAT => Sum(ref flat, volume),
            CdrDimension.MIN_CURRENT => Keep(ref minCurrent, volume, Math.Min(minCurrent ?? volume, volume)),
            CdrDimension.MAX_CURRENT => Keep(ref maxCurrent, volume, Math.Max(maxCurrent ?? volume, volume)),
            CdrDimension.MIN_POWER => Keep(ref minPower, volume, Math.Min(minPower ?? volume, volume)),
            CdrDimension.MAX_POWER => Keep(ref maxPower, volume, Math.Max(maxPower ?? volume, volume)),
            // at the start of the period: of two, the one that was reached first
            CdrDimension.STATE_OF_CHARGE => Keep(ref stateOfCharge, volume, stateOfCharge ?? volume),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };

        public readonly ChargingPeriod Period(Instant start, string? tariff, bool? requests) => new()
        {
            Start = start,
            TariffId = tariff,
            EnergyKwh = energy,
            TimeHours = time,
            ParkingHours = parking,
            ReservationHours = reservation,
            Flat = flat,
            MinCurrentA = minCurrent,
            MaxCurrentA = maxCurrent,
            MinPowerKw = minPower,
            MaxPowerKw = maxPower,
            StateOfCharge = stateOfCharge,
            VehicleRequestingPower = requests,
        };

        private static bool Sum(ref decimal? slot, decimal volume) =>
            Keep(ref slot, volume, Exact.Add(slot ?? 0m, volume));

        private static bool Keep(ref decimal? slot, decimal first, decimal then)
        {
            var fresh = slot is null;
            slot = fresh ? first : then;
            return fresh;
        }
    }
}
