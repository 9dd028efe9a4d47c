namespace Settlement.Domain.Rating;

/// <summary>Prices a session from its tariffs. Pure: same input, same cents.</summary>
/// <remarks>
/// The order follows the specification's: periods in order, a tariff for each, the active component per dimension,
/// FLAT once per phase, step_size on the session total, price, tax, price limits.
/// </remarks>
public static class Rater
{
    public static RatedSession Rate(RatingRequest request)
    {
        var findings = new Findings();
        try
        {
            var run = new RatingRun(request, findings);
            var rated = run.Rate();
            if (run.SharesStarts && rated.IsRateable && PeriodOrder.Decides(request, rated))
            {
                findings.Stop(
                    "period.order-decides", "/charging_periods",
                    "Charging periods share a start time and their order changes the price; ask the CPO to send a separate start "
                    + "time for each period.");
                rated = RatingRun.NotRateable(request, findings);
            }

            return request.Reference is { Count: > 0 } reference ? Compared(request, rated, reference) : rated;
        }
        catch (OverflowException)
        {
            // A number too large or too long to be kept exactly is never bent into one that fits.
            findings.Stop("amount.overflow", "", "A quantity or amount is too large or too long to be kept exactly.");
            return RatingRun.NotRateable(request, findings);
        }
    }

    private static RatedSession Compared(RatingRequest request, RatedSession rated, IReadOnlyList<Tariff> reference)
    {
        var surcharge = Surcharge.Check(request, rated, reference);
        var findings = surcharge.Excess is { } excess
            ? [.. rated.Findings, new Finding(
                "surcharge", "", $"{excess} {rated.Cdr.Currency} more expensive than in the CPO's own network.")]
            : rated.Findings;
        return rated with { Surcharge = surcharge, Findings = findings };
    }
}
