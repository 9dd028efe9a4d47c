using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Disputes;

/// <summary>What stands of a CDR in charge and tax accounts: as it was settled, less our earlier credit notes.</summary>
/// <param name="Taxes">Charged ones, merged with what the document changed; positive.</param>
public sealed record StandingCdr(IReadOnlyList<CreditedCharge> Charges, IReadOnlyList<PostedTax> Taxes)
{
    public long Gross => Charges.Sum(charge => charge.Amount) + Taxes.Sum(tax => tax.Amount);

    /// <param name="changes">Taxes that its document changed: rounding, tax point.</param>
    /// <param name="notes">Our earlier credit notes about it.</param>
    public static StandingCdr Of(
        SettledCdr settled, IEnumerable<PostedTax> changes, IEnumerable<DisputeFact.CreditNoteIssued> notes)
    {
        var before = notes.ToList();
        var charges = settled.Charges.Select(charge => new CreditedCharge(
            charge.Component,
            charge.Amount - before.SelectMany(note => note.Charges)
                .Where(credited => credited.Component == charge.Component).Sum(credited => credited.Amount)));
        var taxes = settled.Taxes.Where(tax => tax.Disposition == Disposition.Charged)
            .Concat(changes).Concat(before.SelectMany(note => note.Taxes))
            .GroupBy(tax => (tax.Remitter, tax.Jurisdiction, tax.Tax, tax.Rate, tax.PerKwh))
            .Select(group => group.First() with
            {
                Base = group.Sum(tax => tax.Base),
                Kwh = group.Any(tax => tax.Kwh is not null) ? group.Sum(tax => tax.Kwh ?? 0m) : null,
                Amount = group.Sum(tax => tax.Amount),
                Provisional = false,
            }).Where(tax => tax.Amount != 0);
        return new StandingCdr([.. charges], [.. taxes]);
    }

    /// <summary>
    /// Rule <c>largest-remainder</c> over charge components and charged taxes: the shares sum to the amount exactly and
    /// none is more than what stands. A tax's base shrinks as the charges do, half away from zero to the minor unit;
    /// the kWh of a tax per kWh as the tax does, half away from zero to the millionth.
    /// </summary>
    public (IReadOnlyList<CreditedCharge> Charges, IReadOnlyList<PostedTax> Taxes) Split(long amount)
    {
        decimal[] weights = [.. Charges.Select(charge => (decimal)charge.Amount), .. Taxes.Select(tax => (decimal)tax.Amount)];
        var shares = Allocation.LargestRemainder(amount, weights);
        var charges = Charges.Select((charge, i) => charge with { Amount = shares[i] }).Where(charge => charge.Amount != 0).ToList();
        var (charged, net) = (charges.Sum(charge => charge.Amount), Charges.Sum(charge => charge.Amount));
        var taxes = Taxes.Select((tax, i) => (tax, Share: shares[Charges.Count + i])).Where(each => each.Share != 0)
            .Select(each => each.tax with
            {
                Base = net == 0 ? 0 : -(long)decimal.Round(
                    (decimal)each.tax.Base * charged / net, MidpointRounding.AwayFromZero),
                Kwh = each.tax.Kwh is { } kwh ? -decimal.Round(kwh * each.Share / each.tax.Amount, 6, MidpointRounding.AwayFromZero) : null,
                Amount = -each.Share,
            });
        return (charges, [.. taxes]);
    }
}
