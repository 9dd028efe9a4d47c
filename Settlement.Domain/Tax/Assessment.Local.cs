using Settlement.Domain.Ledger;
using Settlement.Domain.Rating;

namespace Settlement.Domain.Tax;

internal sealed partial class Assessment
{
    /// <summary>Counties, cities and districts tax what the state taxes, each by its own line.</summary>
    private void JudgeLocal(TaxRule rule, Money taxable)
    {
        if (rule.Local == LocalTax.None || Registration(rule).State == RegistrationState.NotRegistered)
        {
            return;
        }

        if (local?.At(question.Place, TaxDates.Of(rule, question)) is { } rates)
        {
            var first = rule.Treatment == Treatment.Taxable ? charges.Count - 1 : charges.Count;
            foreach (var rate in rates)
            {
                JudgeTaxable(LocalRule.Of(rule, rate, local), rule, taxable);
            }

            RoundTogether(rule, first);
        }
        else if (question.StateTaxOnly)
        {
            notes.Add("local.not-loaded");
        }
        else if (taxable.Minor != 0)
        {
            Ask(new("local.not-loaded",
                $"Load the local sales tax rates of {rule.Jurisdiction} "
                + $"for {TaxText.Locality(question.Place)}.",
                rule.Jurisdiction, rule.Name));
        }
    }

    /// <summary>
    /// Election: state and local tax are rounded as one, and the lines share it (SSUTA 324).
    /// </summary>
    private void RoundTogether(TaxRule rule, int first)
    {
        var together = charges.Skip(first)
            .Where(each => each.Line.Disposition == Disposition.Charged).ToList();
        if (!RoundingOf(rule).StateAndLocalTogether || together.Count < 2)
        {
            return;
        }

        var exact = together.Select(each => each.Line.Rate!.Value * each.Line.Base.Minor).ToList();
        var parts = LargestRemainder.Spread(
            (long)ExactAmount.Of(exact.Sum()).RoundTo(0), [.. exact.Select(Fraction.Of)]);
        for (var i = 0; i < together.Count; i++)
        {
            charges[charges.IndexOf(together[i])] = together[i] with
            {
                Line = together[i].Line with { Amount = new Money(parts[i], question.Currency) },
            };
        }
    }
}
