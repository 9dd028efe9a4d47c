namespace Settlement.Domain.Rating;

/// <summary>Priced quantity of a dimension over the session, and the line of its last priced period.</summary>
internal struct StepTotal
{
    public decimal Quantity;
    public RatedLine? Last;
    public int LastIndex;

    public void Add(RatedLine line, int index)
    {
        Quantity = Last is null ? line.Quantity : Exact.Add(Quantity, line.Quantity);
        Last = line;
        LastIndex = index;
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
                Energy.Add(line, index);
                break;
            case Dimension.TIME when line.IsReservation:
                Reserved.Add(line, index);
                break;
            case Dimension.TIME:
                Time.Add(line, index);
                break;
            case Dimension.PARKING_TIME:
                Parking.Add(line, index);
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

        RoundUp(totals.Energy, policy, findings);
        ApplyToTime(totals.Time, totals.Parking, policy, findings);
        var isPriced = totals.Time.Last is not null || totals.Parking.Last is not null;
        if (policy.ReservationStep == ReservationStep.Separate || !isPriced)
        {
            RoundUp(totals.Reserved, policy, findings);
        }
    }

    private static void ApplyToTime(in StepTotal time, in StepTotal parking, RatingPolicy policy, Findings findings)
    {
        var parkingIsLast = parking.Last is not null && (time.Last is null || parking.LastIndex > time.LastIndex);
        switch (policy.TimeStep)
        {
            case TimeStep.Parking:
                RoundUp(parking.Last is null ? time : parking, policy, findings);
                break;
            case TimeStep.Last:
                RoundUp(parkingIsLast ? parking : time, policy, findings);
                break;
            case TimeStep.Together:
                var both = parkingIsLast ? parking : time;
                both.Quantity = Exact.Add(time.Quantity, parking.Quantity);
                RoundUp(both, policy, findings);
                break;
            case TimeStep.Each:
                RoundUp(time, policy, findings);
                RoundUp(parking, policy, findings);
                break;
            default:
                throw new InvalidOperationException($"No time-step {policy.TimeStep}.");
        }
    }

    /// <summary>Each component's share by itself, in the order of the lines.</summary>
    private static void ApplyPerBand(ReadOnlySpan<RatedLine> lines, RatingPolicy policy, Findings findings)
    {
        var bands = new Dictionary<(ActiveComponent, bool), StepTotal>();
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (line.Dimension == Dimension.FLAT)
            {
                continue;
            }

            var band = bands.GetValueOrDefault((line.ActiveComponent, line.IsReservation));
            band.Add(line, i);
            bands[(line.ActiveComponent, line.IsReservation)] = band;
        }

        foreach (var band in bands.Values)
        {
            RoundUp(band, policy, findings);
        }
    }

    private static void RoundUp(in StepTotal total, RatingPolicy policy, Findings findings)
    {
        if (total.Last is not { } line || line.StepSize <= 0)
        {
            return; // the specification's own free-of-charge tariff has step_size 0: exact
        }

        if (total.Quantity < 0m && policy.NegativeEnergyStep == NegativeEnergyStep.Exact)
        {
            findings.Add("energy.negative", "/total_energy", "A net export is not rounded to step_size.");
            return;
        }

        // A step of 1 Wh under whole Wh adds nothing: the most frequent case needs no division.
        var isEnergy = line.Dimension == Dimension.ENERGY;
        var isWhole = total.Quantity.Scale <= (isEnergy ? 3 : 0);
        if (isWhole && line.StepSize == 1 && policy.StepMultiple == StepMultiple.Stays)
        {
            return;
        }

        var units = isEnergy ? Exact.Multiply(total.Quantity, 1000m) : total.Quantity;
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
