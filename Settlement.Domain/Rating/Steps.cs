namespace Settlement.Domain.Rating;

/// <summary>
/// step_size (OCPI 2.2.1-d2 and later, §mod_cdrs_step_size): the session total of a dimension is rounded up once, by
/// the step of the component pricing its last period; what is added is billed there.
/// </summary>
internal static class Steps
{
    public static void Apply(Span<DraftLine> lines, RatingPolicy policy, Findings findings)
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

        var energy = Total.Of(lines, Dimension.ENERGY, reserves: false);
        RoundUp(lines, energy, 1000m, policy, findings);
        var time = Total.Of(lines, Dimension.TIME, reserves: false);
        var parking = Total.Of(lines, Dimension.PARKING_TIME, reserves: false);
        ApplyToTime(lines, time, parking, policy, findings);
        var reserved = Total.Of(lines, Dimension.TIME, reserves: true);
        var shared = policy.ReservationStep == ReservationStep.Shared && (time.Last >= 0 || parking.Last >= 0);
        if (!shared)
        {
            RoundUp(lines, reserved, 1m, policy, findings);
        }
    }

    private static void ApplyToTime(
        Span<DraftLine> lines, Total time, Total parking, RatingPolicy policy, Findings findings)
    {
        switch (policy.TimeStep)
        {
            case TimeStep.Parking:
                RoundUp(lines, parking.Last >= 0 ? parking : time, 1m, policy, findings);
                break;
            case TimeStep.Last:
                RoundUp(lines, parking.Last > time.Last ? parking : time, 1m, policy, findings);
                break;
            case TimeStep.Together:
                var last = Math.Max(parking.Last, time.Last);
                RoundUp(lines, new Total(time.Quantity + parking.Quantity, last), 1m, policy, findings);
                break;
            case TimeStep.Each:
                RoundUp(lines, time, 1m, policy, findings);
                RoundUp(lines, parking, 1m, policy, findings);
                break;
            default:
                throw new InvalidOperationException($"No time-step {policy.TimeStep}.");
        }
    }

    private static void ApplyPerBand(Span<DraftLine> lines, RatingPolicy policy, Findings findings)
    {
        for (var last = lines.Length - 1; last >= 0; last--)
        {
            var (component, reserves) = (lines[last].Component, lines[last].Reserves);
            if (component.Dimension == Dimension.FLAT || Later(lines, last))
            {
                continue;
            }

            var quantity = 0m;
            for (var i = 0; i <= last; i++)
            {
                if (ReferenceEquals(lines[i].Component, component) && lines[i].Reserves == reserves)
                {
                    quantity = Exact.Add(quantity, lines[i].Quantity);
                }
            }

            var perUnit = component.Dimension == Dimension.ENERGY ? 1000m : 1m;
            RoundUp(lines, new Total(quantity, last), perUnit, policy, findings);
        }

        static bool Later(Span<DraftLine> lines, int line)
        {
            for (var i = line + 1; i < lines.Length; i++)
            {
                if (ReferenceEquals(lines[i].Component, lines[line].Component) && lines[i].Reserves == lines[line].Reserves)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <param name="perUnit">Step units in one unit of the quantity: 1000 Wh in a kWh, 1 s in a second.</param>
    private static void RoundUp(
        Span<DraftLine> lines, Total total, decimal perUnit, RatingPolicy policy, Findings findings)
    {
        if (total.Last < 0)
        {
            return;
        }

        ref var line = ref lines[total.Last];
        var step = line.Component.StepSize;
        if (step <= 0)
        {
            return; // the specification's own free-of-charge tariff has 0: exact
        }

        if (total.Quantity < 0m && policy.NegativeEnergyStep == NegativeEnergyStep.Exact)
        {
            findings.Add("energy.negative", "/total_energy", "A net export is not rounded to step_size.");
            return;
        }

        var units = total.Quantity * perUnit;
        var rest = units % step;
        if (rest == 0m && (policy.StepMultiple == StepMultiple.Stays || units == 0m))
        {
            return;
        }

        // Up is towards plus infinity: the rest of a negative total is negative and is dropped.
        var added = rest < 0m ? -rest : step - rest;
        line.Billed = Exact.Add(line.Billed, perUnit == 1m ? added : added / perUnit);
    }

    private readonly record struct Total(decimal Quantity, int Last)
    {
        public static Total Of(Span<DraftLine> lines, Dimension dimension, bool reserves)
        {
            var (quantity, last) = (0m, -1);
            for (var i = 0; i < lines.Length; i++)
            {
                if (lines[i].Component.Dimension == dimension && lines[i].Reserves == reserves)
                {
                    quantity = Exact.Add(quantity, lines[i].Quantity);
                    last = i;
                }
            }

            return new Total(quantity, last);
        }
    }
}
