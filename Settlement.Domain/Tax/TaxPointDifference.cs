using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Tax;

/// <summary>
/// What a tax becomes when its document date is known and falls under another rule than the delivery date
/// did: a line of its own with both rules named. Never an edit of what was posted.
/// </summary>
/// <param name="PostedRule">Rule the tax was posted under; null where the tax only exists on the document
/// date.</param>
/// <param name="DocumentRule">Rule in force on the document date; null where the tax has ended.</param>
/// <param name="Posted">What is in the ledger.</param>
/// <param name="Due">What the document date makes of it.</param>
/// <param name="Reversed">The line that was posted; null where there is none.</param>
/// <param name="Charged">The line that the document charges instead; null where it charges none.</param>
public sealed record TaxPointDifference(
    string Tax, string Jurisdiction, string? PostedRule, string? DocumentRule,
    decimal? PostedRate, decimal? DocumentRate, Money Base, Money Posted, Money Due, string Remitter,
    bool Recoverable, TaxLine? Reversed, TaxLine? Charged)
{
    public Money Difference => Due - Posted;

    /// <summary>
    /// False where the document date is under the rule that was posted: nothing to compute.
    /// </summary>
    public static bool MayDiffer(TaxLine posted, LocalDate documentDate, TaxBook book) =>
        posted.Provisional && book.Named(posted.Rule)?.InForceOn(documentDate) != true;

    /// <summary>
    /// The differences of one supply whose lines were posted provisionally; empty where there are none. The
    /// answer on the document date may be a question: then nothing can be issued before it is answered.
    /// </summary>
    public static (IReadOnlyList<TaxPointDifference> Differences, TaxAnswer.Undetermined? Question) Of(
        TaxQuestion asPosted, IReadOnlyList<TaxLine> posted, LocalDate documentDate, TaxBook book)
    {
        var answer = TaxEngine.Determine(asPosted with { Invoiced = documentDate }, book);
        return answer switch
        {
            TaxAnswer.Undetermined undetermined => ([], undetermined),
            TaxAnswer.Determined due => (Between(posted, due.Lines), null),
            _ => throw new ArgumentOutOfRangeException(nameof(asPosted), answer, "not a tax answer"),
        };
    }

    private static List<TaxPointDifference> Between(IReadOnlyList<TaxLine> posted, IReadOnlyList<TaxLine> due)
    {
        var before = posted.ToLookup(Key);
        var after = due.ToLookup(Key);
        var keys = before.Select(group => group.Key).Union(after.Select(group => group.Key));
        return [.. keys.Select(key => (Posted: One(before[key]), Due: One(after[key])))
            .Where(each => (IsCharged(each.Posted) || IsCharged(each.Due)) && !IsSame(each.Posted, each.Due))
            .Select(each => Between(each.Posted, each.Due))];
    }

    private static bool IsCharged(TaxLine? line) => line?.Disposition == Disposition.Charged;

    private static TaxLine? One(IEnumerable<TaxLine> lines) =>
        lines.OrderByDescending(line => IsCharged(line)).FirstOrDefault();

    // under one rule what was posted stands, also where it is what the CPO stated and a minor unit off ours
    private static bool IsSame(TaxLine? posted, TaxLine? due) => posted is not null && due is not null
        && posted.Disposition == due.Disposition && (posted.Rule == due.Rule
            || (posted.Amount == due.Amount && posted.Rate == due.Rate && posted.PerKwh == due.PerKwh));

    // One line per tax, place and components: HST in two parts has a line for Canada and one for the
    // province.
    private static (string, string, string) Key(TaxLine line) =>
        (line.Tax, line.Jurisdiction, line.Components);

    private static TaxPointDifference Between(TaxLine? posted, TaxLine? due)
    {
        var line = due ?? posted ?? throw new ArgumentException("Neither side has a line.");
        return new TaxPointDifference(
            line.Tax, line.Jurisdiction, posted?.Rule, due?.Rule, posted?.Rate, due?.Rate, line.Base,
            Amount(posted), Amount(due), line.Remitter, line.Recoverable, posted, due);

        Money Amount(TaxLine? each) => IsCharged(each) ? each!.Amount : Money.Zero(line.Amount.Currency);
    }
}
