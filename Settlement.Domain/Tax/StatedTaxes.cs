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
    public static Taxation Reconcile(
        LocalDate date, TaxAnswer.Determined ours, Price claimed, RatedSession session)
    {
        var charges = ours.NetAmounts.Select(amount => new PostedCharge(amount.Component, amount.Amount.Minor)).ToList();
        var lines = ours.Lines.Select(PostedTax.Of).ToList();
        var currency = ours.Net.Currency;
        if (claimed.Taxes.Count > 0)
        {
            return ByName(date, charges, lines, claimed.Taxes, currency);
        }

        // A tariff that includes taxes states the same total before and after: that tells no tax.
        return claimed is { BeforeTaxes: { } before, AfterTaxes: { } after } && session.BeforeTaxes is not null
            ? BySum(date, charges, lines, Minor(after - before, currency), currency)
            : new Taxation(date, charges, lines, null);
    }

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
        var sums = stated.GroupBy(tax => Normalise(tax.Name), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => Minor(group.Sum(tax => tax.Amount), currency), StringComparer.Ordinal);
        foreach (var name in sums.Keys.Concat(lines.Where(IsCharged).Select(line => line.Tax)).Distinct(StringComparer.Ordinal))
        {
            var theirs = sums.GetValueOrDefault(name);
            var ours = lines.Where(line => IsCharged(line) && line.Tax == name).Sum(line => line.Amount);
            if (Hold(lines, name, theirs, ours, currency) is { } hold)
            {
                return Taxation.Held(date, hold);
            }
        }

        var posted = lines.Select(line => IsCharged(line) && lines.Count(l => IsCharged(l) && l.Tax == line.Tax) == 1
            ? line with { Amount = sums.GetValueOrDefault(line.Tax) }
            : line).ToList();
        return new Taxation(date, charges, posted, null);
    }

    private static Taxation BySum(
        LocalDate date, List<PostedCharge> charges, List<PostedTax> lines, long theirs, Currency currency)
    {
        var ours = lines.Where(IsCharged).Sum(line => line.Amount);
        if (Hold(lines, "tax", theirs, ours, currency) is { } hold)
        {
            return Taxation.Held(date, hold);
        }

        var largest = lines.Where(IsCharged).MaxBy(line => line.Amount);
        return new Taxation(date, charges,
            [.. lines.Select(line => ReferenceEquals(line, largest) ? line with { Amount = line.Amount + theirs - ours } : line)],
            null);
    }

    private static Finding? Hold(List<PostedTax> lines, string name, long theirs, long ours, Currency currency)
    {
        var allowed = lines.Any(IsCharged) ? 1 : 0;
        if (Math.Abs(theirs - ours) <= allowed)
        {
            return null;
        }

        var (stated, determined) = (new Money(theirs, currency), new Money(ours, currency));
        return !lines.Any(IsCharged) && lines.Any(line => line.Disposition == Disposition.Exempt)
            ? new Finding("tax.unexpected", "/total_cost",
                $"The CPO states {name} {stated} on a supply that is exempt: {lines[0].Reason}.")
            : new Finding("tax.differs", "/total_cost",
                $"The CPO states {name} {stated}, we determine {determined}: {stated - determined} apart.");
    }

    private static bool IsCharged(PostedTax line) => line.Disposition == Disposition.Charged;

    private static long Minor(decimal amount, Currency currency) =>
        Money.Of(ExactAmount.Of(amount).RoundTo(currency.MinorUnits), currency).Minor;
}
