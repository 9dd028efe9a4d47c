using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Domain.Ocpi;

/// <summary>Amounts of all three versions: a number, excl_vat/incl_vat, or before_taxes with taxes.</summary>
internal static class PriceReader
{
    private static readonly NameTable<PriceField> Names = new();
    private static readonly NameTable<TaxField> TaxNames = new();

    private enum PriceField { before_taxes, after_taxes, taxes, excl_vat, incl_vat }

    private enum TaxField { name, account_number, percentage, amount }

    public static Price? Read(ref JsonCursor json, string name, out bool isV230)
    {
        isV230 = false;
        if (json.IsScalar)
        {
            return json.Number(name) is { } number ? new Price(number, null, []) : null;
        }

        if (!json.EnterObject(name))
        {
            return null;
        }

        decimal? before = null, after = null;
        List<StatedTax> taxes = [];
        var seen = default(SeenMembers);
        while (json.NextMember(Names, ref seen, out var field))
        {
            switch (field)
            {
                case PriceField.before_taxes:
                    isV230 = true;
                    before = json.Number("before_taxes");
                    break;
                case PriceField.excl_vat:
                    before = json.Number("excl_vat");
                    break;
                case PriceField.after_taxes:
                    after = json.Number("after_taxes");
                    break;
                case PriceField.incl_vat:
                    after = json.Number("incl_vat");
                    break;
                case PriceField.taxes:
                    isV230 = true;
                    taxes = Taxes(ref json);
                    break;
            }
        }

        json.Notes.Leave();
        if (taxes.Count > 0 && before is not null)
        {
            after = Sum(ref json, name, before.Value, taxes);
        }

        return new Price(before, after, taxes);
    }

    /// <summary>Exactly, or not at all.</summary>
    private static decimal? Sum(ref JsonCursor json, string name, decimal before, List<StatedTax> taxes)
    {
        try
        {
            return taxes.Aggregate(before, (sum, tax) => Exact.Add(sum, tax.Amount));
        }
        catch (OverflowException)
        {
            json.Notes.Find(IntakeFindings.NumberOutOfRange, name, "has too many digits, taken together with its taxes");
            return null;
        }
    }

    /// <summary>A tariff's min_price or max_price; null where it states no amount.</summary>
    public static PriceLimit? Limit(ref JsonCursor json, string name, out bool isV230) =>
        Read(ref json, name, out isV230) is { } price && (price.BeforeTaxes ?? price.AfterTaxes) is not null
            ? new PriceLimit(price.BeforeTaxes, price.AfterTaxes)
            : null;

    private static List<StatedTax> Taxes(ref JsonCursor json)
    {
        var taxes = new List<StatedTax>();
        if (!json.EnterArray("taxes"))
        {
            return taxes;
        }

        while (json.NextElement())
        {
            if (json.IsObject() && Tax(ref json) is { } tax)
            {
                taxes.Add(tax);
            }
        }

        return taxes;
    }

    private static StatedTax? Tax(ref JsonCursor json)
    {
        string? name = null, account = null;
        decimal? percentage = null, amount = null;
        var seen = default(SeenMembers);
        while (json.NextMember(TaxNames, ref seen, out var field))
        {
            switch (field)
            {
                case TaxField.name:
                    name = json.Word("name", 255);
                    break;
                case TaxField.account_number:
                    account = json.Word("account_number", 255);
                    break;
                case TaxField.percentage:
                    percentage = json.Number("percentage");
                    break;
                case TaxField.amount:
                    amount = json.Number("amount");
                    break;
            }
        }

        if (amount is { } stated)
        {
            return new StatedTax(name ?? "", account, percentage, stated);
        }

        json.Notes.Find(IntakeFindings.FieldMissing, "amount", "a tax without an amount; left out");
        return null;
    }
}
