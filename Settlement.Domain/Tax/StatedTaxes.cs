using NodaTime;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Rating;

namespace Settlement.Domain.Tax;

/// <summary>
/// The taxes a CPO states in its CDR beside ours: ours post, unless each stated one is within one minor unit of
/// ours, then the stated amounts post; further apart the CDR is held (rules-money 8).
/// </summary>
public static class StatedTaxes
{
    /// <param name="side">Of the prices: one that includes taxes states the same total before and after.</param>
    public static Taxation Reconcile(LocalDate date, TaxAnswer.Determined ours, Price claimed, PriceSide side)
    {
        var charges = ours.NetAmounts.Select(amount => new PostedCharge(amount.Component, amount.Amount.Minor)).ToList();
        var lines = ours.Lines.Select(PostedTax.Of).ToList();
        var currency = ours.Net.Currency;
        var own = new Taxation(date, charges, lines, null);
        return Noted(own, claimed.Taxes.Count > 0
            ? ByName(date, charges, lines, claimed.Taxes, currency)
            : claimed is { BeforeTaxes: { } before, AfterTaxes: { } after } && side == PriceSide.BeforeTax
                ? BySum(date, charges, lines, Minor(after - before, currency), currency)
                : own, currency);
    }

    /// <summary>Where a stated tax posts that is not ours to the cent, that is told.</summary>
    private static Taxation Noted(Taxation ours, Taxation posted, Currency currency) =>
        posted.Hold is not null || posted.Taxes.SequenceEqual(ours.Taxes) ? posted : posted with
        {
            Note = new("tax.stated-posted", "/total_cost",
                $"The CPO's tax posts as stated, {new Money(posted.Tax, currency)}; "
                + $"ours would be {new Money(ours.Tax, currency)}."),
        };

    /// <summary>GST and TPS are one tax in two languages; so are HST and TVH, QST and TVQ.</summary>
    public static string Normalise(string name) => name.Trim().ToUpperInvariant() switch
    {
        "TPS" => "GST",
        "TVH" => "HST",
        "TVQ" => "QST",
        "TVP" => "PST",
        "TVD" => "RST",
        var other => other,
    };

    private static Taxation ByName(
        LocalDate date, List<PostedCharge> charges, List<PostedTax> lines, IReadOnlyList<StatedTax> stated,
        Currency currency)
    {
        var sums = HstWhole(lines, stated.GroupBy(tax => Normalise(tax.Name), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Sum(tax => tax.Amount), StringComparer.Ordinal))
            .ToDictionary(sum => sum.Key, sum => Minor(sum.Value, currency), StringComparer.Ordinal);
        foreach (var name in sums.Keys.Concat(lines.Where(IsCharged).Select(line => line.Tax)).Distinct(StringComparer.Ordinal))
        {
            var theirs = sums.GetValueOrDefault(name);
            var ours = lines.Where(line => IsCharged(line) && line.Tax == name).Sum(line => line.Amount);
            if (Hold(charges, lines, name, theirs, ours, currency) is { } hold)
            {
                return Taxation.Held(date, hold);
            }
        }

        var posted = lines.Select(line => IsCharged(line) && lines.Count(l => IsCharged(l) && l.Tax == line.Tax) == 1
            ? line with { Amount = sums.GetValueOrDefault(line.Tax) }
            : line).ToList();
        return new Taxation(date, charges, posted, null);
    }

    /// <summary>
    /// HST stated as its federal part, called GST, and its provincial one, whatever its name, counts by its sum.
    /// </summary>
    private static Dictionary<string, decimal> HstWhole(List<PostedTax> lines, Dictionary<string, decimal> stated)
    {
        bool Ours(string name) => lines.Exists(line => line.Tax == name);
        var provincial = stated.Keys.Where(name => name != "GST" && !Ours(name)).ToList();
        if (!Ours("HST") || Ours("GST") || stated.ContainsKey("HST") || provincial.Count != 1
            || !stated.TryGetValue("GST", out var federal))
        {
            return stated;
        }

        var whole = stated.Where(tax => Ours(tax.Key))
            .ToDictionary(tax => tax.Key, tax => tax.Value, StringComparer.Ordinal);
        whole["HST"] = federal + stated[provincial[0]];
        return whole;
    }

    private static Taxation BySum(
        LocalDate date, List<PostedCharge> charges, List<PostedTax> lines, long theirs, Currency currency)
    {
        var ours = lines.Where(IsCharged).Sum(line => line.Amount);
        if (Hold(charges, lines, "tax", theirs, ours, currency) is { } hold)
        {
            return Taxation.Held(date, hold);
        }

        return WithTotal(new Taxation(date, charges, lines, null), charges.Sum(charge => charge.Amount) + theirs, currency);
    }

    /// <summary>The same taxes with what is stated in all, a cent off; it goes on the largest.</summary>
    public static Taxation WithTotal(Taxation taxed, long due, Currency currency)
    {
        var largest = taxed.Taxes.Where(IsCharged).MaxBy(line => line.Amount);
        return largest is null || due == taxed.Due ? taxed : Noted(taxed, taxed with
        {
            Taxes = [.. taxed.Taxes.Select(line =>
                ReferenceEquals(line, largest) ? line with { Amount = line.Amount + due - taxed.Due } : line)],
        }, currency);
    }

    private static Finding? Hold(
        List<PostedCharge> charges, List<PostedTax> lines, string name, long theirs, long ours, Currency currency)
    {
        var free = charges.TrueForAll(charge => charge.Amount == 0) && lines.TrueForAll(line => line.Amount == 0);
        var allowed = lines.Any(IsCharged) && !free ? 1 : 0;
        if (Math.Abs(theirs - ours) <= allowed)
        {
            return null;
        }

        var (stated, determined) = (new Money(theirs, currency), new Money(ours, currency));
        return free
            ? new Finding("tax.unexpected", "/total_cost", $"The CPO states {name} {stated} on a session that is free.")
            : !lines.Any(IsCharged) && lines.Any(line => line.Disposition == Disposition.Exempt)
            ? new Finding("tax.unexpected", "/total_cost",
                $"The CPO states {name} {stated} on a supply that is exempt: {lines[0].Reason}.")
            : new Finding("tax.differs", "/total_cost",
                $"The CPO states {name} {stated}, we determine {determined}: {stated - determined} apart.");
    }

    private static bool IsCharged(PostedTax line) => line.Disposition == Disposition.Charged;

    private static long Minor(decimal amount, Currency currency) =>
        Money.Of(ExactAmount.Of(amount).RoundTo(currency.MinorUnits), currency).Minor;
}
