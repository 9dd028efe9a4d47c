namespace Settlement.Domain.Rating;

/// <summary>A rating as JSON, as <c>rate --json</c> prints it: one object, the same bytes for the same rating.</summary>
/// <remarks>Amounts are decimal strings by the rule <c>line-scale</c>; kWh for energy, whole seconds for time.</remarks>
public static class RatedJson
{
    /// <param name="holds">Every reason for which intake holds the CDR; its codes stand in <c>held</c>.</param>
    public static void Write(
        RatedSession rated, ClaimComparison claim, IReadOnlyList<Finding> readerFindings,
        IReadOnlyList<Finding> holds, JsonBytes json)
    {
        json.Raw("{\"cdr\":"u8);
        json.Text(rated.Cdr.Key.Id);
        json.Raw(",\"currency\":"u8);
        json.Text(rated.Cdr.Currency);
        json.Raw(",\"total\":"u8);
        Pair(json, rated.BeforeTaxes, rated.AfterTaxes);
        Dimensions(rated, json);
        json.Raw(",\"lines\":["u8);
        for (var i = 0; i < rated.Lines.Count; i++)
        {
            Line(rated.Lines[i], rated, json);
            json.Raw((byte)',');
        }

        json.EndList((byte)']');
        Claim(rated, claim, json);
        json.Raw(",\"surcharge\":"u8);
        json.Text(rated.Surcharge.Code);
        Policy(rated, json);
        json.Raw(",\"held\":["u8);
        foreach (var hold in holds)
        {
            json.Text(hold.Code);
            json.Raw((byte)',');
        }

        json.EndList((byte)']');
        json.Raw(",\"findings\":["u8);
        Findings(readerFindings, json);
        Findings(rated.Findings, json);
        Findings(claim.Findings, json);
        json.EndList((byte)']');
        json.Raw((byte)'}');
    }

    /// <summary>A CDR that could not be read at all, in the same shape.</summary>
    public static void WriteUnreadable(string? id, Refusal refusal, IReadOnlyList<Finding> findings, JsonBytes json)
    {
        json.Raw("{\"cdr\":"u8);
        json.Text(id);
        json.Raw(",\"currency\":null,\"total\":{\"before_taxes\":null,\"after_taxes\":null},\"dimensions\":{},"u8);
        json.Raw("\"lines\":[],\"claimed\":null,\"difference\":null,\"findings\":["u8);
        Findings([new Finding(refusal.Code, "", refusal.Message)], json);
        Findings(findings, json);
        json.EndList((byte)']');
        json.Raw((byte)'}');
    }

    private static void Pair(JsonBytes json, ExactAmount? before, ExactAmount? after)
    {
        json.Raw("{\"before_taxes\":"u8);
        json.Amount(before);
        json.Raw(",\"after_taxes\":"u8);
        json.Amount(after);
        json.Raw((byte)'}');
    }

    private static void Dimensions(RatedSession rated, JsonBytes json)
    {
        json.Raw(",\"dimensions\":{"u8);
        foreach (var total in DimensionTotal.Of(rated))
        {
            json.Text(total.Name);
            json.Raw(":{\"quantity\":"u8);
            json.Decimal(total.Quantity);
            json.Raw(",\"billed_quantity\":"u8);
            json.Decimal(total.BilledQuantity);
            json.Raw(",\"before_taxes\":"u8);
            json.Amount(rated.AmountsIncludeTax ? null : total.Amount);
            if (rated.AmountsIncludeTax)
            {
                json.Raw(",\"after_taxes\":"u8);
                json.Amount(total.Amount);
            }

            json.Raw("},"u8);
        }

        json.EndList((byte)'}');
    }

    private static void Line(RatedLine line, RatedSession rated, JsonBytes json)
    {
        json.Raw(DimensionAndPhase(line));
        json.Number(line.Period);
        json.Raw(",\"tariff_id\":"u8);
        json.Text(line.TariffId);
        json.Raw(",\"element\":"u8);
        json.Number(line.Element);
        json.Raw(",\"component\":"u8);
        json.Number(line.Component);
        json.Raw(",\"quantity\":"u8);
        json.Decimal(line.Quantity);
        json.Raw(",\"billed_quantity\":"u8);
        json.Decimal(line.BilledQuantity);
        json.Raw(",\"unit\":"u8);
        json.Text(line.Unit);
        json.Raw(",\"price\":"u8);
        json.Decimal(line.Price);
        json.Raw(",\"before_taxes\":"u8);
        json.Amount(rated.AmountsIncludeTax ? null : line.Amount);
        if (rated.AmountsIncludeTax)
        {
            json.Raw(",\"after_taxes\":"u8);
            json.Amount(line.Amount);
        }

        json.Raw(",\"vat_percent\":"u8);
        json.Decimal(line.VatPercent);
        json.Raw(",\"tax\":"u8);
        json.Amount(Tax(line, rated));
        json.Raw(",\"because\":"u8);
        json.Text(line.Because);
        json.Raw((byte)'}');
    }

    private static ReadOnlySpan<byte> DimensionAndPhase(RatedLine line) => (line.Dimension, line.IsReservation) switch
    {
        (Dimension.ENERGY, _) => "{\"dimension\":\"ENERGY\",\"phase\":\"CHARGING\",\"period\":"u8,
        (Dimension.TIME, false) => "{\"dimension\":\"TIME\",\"phase\":\"CHARGING\",\"period\":"u8,
        (Dimension.TIME, true) => "{\"dimension\":\"RESERVATION_TIME\",\"phase\":\"RESERVATION\",\"period\":"u8,
        (Dimension.PARKING_TIME, _) => "{\"dimension\":\"PARKING_TIME\",\"phase\":\"CHARGING\",\"period\":"u8,
        (_, false) => "{\"dimension\":\"FLAT\",\"phase\":\"CHARGING\",\"period\":"u8,
        _ => "{\"dimension\":\"FLAT\",\"phase\":\"RESERVATION\",\"period\":"u8,
    };

    private static ExactAmount? Tax(RatedLine line, RatedSession rated) =>
        line.VatPercent is { } rate && !rated.AmountsIncludeTax && !line.IsAdjustment ? line.Amount.Percent(rate) : null;

    /// <summary>Difference is claimed minus rated: positive where the CPO asks for more.</summary>
    private static void Claim(RatedSession rated, ClaimComparison claim, JsonBytes json)
    {
        var sign = rated.Cdr.Credit ? -1m : 1m;
        var cost = rated.Cdr.TotalCost;
        var (before, after) = (Amount(cost.BeforeTaxes * sign), Amount(cost.AfterTaxes * sign));
        json.Raw(",\"claimed\":{\"before_taxes\":"u8);
        json.Amount(before);
        json.Raw(",\"after_taxes\":"u8);
        json.Amount(after);
        foreach (var part in claim.Parts)
        {
            json.Raw((byte)',');
            json.Text(part.Name);
            json.Raw((byte)':');
            json.Amount(part.Claimed);
        }

        json.Raw("},\"difference\":"u8);
        Pair(json, Difference(before, rated.BeforeTaxes), Difference(after, rated.AfterTaxes));
        json.Raw(",\"outcome\":"u8);
        json.Text(OutcomeName(claim.Outcome));
        json.Raw(",\"settled\":"u8);
        json.Decimal(claim.Settled?.Amount);
        json.Raw(",\"because\":"u8);
        json.Text(claim.Because);
    }

    /// <summary>Null also where it is too long to keep; the comparison has said so.</summary>
    private static ExactAmount? Difference(ExactAmount? claimed, ExactAmount? rated)
    {
        try
        {
            return claimed - rated;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static ExactAmount? Amount(decimal? amount) => amount is { } known ? ExactAmount.Of(known) : null;

    private static string OutcomeName(ClaimOutcome outcome) => outcome switch
    {
        ClaimOutcome.Agrees => "agrees",
        ClaimOutcome.Differs => "differs",
        ClaimOutcome.ClaimsNothing => "claims-nothing",
        ClaimOutcome.NotRateable => "not-rateable",
        _ => "not-comparable",
    };

    private static void Policy(RatedSession rated, JsonBytes json)
    {
        json.Raw(",\"policy\":["u8);
        if (!ReferenceEquals(rated.Policy, RatingPolicy.Default))
        {
            foreach (var departure in rated.Policy.Departures())
            {
                json.Text(departure);
                json.Raw((byte)',');
            }
        }

        json.EndList((byte)']');
    }

    private static void Findings(IReadOnlyList<Finding> findings, JsonBytes json)
    {
        for (var i = 0; i < findings.Count; i++)
        {
            json.Raw("{\"code\":"u8);
            json.Text(findings[i].Code);
            json.Raw(",\"pointer\":"u8);
            json.Text(findings[i].Pointer);
            json.Raw(",\"detail\":"u8);
            json.Text(findings[i].Detail);
            json.Raw("},"u8);
        }
    }
}
