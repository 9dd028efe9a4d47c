using System.Globalization;
using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Reconciliation;

/// <summary>Compares two rows that are the same CDR. What one of them does not tell is not compared.</summary>
public static class CdrComparison
{
    internal const string Money = "money";

    /// <summary>The outcome of a pair; for what we hold or settled in another month, just that.</summary>
    public static ReconciledRow Of(ListedCdr ours, ListedCdr theirs, int tier, ReconciliationTerms terms)
    {
        var (category, reason) = ours.Standing switch
        {
            ListStanding.Held => (ReconciliationCategory.HELD_OURS, ours.Detail ?? ""),
            ListStanding.Adjacent => (ReconciliationCategory.TIMING, ours.Detail ?? ""),
            _ => Compare(ours, theirs, terms.For(ours.Cpo ?? theirs.Cpo)),
        };
        return new ReconciledRow(category, reason, tier, ours, theirs, Difference(ours, theirs));
    }

    /// <summary>What differs, in words with both numbers: the evidence of a dispute.</summary>
    public static string Words(ListedCdr ours, ListedCdr theirs)
    {
        var parts = new List<string>();
        Add("currency", ours.Currency == theirs.Currency ? null : ours.Currency, theirs.Currency);
        Number("net", ours.Net, theirs.Net, ours.Currency);
        Number("tax", ours.Tax, theirs.Tax, ours.Currency);
        Number("total", ours.Total, theirs.Total, ours.Currency);
        Number("energy", ours.EnergyKwh, theirs.EnergyKwh, "kWh");
        Time("start", ours.Start, theirs.Start);
        Time("end", ours.End, theirs.End);
        return string.Join("; ", parts);

        void Number(string name, decimal? one, decimal? other, string unit)
        {
            if (one is { } a && other is { } b && a != b)
            {
                Add(name, Text(a), $"{Text(b)} {unit}");
            }
        }

        void Time(string name, Instant? one, Instant? other)
        {
            if (one is { } a && other is { } b && a != b)
            {
                Add(name, a.ToString(), b.ToString());
            }
        }

        void Add(string name, string? one, string other)
        {
            if (one is not null)
            {
                parts.Add($"{name} {one} here, {other} there");
            }
        }
    }

    private static (ReconciliationCategory, string) Compare(ListedCdr ours, ListedCdr theirs, ReconciliationTerms terms)
    {
        if (ours.Currency != theirs.Currency)
        {
            return (ReconciliationCategory.CURRENCY_DIFFERS, "");
        }

        if (MoneyDiffers(ours, theirs, terms) is { } money)
        {
            return money;
        }

        if (Beyond(ours.EnergyKwh - theirs.EnergyKwh, terms.EnergyKwh))
        {
            return (ReconciliationCategory.QUANTITY_DIFFERS, "energy");
        }

        if (Beyond(Seconds(ours.Start, theirs.Start), terms.TimeSeconds))
        {
            return (ReconciliationCategory.TIME_DIFFERS, "start");
        }

        return Beyond(Seconds(ours.End, theirs.End), terms.TimeSeconds)
            ? (ReconciliationCategory.TIME_DIFFERS, "end")
            : Within(ours, theirs);
    }

    private static (ReconciliationCategory, string)? MoneyDiffers(ListedCdr ours, ListedCdr theirs, ReconciliationTerms terms)
    {
        var net = Minor(ours.Net, theirs.Net, ours.Currency);
        if (Beyond(net, terms.MoneyMinor))
        {
            var isClaim = IsClaim(ours, theirs) || IsClaim(theirs, ours);
            return (ReconciliationCategory.AMOUNT_DIFFERS, Math.Abs(net!.Value) == 1 ? "rounding" : isClaim ? "tariff" : "net");
        }

        var tax = Minor(ours.Tax, theirs.Tax, ours.Currency);
        if (Beyond(tax, terms.MoneyMinor))
        {
            return (ReconciliationCategory.TAX_DIFFERS, Math.Abs(tax!.Value) == 1 ? "rounding" : "tax");
        }

        var total = Minor(ours.Total, theirs.Total, ours.Currency);
        return Beyond(total, terms.MoneyMinor)
            ? (ReconciliationCategory.AMOUNT_DIFFERS, Math.Abs(total!.Value) == 1 ? "rounding" : "total")
            : null;
    }

    private static (ReconciliationCategory, string) Within(ListedCdr ours, ListedCdr theirs)
    {
        var money = Minor(ours.Net, theirs.Net, ours.Currency) is not (null or 0)
            || Minor(ours.Tax, theirs.Tax, ours.Currency) is not (null or 0)
            || Minor(ours.Total, theirs.Total, ours.Currency) is not (null or 0);
        var reason = money ? Money
            : ours.EnergyKwh - theirs.EnergyKwh is not (null or 0m) ? "energy"
            : Seconds(ours.Start, theirs.Start) is not (null or 0m) || Seconds(ours.End, theirs.End) is not (null or 0m)
                ? "time"
            : "";
        return (reason.Length > 0
            ? ReconciliationCategory.MATCHED_WITHIN_TOLERANCE
            : ReconciliationCategory.MATCHED, reason);
    }

    // The other side lists what the CPO claimed, this side settles something else.
    private static bool IsClaim(ListedCdr one, ListedCdr other) =>
        one.Claimed is { } claimed && other.Net is { } net
        && ToMinor(claimed, one.Currency) == ToMinor(net, one.Currency);

    private static long? Difference(ListedCdr ours, ListedCdr theirs) => ours.Currency != theirs.Currency
        ? null
        : -(Minor(ours.Total, theirs.Total, ours.Currency) ?? Minor(ours.Net, theirs.Net, ours.Currency));

    /// <summary>Ours minus theirs in minor units, each rounded half away from zero first.</summary>
    private static long? Minor(decimal? ours, decimal? theirs, string currency) =>
        ours is { } one && theirs is { } other ? ToMinor(one, currency) - ToMinor(other, currency) : null;

    private static long ToMinor(decimal amount, string currency) =>
        (long)decimal.Round(amount * (Currency.Find(currency)?.Scale ?? 100), MidpointRounding.AwayFromZero);

    private static decimal? Seconds(Instant? one, Instant? other) =>
        one is { } a && other is { } b ? (a - b).BclCompatibleTicks / (decimal)NodaConstants.TicksPerSecond : null;

    private static bool Beyond(decimal? difference, decimal tolerance) =>
        difference is { } d && Math.Abs(d) > tolerance;

    private static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);
}
