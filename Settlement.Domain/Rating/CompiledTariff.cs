namespace Settlement.Domain.Rating;

/// <summary>A component with what is left to ask once the time of day and the weekday are known.</summary>
internal readonly record struct Candidate(ActiveComponent Component, bool Asks);

/// <summary>
/// A tariff made ready for rating: for each slot of the local day and each weekday, the components that can be
/// active, in list order. Made once per tariff object; the reader gives one object per content hash.
/// </summary>
internal sealed class CompiledTariff
{
    private const int MinutesPerDay = 1440;
    private const int DimensionCount = 4;
    private readonly ElementCondition[] conditions;
    private readonly ActiveComponent[][] components;
    private readonly ushort[]? slotOfMinute;
    private readonly int[] slotStart = [0];
    private readonly bool[] prices;
    private readonly Candidate[]?[] cells = [];
    private readonly Candidate[][] unslotted;
    private readonly int reading;

    private CompiledTariff(Tariff tariff, RatingPolicy policy)
    {
        Tariff = tariff;
        reading = ReadingOf(policy);
        conditions = [.. tariff.Elements.Select(element => new ElementCondition(element.Restrictions, policy))];
        components = [.. tariff.Elements.Select((element, index) => Components(tariff, element, index))];
        Edges = EdgesOf(conditions);
        NeedsLocalTime = conditions.Any(condition => condition.IsLocal);
        KwhLimits = [.. conditions.SelectMany(c => new[] { c.Restrictions.MinKwh, c.Restrictions.MaxKwh })
            .OfType<decimal>().Distinct().Order()];
        DurationLimits = [.. conditions
            .SelectMany(c => new[] { c.Restrictions.MinDurationSeconds, c.Restrictions.MaxDurationSeconds })
            .OfType<int>().Select(seconds => (long)seconds).Distinct().Order()];
        NeedsVehicle = conditions.Any(condition => condition.HasVehicle);
        IdleLimits = [.. conditions
            .SelectMany(c => new[] { c.Restrictions.MinNotRequestingPowerSeconds, c.Restrictions.MaxNotRequestingPowerSeconds })
            .OfType<int>().Select(seconds => (long)seconds).Distinct().Order()];
        StateOfChargeLimits = [.. conditions
            .SelectMany(c => new[] { c.Restrictions.MinStateOfCharge, c.Restrictions.MaxStateOfCharge })
            .OfType<int>().Select(percent => (decimal)percent).Distinct().Order()];
        unslotted = [.. Enumerable.Range(0, DimensionCount).Select(dimension => Unslotted((Dimension)dimension))];
        prices = [.. unslotted.Select(candidates => candidates.Length > 0)];
        HasReservation = conditions.Any(condition => condition.Restrictions.Reservation is not null);
        if (NeedsLocalTime && Edges.All(edge => edge % 60 == 0) && conditions.All(c => c.IsDaily))
        {
            slotOfMinute = new ushort[MinutesPerDay];
            slotStart = [.. Edges.Append(0).Distinct().Order()];
            FillSlots();
            cells = new Candidate[slotStart.Length * 7 * DimensionCount][];
        }
    }

    public Tariff Tariff { get; }

    public bool NeedsLocalTime { get; }

    public bool HasReservation { get; }

    /// <summary>Seconds of the local day at which some element starts or stops to match.</summary>
    public int[] Edges { get; }

    public decimal[] KwhLimits { get; }

    public long[] DurationLimits { get; }

    /// <summary>Some element looks at the vehicle: whether it requests power, or its state of charge.</summary>
    public bool NeedsVehicle { get; }

    public long[] IdleLimits { get; }

    public decimal[] StateOfChargeLimits { get; }

    public static CompiledTariff Of(Tariff tariff, RatingPolicy policy)
    {
        var known = tariff.Compiled.Value;
        if (known is not null && ReferenceEquals(known.Tariff, tariff) && known.reading == ReadingOf(policy))
        {
            return known;
        }

        var compiled = new CompiledTariff(tariff, policy);
        tariff.Compiled.Value = compiled;
        return compiled;
    }

    public bool Prices(Dimension dimension) => prices[(int)dimension];

    /// <summary>
    /// The component where the clock alone decides, without asking anything else; false where more must be asked.
    /// </summary>
    public bool TryByClock(Dimension dimension, bool hasZone, int day, int second, out ActiveComponent? component)
    {
        var candidates = unslotted[(int)dimension];
        if (slotOfMinute is not null && hasZone)
        {
            candidates = CellAt(dimension, day, second);
        }

        component = null;
        if (candidates.Length == 0)
        {
            return true;
        }

        component = candidates[0].Component;
        return !candidates[0].Asks;
    }

    /// <summary>Nothing that a restriction looks at passes a bound in this many seconds from here.</summary>
    public bool IsSteady(bool hasZone, int second, long spanSeconds)
    {
        if (KwhLimits.Length > 0 || DurationLimits.Length > 0 || NeedsVehicle)
        {
            return false;
        }

        return !NeedsLocalTime || !hasZone
            || (slotOfMinute is not null && second + spanSeconds <= SlotEnd(slotOfMinute[second / 60]));
    }

    private int SlotEnd(int slot) => slot + 1 < slotStart.Length ? slotStart[slot + 1] : 86400;

    /// <summary>Components for charging; <paramref name="dailyDone"/> tells whether the clock is already heeded.</summary>
    public Candidate[] Charging(Dimension dimension, in Moment at, out bool dailyDone)
    {
        if (slotOfMinute is null || !at.HasZone)
        {
            dailyDone = false;
            return unslotted[(int)dimension];
        }

        dailyDone = true;
        return CellAt(dimension, at.Day, at.Second);
    }

    private Candidate[] CellAt(Dimension dimension, int day, int second)
    {
        var slot = slotOfMinute![second / 60];
        var weekday = ElementCondition.Weekday(day);
        ref var cell = ref cells[(slot * 7 + weekday) * DimensionCount + (int)dimension];
        return cell ??= Cell(dimension, slotStart[slot], weekday);
    }

    /// <summary>Components for a reservation, by the kind of restriction.</summary>
    public IEnumerable<ActiveComponent> Reserving(Dimension dimension, string kind)
    {
        for (var element = 0; element < components.Length; element++)
        {
            if (conditions[element].Restrictions.Reservation == kind
                && First(components[element], dimension) is { } component)
            {
                yield return component;
            }
        }
    }

    /// <summary>A slot never has an edge inside, so any second of it answers for all.</summary>
    public bool SameSlot(int second, int other) =>
        slotOfMinute is not null && slotOfMinute[second / 60] == slotOfMinute[other / 60];

    private static int ReadingOf(RatingPolicy policy) =>
        (int)policy.EqualTimes | (int)policy.EndMidnight << 1 | (int)policy.WrapWeekday << 2
        | (int)policy.DateWindow << 3;

    private static ActiveComponent? First(ActiveComponent[] components, Dimension dimension)
    {
        foreach (var component in components)
        {
            if (component.Dimension == dimension)
            {
                return component;
            }
        }

        return null;
    }

    private static int[] EdgesOf(ElementCondition[] conditions)
    {
        var edges = new SortedSet<int>();
        foreach (var condition in conditions.Where(condition => condition.IsLocal))
        {
            // midnight is always one: weekdays, dates and windows that pass it may change there
            edges.UnionWith(condition.Edges);
        }

        return [.. edges];
    }

    private ActiveComponent[] Components(Tariff tariff, TariffElement element, int index) =>
        [.. element.Components.Select((component, place) => new ActiveComponent
        {
            Dimension = component.Type,
            TariffId = tariff.Id,
            Element = index,
            Component = place,
            Price = component.Price,
            StepSize = component.StepSize,
            VatPercent = component.VatPercent,
            TaxIncluded = tariff.TaxIncluded,
            Condition = conditions[index],
            IsDuplicated = element.Components.Skip(place + 1).Any(other => other.Type == component.Type),
        })];

    private void FillSlots()
    {
        var slot = 0;
        for (var minute = 0; minute < MinutesPerDay; minute++)
        {
            while (slot + 1 < slotStart.Length && slotStart[slot + 1] <= minute * 60)
            {
                slot++;
            }

            slotOfMinute![minute] = (ushort)slot;
        }
    }

    private Candidate[] Unslotted(Dimension dimension)
    {
        var all = new List<Candidate>();
        for (var element = 0; element < components.Length; element++)
        {
            var condition = conditions[element];
            if (condition.Restrictions.Reservation is null
                && First(components[element], dimension) is { } component)
            {
                all.Add(new(component, condition.HasMore || condition.IsLocal));
            }
        }

        return [.. all];
    }

    private Candidate[] Cell(Dimension dimension, int second, int weekday)
    {
        var matching = new List<Candidate>();
        foreach (var candidate in unslotted[(int)dimension])
        {
            var condition = candidate.Component.Condition;
            if (condition.MatchesDaily(second, weekday))
            {
                matching.Add(candidate with { Asks = condition.HasMore });
                if (!condition.HasMore)
                {
                    break; // nothing after an unconditional match is ever reached
                }
            }
        }

        return [.. matching];
    }
}

/// <summary>Remembers the compiled form beside its tariff; never part of a tariff's equality.</summary>
internal sealed class CompiledMemo
{
    public volatile CompiledTariff? Value;

    public override bool Equals(object? obj) => obj is CompiledMemo;

    public override int GetHashCode() => 0;
}
