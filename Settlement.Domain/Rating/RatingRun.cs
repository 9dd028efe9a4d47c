using NodaTime;

namespace Settlement.Domain.Rating;

/// <summary>One rating under way.</summary>
internal sealed class RatingRun(RatingRequest request, Findings findings)
{
    private readonly RatingPolicy policy = request.Policy;
    private LocalClock clock = new(Zone(request));
    private readonly Scratch scratch = Scratch.Rent(request.Cdr.Periods.Count);
    private StepTotals stepTotals;
    private int count;
    private bool flatBilled;
    private bool reservationFlatBilled;

    /// <summary>Two periods start together: the order of the document may decide what comes first.</summary>
    public bool SharesStarts { get; private set; }

    public RatedSession Rate()
    {
        if (!HasUsableTime())
        {
            return NotRateable(request, findings);
        }

        var slices = scratch.Slices.AsSpan(0, request.Cdr.Periods.Count);
        var measured = Timeline.Fill(ref slices, request.Cdr, policy, findings);
        SharesStarts = Timeline.SharesStarts(slices);
        TariffChooser.Choose(request, slices, findings);
        if (findings.Stops)
        {
            return NotRateable(request, findings);
        }

        VehicleTimeline.Fill(slices, policy);
        for (var i = 0; i < slices.Length; i++)
        {
            Price(i);
        }

        SelfChecks.Run(request.Cdr, slices, measured, policy, findings);
        if (findings.Stops)
        {
            return NotRateable(request, findings);
        }

        var lines = scratch.Lines.AsSpan(0, count).ToArray();
        Steps.Apply(lines, stepTotals, policy, findings);
        return Conclusion.Of(request, slices, lines, measured, findings);
    }

    public static RatedSession NotRateable(RatingRequest request, Findings findings) => new()
    {
        Cdr = request.Cdr,
        Policy = request.Policy,
        Lines = [],
        BeforeTaxes = null,
        AfterTaxes = null,
        Findings = findings.All,
    };

    private static DateTimeZone? Zone(RatingRequest request) =>
        request.Zone ?? (request.Policy.MissingZone == MissingZone.Utc ? DateTimeZone.Utc : null);

    private bool HasUsableTime()
    {
        var cdr = request.Cdr;
        if (cdr.Start == Instant.FromUnixTimeSeconds(0) || cdr.End == Instant.FromUnixTimeSeconds(0))
        {
            findings.Stop("session.no-time", "/start_date_time", "1970-01-01 stands for a time that is not known.");
        }
        else if (cdr.End < cdr.Start)
        {
            findings.Stop("session.ends-before-start", "/end_date_time", $"It ends at {cdr.End}, before {cdr.Start}.");
        }
        else if (cdr.Periods.Count == 0)
        {
            findings.Stop("periods.missing", "/charging_periods", "There is no charging period to price.");
        }

        return !findings.Stops;
    }

    private void Price(int index)
    {
        ref var slice = ref scratch.Slices[index];
        var tariff = slice.Tariff!;
        var (day, second) = tariff.NeedsLocalTime && clock.IsKnown ? clock.At(slice.Start) : (0, 0);
        if (slice.Reserves)
        {
            PriceReservation(index, tariff, MomentOf(slice, day, second));
        }

        if (!slice.Charges)
        {
            return;
        }

        if (tariff.Prices(Dimension.FLAT) && (!flatBilled || policy.Flat == FlatFees.Each))
        {
            BillFlat(index, Choose(tariff, Dimension.FLAT, day, second, index), reserves: false);
        }

        if (tariff.Prices(Dimension.ENERGY) && slice.Kwh != 0m)
        {
            Price(index, tariff, Dimension.ENERGY, slice.Kwh, day, second);
        }

        if (slice.ChargingSeconds != 0 && tariff.Prices(Dimension.TIME))
        {
            Price(index, tariff, Dimension.TIME, slice.ChargingSeconds, day, second);
        }

        if (slice.ParkingSeconds != 0 && tariff.Prices(Dimension.PARKING_TIME))
        {
            Price(index, tariff, Dimension.PARKING_TIME, slice.ParkingSeconds, day, second);
        }
    }

    private Moment MomentOf(in Slice slice, int day, int second) => new()
    {
        HasZone = clock.IsKnown,
        Day = day,
        Second = second,
        ElapsedSeconds = slice.ElapsedSeconds,
        ParkedSeconds = slice.ParkedSeconds,
        Kwh = slice.KwhBefore,
        Period = slice.Period,
        Vehicle = slice.Vehicle,
    };

    private void Price(int index, CompiledTariff tariff, Dimension dimension, decimal quantity, int day, int second)
    {
        var component = Choose(tariff, dimension, day, second, index);
        if (component is not null)
        {
            Add(component, index, quantity, reserves: false);
        }

        ref var slice = ref scratch.Slices[index];
        if (Straddles.MayChange(slice, tariff, day, second, ref clock) && !findings.Stops
            && Straddles.Changes(slice, tariff, dimension, component, clock, policy))
        {
            Undecided.ReportStraddle(dimension, slice.Index, policy, findings);
        }
    }

    private ActiveComponent? Choose(CompiledTariff tariff, Dimension dimension, int day, int second, int index)
    {
        if (tariff.TryByClock(dimension, clock.IsKnown, day, second, out var component)
            && component is null or { IsDuplicated: false })
        {
            return component;
        }

        var moment = MomentOf(scratch.Slices[index], day, second);
        return Decided(Selection.Charging(tariff, dimension, moment, policy), tariff, dimension, index);
    }

    private void PriceReservation(int index, CompiledTariff tariff, in Moment moment)
    {
        if (!tariff.HasReservation)
        {
            return;
        }

        var expired = request.ReservationExpired;
        if (!reservationFlatBilled || policy.Flat == FlatFees.Each)
        {
            var fee = Selection.Reserving(tariff, Dimension.FLAT, moment, policy, expired);
            BillFlat(index, Decided(fee, tariff, Dimension.FLAT, index), reserves: true);
        }

        var seconds = scratch.Slices[index].ReservationSeconds;
        var time = Selection.Reserving(tariff, Dimension.TIME, moment, policy, expired);
        if (seconds != 0 && Decided(time, tariff, Dimension.TIME, index) is { } component)
        {
            Add(component, index, seconds, reserves: true);
        }
    }

    private void BillFlat(int index, ActiveComponent? component, bool reserves)
    {
        if (component is null)
        {
            return;
        }

        for (var i = 0; i < count && policy.Flat == FlatFees.Each; i++)
        {
            if (ReferenceEquals(scratch.Lines[i].ActiveComponent, component) && scratch.Lines[i].IsReservation == reserves)
            {
                return;
            }
        }

        Add(component, index, 1m, reserves);
        flatBilled |= !reserves;
        reservationFlatBilled |= reserves;
    }

    private ActiveComponent? Decided(Choice choice, CompiledTariff tariff, Dimension dimension, int index)
    {
        if (choice.IsOpen)
        {
            Undecided.Report(choice.Untold, dimension, scratch.Slices[index].Index, findings);
            return null;
        }

        if (choice.Component is { IsDuplicated: true } twice)
        {
            var pointer = TariffChooser.PointerTo(request.Cdr, tariff.Tariff) + $"/elements/{twice.Element}/price_components";
            var detail = $"Element {twice.Element} has {dimension} twice; the first is taken.";
            if (policy.DuplicateComponent == DuplicateComponent.Refuse)
            {
                findings.Stop("component.duplicate", pointer, detail);
                return null;
            }

            findings.AddOnce("component.duplicate", pointer, detail);
        }

        return choice.Component;
    }

    private void Add(ActiveComponent component, int slice, decimal quantity, bool reserves)
    {
        var line = new RatedLine(component, reserves, scratch.Slices[slice].Index, quantity);
        stepTotals.Add(line, count);
        scratch.Add(line, count++);
    }
}
