namespace Settlement.Domain.Rating;

/// <summary>The line of a dimension's last priced period, and what must be known of those before it.</summary>
/// <remarks>The total itself is only summed up where a step can add to it.</remarks>
internal struct StepTotal
{
    public RatedLine? Last;
    public int LastIndex;

    /// <summary>Whole Wh or seconds so far: a step of 1 adds nothing.</summary>
    public bool HasFractions;

    public void Add(RatedLine line, int index, int wholeScale)
    {
        Last = line;
        LastIndex = index;
        HasFractions |= line.Quantity.Scale > wholeScale;
    }
}

/// <summary>Gathered while lines are made, one per dimension that can be rounded.</summary>
internal struct StepTotals
{
    public StepTotal Energy;
    public StepTotal Time;
    public StepTotal Parking;
    public StepTotal Reserved;

    public void Add(RatedLine line, int index)
    {
        switch (line.Dimension)
        {
            case Dimension.ENERGY:
                Energy.Add(line, index, wholeScale: 3);
                break;
            case Dimension.TIME when line.IsReservation:
                Reserved.Add(line, index, wholeScale: 0);
                break;
            case Dimension.TIME:
                Time.Add(line, index, wholeScale: 0);
                break;
            case Dimension.PARKING_TIME:
                Parking.Add(line, index, wholeScale: 0);
                break;
            case Dimension.FLAT:
                break;
            default:
                throw new InvalidOperationException($"No dimension {line.Dimension}.");
        }
    }
}

/// <summary>
/// step_size (OCPI 2.2.1-d2 and later, §mod_cdrs_step_size): the session total of a dimension is rounded up once, by
/// the step of the component pricing its last period; what is added is billed there.
/// </summary>
internal static class Steps
{
    public static void Apply(
        ReadOnlySpan<RatedLine> lines, in StepTotals totals, RatingPolicy policy, Findings findings)
    {
        if (policy.StepSize == StepSize.Ignored)
        {
            return;
        }

        if (policy.StepScope == StepScope.Band)
        {
            ApplyPerBand(lines, policy, findings);
            return;
        }

        RoundUp(lines, totals.Energy, policy, findings);
        ApplyToTime(lines, totals.Time, totals.Parking, policy, findings);
        var isPriced = totals.Time.Last is not null || totals.Parking.Last is not null;
        if (policy.ReservationStep == ReservationStep.Separate || !isPriced)
        {
            RoundUp(lines, totals.Reserved, policy, findings);
        }
    }

    private static void ApplyToTime(
        ReadOnlySpan<RatedLine> lines, in StepTotal time, in StepTotal parking, RatingPolicy policy, Findings findings)
    {
        var parkingIsLast = parking.Last is not null && (time.Last is null || parking.LastIndex > time.LastIndex);
        switch (policy.TimeStep)
        {
            case TimeStep.Parking:
                RoundUp(lines, parking.Last is null ? time : parking, policy, findings);
                break;
            case TimeStep.Last:
                RoundUp(lines, parkingIsLast ? parking : time, policy, findings);
                break;
            case TimeStep.Together when (parkingIsLast ? parking : time).Last is { } last:
                var both = Exact.Add(Sum(lines, Dimension.TIME, reserves: false), Sum(lines, Dimension.PARKING_TIME, reserves: false));
                RoundUp(last, both, policy, findings);
                break;
            case TimeStep.Together:
                break;
            case TimeStep.Each:
                RoundUp(lines, time, policy, findings);
                RoundUp(lines, parking, policy, findings);
                break;
            default:
                throw new InvalidOperationException($"No time-step {policy.TimeStep}.");
        }
    }

    private static void RoundUp(
        ReadOnlySpan<RatedLine> lines, in StepTotal total, RatingPolicy policy, Findings findings)
    {
        if (total.Last is not { StepSize: > 0 } last)
        {
            return; // the specification's own free-of-charge tariff has step_size 0: exact
        }

        if (last.StepSize == 1 && !total.HasFractions && policy.StepMultiple == StepMultiple.Stays && !MayBeNegative(lines, last))
        {
            return; // the most frequent case needs no sum
        }

        RoundUp(last, Sum(lines, last.Dimension, last.IsReservation), policy, findings);
    }

    /// <summary>A net export is told, whatever its step.</summary>
    private static bool MayBeNegative(ReadOnlySpan<RatedLine> lines, RatedLine last)
    {
        if (last.Dimension != Dimension.ENERGY)
        {
            return false;
        }

        foreach (var line in lines)
        {
            if (decimal.IsNegative(line.Quantity))
            {
                return true;
            }
        }

        return false;
    }

    private static decimal Sum(ReadOnlySpan<RatedLine> lines, Dimension dimension, bool reserves)
    {
        var sum = 0m;
        foreach (var line in lines)
        {
            if (line.Dimension == dimension && line.IsReservation == reserves)
            {
                sum = Exact.Add(sum, line.Quantity);
            }
        }

        return sum;
    }

    /// <summary>Each component's share by itself, in the order of the lines.</summary>
    private static void ApplyPerBand(ReadOnlySpan<RatedLine> lines, RatingPolicy policy, Findings findings)
    {
        var bands = new Dictionary<(ActiveComponent, bool), (RatedLine Last, decimal Quantity)>();
        foreach (var line in lines)
        {
            if (line.Dimension != Dimension.FLAT)
            {
                var before = bands.GetValueOrDefault((line.ActiveComponent, line.IsReservation)).Quantity;
                bands[(line.ActiveComponent, line.IsReservation)] = (line, Exact.Add(before, line.Quantity));
            }
        }

        foreach (var (last, quantity) in bands.Values)
        {
            RoundUp(last, quantity, policy, findings);
        }
    }

    private static void RoundUp(RatedLine line, decimal quantity, RatingPolicy policy, Findings findings)
    {
        if (line.StepSize <= 0)
        {
            return;
        }

        if (quantity < 0m && policy.NegativeEnergyStep == NegativeEnergyStep.Exact)
        {
            findings.Add("energy.negative", "/total_energy", "A net export is not rounded to step_size.");
            return;
        }

        var isEnergy = line.Dimension == Dimension.ENERGY;
        var units = isEnergy ? Exact.Multiply(quantity, 1000m) : quantity;
        var rest = units % line.StepSize;
        if (rest == 0m && (policy.StepMultiple == StepMultiple.Stays || units == 0m))
        {
            return;
        }

        // Up is towards plus infinity: the rest of a negative total is negative and is dropped.
        var added = rest < 0m ? -rest : line.StepSize - rest;
        line.Round(isEnergy ? Exact.Multiply(added, 0.001m) : added);
    }
}
