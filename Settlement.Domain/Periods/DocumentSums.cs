using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Statements;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Periods;

/// <summary>Adds up the lines of one document while they stream by.</summary>
internal sealed class DocumentSums(DocumentKind kind, PartyId supplier, PartyId customer, string currency)
{
    private readonly long[] charges = new long[Enum.GetValues<ChargeComponent>().Length];
    private readonly Dictionary<TaxKey, (long Base, decimal Kwh, long Amount)> taxes = [];
    private readonly SortedDictionary<string, long> amends = new(StringComparer.Ordinal);
    private long sessions;
    private decimal energy;
    private long net;

    private readonly record struct TaxKey(
        string Tax, string Jurisdiction, decimal? Rate, decimal? PerKwh, Disposition Disposition, string Remitter,
        bool Recoverable, string Reason, string? Registration, string? Certificate);

    public void Add(StatementLine line, string? amended)
    {
        sessions += line.Sessions;
        energy += line.EnergyKwh;
        net += line.Net;
        charges[(int)ChargeComponent.ENERGY] += line.Energy;
        charges[(int)ChargeComponent.TIME] += line.Time;
        charges[(int)ChargeComponent.PARKING_TIME] += line.Parking;
        charges[(int)ChargeComponent.FLAT] += line.Flat;
        charges[(int)ChargeComponent.RESERVATION] += line.Reservation;
        foreach (var tax in line.Taxes)
        {
            Add(tax);
        }

        if (amended is not null)
        {
            amends[amended] = amends.GetValueOrDefault(amended) + line.Due;
        }
    }

    public void Add(PostedTax tax)
    {
        var key = new TaxKey(
            tax.Tax, tax.Jurisdiction, tax.Rate, tax.PerKwh, tax.Disposition, tax.Remitter, tax.Recoverable, tax.Reason,
            tax.Registration, tax.Certificate);
        var sum = taxes.GetValueOrDefault(key);
        taxes[key] = (sum.Base + tax.Base, sum.Kwh + (tax.Kwh ?? 0m), sum.Amount + tax.Amount);
    }

    public DocumentDraft Draft(bool reverseBilling)
    {
        var lines = taxes.Where(tax => tax.Value != default)
            .Select(tax => new DocumentTaxLine(
                tax.Key.Tax, tax.Key.Jurisdiction, tax.Key.Rate, tax.Key.PerKwh, tax.Key.Disposition, tax.Key.Remitter,
                tax.Key.Recoverable, tax.Key.Reason, tax.Key.Registration, tax.Key.Certificate, tax.Value.Base,
                tax.Value.Kwh, tax.Value.Amount))
            .OrderBy(tax => tax.Jurisdiction, StringComparer.Ordinal).ThenBy(tax => tax.Tax, StringComparer.Ordinal)
            .ThenBy(tax => tax.Rate).ThenBy(tax => tax.PerKwh).ThenBy(tax => tax.Disposition)
            .ThenBy(tax => tax.Reason, StringComparer.Ordinal).ThenBy(tax => tax.Remitter, StringComparer.Ordinal)
            .ThenBy(tax => tax.Recoverable).ThenBy(tax => tax.Registration, StringComparer.Ordinal)
            .ThenBy(tax => tax.Certificate, StringComparer.Ordinal).ToList();
        var charged = lines.Where(tax => tax.Disposition == Disposition.Charged).Sum(tax => tax.Amount);
        return new DocumentDraft(
            kind, supplier, customer, reverseBilling ? customer : supplier, currency, sessions, energy,
            [.. charges.Select((amount, i) => new DocumentCharge((ChargeComponent)i, amount)).Where(c => c.Amount != 0)],
            lines, [.. amends.Select(each => new AmendedDocument(each.Key, each.Value))], net, charged, net + charged);
    }
}
