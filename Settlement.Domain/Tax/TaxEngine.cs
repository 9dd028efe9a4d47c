using System.Globalization;

namespace Settlement.Domain.Tax;

/// <summary>
/// Determines the taxes of one supply of charging. Pure: the rules, dates and parties are arguments.
/// </summary>
/// <remarks>
/// Order: net per component, excises, base of each percentage tax, all of them side by side, compound taxes
/// where a rule says so, then half away from zero to the currency's minor unit, each tax once on the sum it
/// covers.
/// </remarks>
public static class TaxEngine
{
    public static TaxAnswer Determine(TaxQuestion question, TaxBook book)
    {
        if (question.Amounts.Any(each => each.Amount.Currency != question.Currency))
        {
            throw new ArgumentException($"An amount is not in {question.Currency}.", nameof(question));
        }

        var rules = book.Of(question.Place.Code, question.KnownAt)
            .Where(rule => rule.Treatment != Treatment.SupplierCost && Decides(rule, question)).ToList();
        var local = book.LocalOf(question.Place.Code, question.KnownAt);
        var paid = question.Amounts.Any(each => each.Amount.Minor != 0);
        var unknown = UnknownStationFacts.Named(rules, question.Station, paid);
        return unknown.Count == 0
            ? Answer(question, question.Station, rules, local)
            : AnswerForEveryStation(question, rules, local, unknown);
    }

    private static bool Decides(TaxRule rule, TaxQuestion question) =>
        rule.InForceOn(TaxDates.Of(rule, question))
        || (question.AmountsIncludeTax && rule.InForceOn(TaxDates.Of(rule, OfTheDriver(question))));

    /// <summary>
    /// A driver pays a posted price on the spot, whatever the date of the document between the parties.
    /// </summary>
    private static TaxQuestion OfTheDriver(TaxQuestion question) =>
        question.Buyer == Buyer.Driver ? question : question with { Buyer = Buyer.Driver, Invoiced = null };

    /// <summary>
    /// A missing fact matters only where stations that differ in it would be taxed differently.
    /// </summary>
    private static TaxAnswer AnswerForEveryStation(
        TaxQuestion question, List<TaxRule> rules, LocalRates? local, IReadOnlyList<string> unknown)
    {
        var answers = UnknownStationFacts.Completions(rules, question.Station, unknown)
            .Select(station => (station, answer: Answer(question, station, rules, local))).ToList();
        if (answers.Select(each => DueOf(each.answer)).Distinct(StringComparer.Ordinal).Count() == 1)
        {
            return answers[0].answer;
        }

        var matter = unknown.Where(fact => answers
            .GroupBy(each => UnknownStationFacts.Without(each.station, fact))
            .Any(group => group.DistinctBy(each => DueOf(each.answer), StringComparer.Ordinal).Count() > 1));
        var code = question.Place.Code;
        return new TaxAnswer.Undetermined(
            "station.fact-missing",
            $"Tell the {string.Join(" and the ", matter)} of the station in {code}: tax depends on it.",
            code, null)
        {
            Known = answers.Select(each => LinesOf(each.answer)).Aggregate((a, b) => [.. a.Intersect(b)]),
        };
    }

    private static TaxAnswer Answer(
        TaxQuestion question, StationFacts station, List<TaxRule> rules, LocalRates? local)
    {
        var amounts = question.Amounts;
        var gross = amounts.Sum(each => each.Amount.Minor);
        if (!question.AmountsIncludeTax || gross == 0)
        {
            return Assessment.Of(question, station, rules, local, amounts).Answer(amounts);
        }

        var retail = Assessment.Of(OfTheDriver(question), station, rules, local, amounts, retailPrice: true);
        if (retail.Question is not null)
        {
            return retail.Answer(amounts);
        }

        var backedOut = BackOut.From(amounts, retail.Charges);
        if (backedOut is null)
        {
            return new TaxAnswer.Undetermined(
                "tax.exceeds-price",
                "The price includes taxes per kWh that are more than the price.",
                question.Place.Code, null);
        }

        return question.Buyer == Buyer.Driver
            ? retail.WithBackedOut(backedOut)
            : Assessment.Of(question, station, rules, local, backedOut.Net).Answer(backedOut.Net);
    }

    /// <summary>What an answer makes due, as text to compare; which rule said so does not matter.</summary>
    private static string DueOf(TaxAnswer answer) => answer switch
    {
        TaxAnswer.Determined determined => string.Join(';', determined.Lines
            .Where(line => line.Amount.Minor != 0)
            .Select(line => string.Create(
                CultureInfo.InvariantCulture,
                $"{line.Tax} {line.Jurisdiction} {line.Amount.Minor} {line.Disposition}"))
            .Append(determined.Net.Text())),
        TaxAnswer.Undetermined undetermined =>
            $"{undetermined.Code} {undetermined.Rule} {undetermined.Question}",
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, "not a tax answer"),
    };

    private static IReadOnlyList<TaxLine> LinesOf(TaxAnswer answer) => answer switch
    {
        TaxAnswer.Determined determined => determined.Lines,
        TaxAnswer.Undetermined undetermined => undetermined.Known,
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, "not a tax answer"),
    };
}
