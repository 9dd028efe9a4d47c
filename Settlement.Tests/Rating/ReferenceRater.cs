using System.Numerics;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Tests.Rating;

internal sealed record ReferenceLine(
    Dimension Dimension, bool Reserves, int Period, int Element, int Component, Ratio Quantity, Ratio Billed, Ratio Amount);

internal sealed record ReferenceRating(IReadOnlyList<ReferenceLine> Lines, Ratio? Before, Ratio? After);

/// <summary>
/// The same rules, written to be obvious and not to be fast: every restriction is asked of the raw tariff for every
/// period, every amount is a fraction. Null: not rateable.
/// </summary>
internal sealed class ReferenceRater(RatingRequest request)
{
    private readonly RatingPolicy policy = request.Policy;
    private readonly List<Piece> pieces = [];

    private sealed record Stretch(
        int Index, ChargingPeriod Period, long Start, long End, long Charging, long Parking, long Reserved,
        Ratio Kwh, Ratio KwhBefore, long Elapsed, long Parked, bool Reserves, bool Charges, Tariff Tariff);

    private sealed record Piece(
        Stretch At, Tariff Tariff, int Element, int Component, PriceComponent Priced, bool Reserves, Ratio Quantity)
    {
        public Ratio Billed { get; set; } = Quantity;

        public bool IsTime => Priced.Type is Dimension.TIME or Dimension.PARKING_TIME;

        public Ratio Amount => Billed * Ratio.Of(Priced.Price) / Ratio.Of(IsTime ? 3600 : 1);
    }

    private sealed class CannotTellException : Exception;

    public static ReferenceRating? Rate(RatingRequest request)
    {
        try
        {
            var ratings = ReferenceOrders.Of(request).Select(order => new ReferenceRater(order).Rate()).ToList();
            return ratings.TrueForAll(other => ReferenceOrders.SamePrice(ratings[0], other)) ? ratings[0] : null;
        }
        catch (CannotTellException)
        {
            return null;
        }
    }

    private ReferenceRating Rate()
    {
        var stretches = Stretches();
        foreach (var stretch in stretches.Where(s => s.Reserves))
        {
            Fee(stretch, reserves: true);
            Price(stretch, Dimension.TIME, Ratio.Of(stretch.Reserved), reserves: true);
        }

        foreach (var stretch in stretches.Where(s => s.Charges))
        {
            Fee(stretch, reserves: false);
            Price(stretch, Dimension.ENERGY, stretch.Kwh, reserves: false);
            Price(stretch, Dimension.TIME, Ratio.Of(stretch.Charging), reserves: false);
            Price(stretch, Dimension.PARKING_TIME, Ratio.Of(stretch.Parking), reserves: false);
        }

        pieces.Sort((a, b) => a.At.Start != b.At.Start
            ? a.At.Start.CompareTo(b.At.Start)
            : a.At.Index.CompareTo(b.At.Index));
        if (policy.StepSize == StepSize.Applied)
        {
            Step();
        }

        var parked = stretches.Sum(stretch => stretch.Parking);
        if (policy.ParkingTotal == ParkingTotal.Refuse && parked != 0
            && Math.Abs((request.Cdr.TotalParkingHours ?? parked / 3600m) * 3600m - parked) > 36m)
        {
            throw new CannotTellException();
        }

        return ReferenceTotals.Of(request, [.. pieces.Select(Line)], Governing(stretches), Rates(), Unused(stretches));
    }

    private static ReferenceLine Line(Piece piece) => new(
        piece.Priced.Type, piece.Reserves, piece.At.Index, piece.Element, piece.Component, piece.Quantity,
        piece.Billed, piece.Amount);

    private List<decimal?> Rates() => [.. pieces.Select(piece =>
        piece.Tariff.TaxIncluded == TaxIncluded.NOT_APPLICABLE ? 0m
        : piece.Priced.VatPercent ?? (policy.AbsentVat == AbsentVat.None ? 0m : null))];

    private static bool Unused(IEnumerable<Stretch> stretches) => stretches.All(s => s.Kwh == Ratio.Zero);

    private static Tariff Governing(List<Stretch> stretches)
    {
        var governing = (stretches.FirstOrDefault(s => s.Charges) ?? stretches[0]).Tariff;
        return stretches.All(s => s.Tariff.TaxIncluded == governing.TaxIncluded)
            ? governing
            : throw new CannotTellException();
    }

    private List<Stretch> Stretches()
    {
        var cdr = request.Cdr;
        var ordered = ReferenceOrders.Counting(cdr);
        var onlyReserves = ordered[0].period is { ReservationHours: not null } first && !ChargesIn(first);
        long? origin = onlyReserves && policy.DurationStart == DurationStart.Charging
            ? null
            : cdr.Start.ToUnixTimeSeconds();
        var (kwh, parked) = (Ratio.Zero, 0L);
        var stretches = new List<Stretch>();
        for (var i = 0; i < ordered.Count; i++)
        {
            var (period, index) = ordered[i];
            var start = Math.Max(period.Start.ToUnixTimeSeconds(), cdr.Start.ToUnixTimeSeconds());
            var end = ordered.Select(pair => pair.period.Start.ToUnixTimeSeconds()).Where(next => next > start)
                .DefaultIfEmpty(cdr.End.ToUnixTimeSeconds()).First();
            origin = ChargesIn(period) ? origin ?? start : origin;
            var timed = new[] { period.TimeHours, period.ParkingHours, period.ReservationHours };
            var alone = timed.Count(hours => hours is not (null or 0m)) == 1;
            var charging = Seconds(period.TimeHours, alone, end - start);
            var parking = Seconds(period.ParkingHours, alone, end - start);
            stretches.Add(new Stretch(
                index, period, start, end,
                policy.TimeMeaning == TimeMeaning.Connected ? charging + parking : charging, parking,
                Seconds(period.ReservationHours, alone, end - start),
                Ratio.Of(period.EnergyKwh ?? 0m), kwh, start - (origin ?? start), parked,
                period.ReservationHours is not null, ChargesIn(period), TariffOf(period)));
            kwh += Ratio.Of(period.EnergyKwh ?? 0m);
            parked += parking;
        }

        return stretches;
    }

    private static bool ChargesIn(ChargingPeriod period) => period.ReservationHours is null
        || period.EnergyKwh is not null || period.TimeHours is not null || period.ParkingHours is not null;

    private long Seconds(decimal? hours, bool alone, long span)
    {
        var told = Ratio.Of(hours ?? 0m) * Ratio.Of(3600);
        var distance = told - Ratio.Of(span);
        var close = !(distance < Ratio.Of(-2)) && !(distance > Ratio.Of(2));
        return told == Ratio.Zero ? 0
            : alone && close && policy.TimeSource == TimeSource.Timestamps ? span
            : (long)told.Nearest();
    }

    private Tariff TariffOf(ChargingPeriod period)
    {
        var start = request.Cdr.Start;
        bool Valid(Tariff tariff) => !(tariff.ValidFrom > start) && !(tariff.ValidTo <= start);
        Tariff? chosen = null;
        if (policy.TariffChoice == TariffChoice.Period && period.TariffId is { } id)
        {
            var named = request.Tariffs.Where(tariff => tariff.Id == id).ToList();
            chosen = named.Find(Valid) ?? named.FirstOrDefault();
            if (chosen is null && policy.UnknownTariff == UnknownTariff.Refuse)
            {
                throw new CannotTellException();
            }
        }

        chosen ??= request.Tariffs.FirstOrDefault(Valid) ?? request.Tariffs[0];
        return Valid(chosen) || policy.TariffValidity == TariffValidity.Flag ? chosen : throw new CannotTellException();
    }

    /// <summary>Seconds without requesting power before this period; null where the CDR never states it.</summary>
    private long? Idle(Stretch at)
    {
        if (request.Cdr.Periods.All(period => period.VehicleRequestingPower is null))
        {
            return null;
        }

        var before = Stretches().TakeWhile(stretch => stretch.Index != at.Index).ToList();
        var counted = policy.IdleDuration == IdleDuration.Total ? before
            : at.Period.VehicleRequestingPower != false ? []
            : before.AsEnumerable().Reverse().TakeWhile(stretch => stretch.Period.VehicleRequestingPower == false);
        return counted.Where(stretch => stretch.Period.VehicleRequestingPower == false)
            .Sum(stretch => Math.Max(0, stretch.End - stretch.Start));
    }

    private void Fee(Stretch at, bool reserves)
    {
        var before = pieces.Where(piece => piece.Priced.Type == Dimension.FLAT && piece.Reserves == reserves).ToList();
        if (before.Count > 0 && policy.Flat == FlatFees.First)
        {
            return;
        }

        if (Choose(at, Dimension.FLAT, reserves) is { } chosen
            && !before.Exists(piece => piece.Element == chosen.Element && ReferenceEquals(piece.Tariff, at.Tariff)))
        {
            pieces.Add(new Piece(at, at.Tariff, chosen.Element, chosen.Component, chosen.Price, reserves, Ratio.Of(1)));
        }
    }

    private void Price(Stretch at, Dimension dimension, Ratio quantity, bool reserves)
    {
        if (quantity != Ratio.Zero && Choose(at, dimension, reserves) is { } chosen)
        {
            pieces.Add(new Piece(at, at.Tariff, chosen.Element, chosen.Component, chosen.Price, reserves, quantity));
        }
    }

    private (int Element, int Component, PriceComponent Price)? Choose(Stretch at, Dimension dimension, bool reserves)
    {
        if (!reserves)
        {
            return Among(at, dimension, null);
        }

        var expired = request.ReservationExpired ? Among(at, dimension, "RESERVATION_EXPIRES") : null;
        return expired ?? Among(at, dimension, "RESERVATION");
    }

    /// <summary>The first that matches; one that may match must price like every later possibility.</summary>
    private (int Element, int Component, PriceComponent Price)? Among(Stretch at, Dimension dimension, string? kind)
    {
        var possible = new List<(int Element, int Component, PriceComponent Price)>();
        var moment = new ReferenceMoment(
            policy, request.Zone, at.Start, at.Elapsed, at.Parked, at.KwhBefore, at.Period, dimension)
        {
            Idle = Idle(at),
        };
        for (var element = 0; element < at.Tariff.Elements.Count; element++)
        {
            var components = at.Tariff.Elements[element].Components.ToList();
            var component = components.FindIndex(c => c.Type == dimension);
            var restrictions = at.Tariff.Elements[element].Restrictions ?? new TariffRestrictions();
            if (component < 0 || restrictions.Reservation != kind || moment.Matches(restrictions) is false)
            {
                continue;
            }

            possible.Add((element, component, components[component]));
            if (moment.Matches(restrictions) is true)
            {
                var alike = possible.TrueForAll(p => p.Price.Price == components[component].Price
                    && p.Price.StepSize == components[component].StepSize
                    && p.Price.VatPercent == components[component].VatPercent);
                var first = at.Tariff.Elements[possible[0].Element].Components;
                var twice = first.Count(c => c.Type == dimension) > 1;
                return alike && !(twice && policy.DuplicateComponent == DuplicateComponent.Refuse)
                    ? possible[0]
                    : throw new CannotTellException();
            }
        }

        return possible.Count == 0 ? null : throw new CannotTellException();
    }

    private void Step()
    {
        List<Piece> Of(Dimension dimension, bool reserves) =>
            [.. pieces.Where(piece => piece.Priced.Type == dimension && piece.Reserves == reserves)];
        if (policy.StepScope == StepScope.Band)
        {
            foreach (var band in pieces.Where(piece => piece.Priced.Type != Dimension.FLAT)
                .GroupBy(piece => (piece.Tariff.ContentHash, piece.Element, piece.Component, piece.Reserves)))
            {
                Round([.. band]);
            }

            return;
        }

        var (time, parking) = (Of(Dimension.TIME, false), Of(Dimension.PARKING_TIME, false));
        var both = pieces.Where(piece => piece.IsTime && !piece.Reserves).ToList();
        Round(Of(Dimension.ENERGY, false));
        switch (policy.TimeStep)
        {
            case TimeStep.Parking: Round(parking.Count > 0 ? parking : time); break;
            case TimeStep.Last: Round(both.Count > 0 && both[^1].Priced.Type == Dimension.TIME ? time : parking); break;
            case TimeStep.Together: Round(both); break;
            default:
                Round(time);
                Round(parking);
                break;
        }

        if (policy.ReservationStep == ReservationStep.Separate || both.Count == 0)
        {
            Round(Of(Dimension.TIME, true));
        }
    }

    private void Round(List<Piece> priced)
    {
        if (priced.Count == 0 || priced[^1].Priced.StepSize <= 0)
        {
            return;
        }

        var total = priced.Aggregate(Ratio.Zero, (sum, piece) => sum + piece.Quantity);
        if (total < Ratio.Zero && policy.NegativeEnergyStep == NegativeEnergyStep.Exact)
        {
            return;
        }

        var step = Ratio.Of(priced[^1].Priced.StepSize) / Ratio.Of(priced[^1].Priced.Type == Dimension.ENERGY ? 1000 : 1);
        var steps = total / step;
        var whole = steps.Ceiling();
        if (policy.StepMultiple == StepMultiple.Exceeds && steps.Bottom.IsOne && total != Ratio.Zero)
        {
            whole += BigInteger.One;
        }

        priced[^1].Billed += Ratio.Of(whole, 1) * step - total;
    }
}
