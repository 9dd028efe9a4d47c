using NodaTime;

namespace Settlement.Domain.Reconciliation;

/// <summary>Rows of one EVSE by moment: those near another row are found without looking at all.</summary>
internal sealed class Nearby
{
    private readonly ReconciliationTerms terms;
    private readonly Dictionary<long, List<ListedCdr>> buckets = [];

    public Nearby(List<ListedCdr> rows, ReconciliationTerms terms)
    {
        this.terms = terms;
        foreach (var row in rows)
        {
            var bucket = Bucket(row.Start!.Value);
            if (!buckets.TryGetValue(bucket, out var list))
            {
                buckets[bucket] = list = [];
            }

            list.Add(row);
        }

        foreach (var list in buckets.Values)
        {
            list.Sort((a, b) => Nullable.Compare(a.EnergyKwh, b.EnergyKwh));
        }
    }

    /// <summary>At most two: whether there is none, one, or more than one is all that counts.</summary>
    public List<ListedCdr> Of(ListedCdr row)
    {
        var near = new List<ListedCdr>(2);
        var bucket = Bucket(row.Start!.Value);
        for (var at = bucket - 1; at <= bucket + 1 && near.Count < 2; at++)
        {
            if (buckets.TryGetValue(at, out var list))
            {
                Add(row, list, near);
            }
        }

        return near;
    }

    private void Add(ListedCdr row, List<ListedCdr> list, List<ListedCdr> near)
    {
        var (lowest, highest) = (row.EnergyKwh!.Value - terms.MatchKwh, row.EnergyKwh.Value + terms.MatchKwh);
        var (low, high) = (0, list.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = list[middle].EnergyKwh < lowest ? (middle + 1, high) : (low, middle);
        }

        for (var i = low; i < list.Count && list[i].EnergyKwh <= highest && near.Count < 2; i++)
        {
            var apart = row.Start!.Value - list[i].Start!.Value;
            var isSameDriver = row.Driver is null || list[i].Driver is null || row.Driver == list[i].Driver;
            if (isSameDriver && apart <= Duration.FromSeconds(terms.MatchSeconds)
                && apart >= Duration.FromSeconds(-terms.MatchSeconds))
            {
                near.Add(list[i]);
            }
        }
    }

    private long Bucket(Instant start)
    {
        var width = Math.Max(1, terms.MatchSeconds);
        var seconds = start.ToUnixTimeSeconds();
        return seconds >= 0 ? seconds / width : -((-seconds + width - 1) / width);
    }
}
