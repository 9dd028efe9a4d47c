using Settlement.Domain.Ledger;
using Settlement.Domain.Rating;

namespace Settlement.Domain.Tax;

/// <summary>A tax line with the rule that made it.</summary>
internal sealed record Charge(TaxRule Rule, TaxLine Line);

/// <summary>The taxes of net amounts for one buyer at a station whose facts are all known.</summary>
internal sealed partial class Assessment
{
    private readonly TaxQuestion question;
    private readonly LocalRates? local;
    private readonly IReadOnlyList<ComponentAmount> amounts;

    /// <summary>
    /// The price of a driver is looked into: whether the supplier's registration is known is asked later.
    /// </summary>
    private readonly bool retailPrice;

    private readonly List<Charge> charges = [];
    private readonly SortedSet<string> notes = new(StringComparer.Ordinal);

    private Assessment(
        TaxQuestion question, LocalRates? local, IReadOnlyList<ComponentAmount> amounts, bool retailPrice)
    {
        this.question = question;
        this.local = local;
        this.amounts = amounts;
        this.retailPrice = retailPrice;
    }

    public IReadOnlyList<Charge> Charges => charges;

    /// <summary>The first question that stands in the way; null = determined.</summary>
    public TaxAnswer.Undetermined? Question { get; private set; }

    /// <param name="rules">Of the place, in any order; those in force on their dates count.</param>
    public static Assessment Of(
        TaxQuestion question, StationFacts station, List<TaxRule> rules, LocalRates? local,
        IReadOnlyList<ComponentAmount> amounts, bool retailPrice = false)
    {
        var assessment = new Assessment(question, local, amounts, retailPrice);
        var paid = amounts.Any(each => each.Amount.Minor != 0);
        var applicable = rules.Where(rule => assessment.Concerns(rule)
            && (rule.Stations.Count == 0
                || rule.Stations.Any(filter => filter.Covers(station, paid)))).ToList();
        assessment.AskForMissingRules(applicable);
        foreach (var rule in applicable.OrderBy(Order).ThenBy(rule => rule.Id, StringComparer.Ordinal))
        {
            assessment.Judge(rule);
        }

        return assessment;
    }

    public TaxAnswer Answer(IReadOnlyList<ComponentAmount> net) => Question is not null
        ? Question with { Known = Lines() }
        : new TaxAnswer.Determined(Lines(), Sum(net), net) { Notes = [.. notes] };

    /// <summary>
    /// A driver's own leg: the taxes that were in the price, on the net that is left of it.
    /// </summary>
    public TaxAnswer WithBackedOut(BackedOut result)
    {
        var lines = charges.Select(charge => result.Taxes.TryGetValue(charge, out var tax)
            ? charge.Line with { Base = tax.Base, Amount = tax.Amount }
            : charge.Rule.IsPerKwh ? charge.Line
            : charge.Line with { Base = Covered(charge.Rule, result.Net) });
        return new TaxAnswer.Determined([.. lines], Sum(result.Net), result.Net) { Notes = [.. notes] };
    }

    /// <summary>Excises first, because a base may include them; compound taxes last.</summary>
    private static int Order(TaxRule rule) => rule.IsExcise ? 0 : rule.BasePlus.Count == 0 ? 1 : 2;

    private static Money Covered(TaxRule rule, IReadOnlyList<ComponentAmount> amounts) =>
        Sum([.. amounts.Where(each => rule.Covers(each.Component))], amounts[0].Amount.Currency);

    private static Money Sum(IReadOnlyList<ComponentAmount> amounts, Currency currency) =>
        amounts.Aggregate(Money.Zero(currency), (sum, each) => sum + each.Amount);

    private Money Sum(IReadOnlyList<ComponentAmount> net) => Sum(net, question.Currency);

    private TaxLine[] Lines() => [.. charges.Select(charge => charge.Line)];

    private bool Concerns(TaxRule rule) => rule.InForceOn(TaxDates.Of(rule, question)) && CoversAny(rule);

    private bool CoversAny(TaxRule rule) =>
        rule.IsPerKwh || rule.Components.Count == 0 || amounts.Any(each => rule.Covers(each.Component));

    private void AskForMissingRules(List<TaxRule> applicable)
    {
        var place = question.Place.Code;
        var general = applicable.Where(rule => rule.Tax is "GST" or "HST" or "SALES").ToList();
        foreach (var (component, amount) in amounts)
        {
            if (amount.Minor != 0 && !general.Exists(rule => rule.Covers(component)))
            {
                Ask(new("tax.no-rule",
                    $"No rule for {component} in {place} on {question.Delivery.Text()}: "
                    + "record one, with its source.",
                    place, null));
            }
        }
    }

    private void Judge(TaxRule rule)
    {
        if (rule.IsPerKwh)
        {
            JudgePerKwh(rule);
            return;
        }

        var taxable = Base(rule);
        var certificate = question.Buyer == Buyer.Reseller && rule.ResaleExempt
            ? question.Recipient.CertificateFor(rule.Jurisdiction, TaxDates.Of(rule, question))
            : null;
        switch (rule.Treatment)
        {
            case Treatment.Exempt:
                Add(rule, taxable, Disposition.Exempt, rule.Reason ?? "exempt");
                if (rule.Local == LocalTax.Own && certificate is null)
                {
                    JudgeLocal(rule, taxable);
                }

                break;
            case Treatment.Open or Treatment.Taxable when certificate is not null:
                Add(rule, taxable, Disposition.Exempt,
                    certificate.Kind == "resale" ? "exempt: resale" : "exempt: buyer",
                    certificate: certificate.Number);
                break;
            case Treatment.Open:
                AskUnlessNothing(rule, taxable.Minor == 0);
                break;
            case Treatment.Taxable:
                JudgeTaxable(rule, rule, taxable);
                JudgeLocal(rule, taxable);
                break;
            case Treatment.SupplierCost:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(rule), rule.Treatment, "not a treatment");
        }
    }

    private void JudgePerKwh(TaxRule rule)
    {
        if (rule.Treatment == Treatment.Open)
        {
            AskUnlessNothing(rule, question.EnergyKwh == 0m);
            return;
        }

        if (question.Currency.Code != CurrencyOf(rule) && question.EnergyKwh != 0m)
        {
            Ask(new("tax.currency",
                $"{rule.Tax} of {rule.Jurisdiction} is in {CurrencyOf(rule)} per kWh, "
                + $"the session in {question.Currency}.",
                rule.Jurisdiction, rule.Name));
            return;
        }

        Add(rule, Money.Zero(question.Currency), ExciseDisposition, TaxText.PerKwh(rule));
    }

    /// <param name="registered">The rule of the state, whose registration covers local taxes.</param>
    private void JudgeTaxable(TaxRule rule, TaxRule registered, Money taxable)
    {
        if (rule.IsExcise)
        {
            Add(rule, taxable, ExciseDisposition, TaxText.Rate(rule));
            return;
        }

        if (rule.Tax == "SALES" && question.Terms.DebtorRemitsSalesTaxIn.Contains(rule.Jurisdiction))
        {
            Add(rule, taxable, Disposition.RemittedByDebtor, "the debtor remits it as facilitator");
            return;
        }

        var date = TaxDates.Of(rule, question);
        var (state, number) = Registration(rule);
        if (state == RegistrationState.NotRegistered)
        {
            Add(rule, taxable, Disposition.Exempt,
                $"{question.Supplier.Id} is not registered for {rule.Tax} on {date.Text()}");
        }
        else if (state == RegistrationState.Missing && !retailPrice && Round(rule.Rate!.Value, taxable) != 0)
        {
            Ask(new("tax.registration-missing",
                $"Is {question.Supplier.Id} registered for {rule.Tax} in {rule.Jurisdiction} "
                + $"on {date.Text()}? "
                + "Record its number, or that it is not registered.", rule.Jurisdiction, registered.Name));
        }
        else
        {
            Add(rule, taxable, Disposition.Charged, TaxText.Rate(rule), registration: number);
        }
    }

    private (RegistrationState State, string? Number) Registration(TaxRule rule) =>
        question.Supplier.Registration(rule.Tax, rule.Jurisdiction, TaxDates.Of(rule, question));

    private RoundingElection RoundingOf(TaxRule rule) =>
        question.Rounding
            ?? question.Supplier.RoundingOf(rule.Tax, rule.Jurisdiction, TaxDates.Of(rule, question));

    private Disposition ExciseDisposition =>
        question.Terms.ExciseAbsorbed ? Disposition.Included : Disposition.Charged;

    private static string CurrencyOf(TaxRule rule) =>
        rule.Jurisdiction.StartsWith("CA-", StringComparison.Ordinal) ? "CAD" : "USD";

    private void AskUnlessNothing(TaxRule rule, bool nothing)
    {
        if (!nothing)
        {
            Ask(new("tax.undetermined",
                rule.Question ?? "The rule has no treatment yet.", rule.Jurisdiction, rule.Name));
        }
    }

    private void Ask(TaxAnswer.Undetermined asked) => Question ??= asked;

    private Money Base(TaxRule rule)
    {
        var covered = Sum([.. amounts.Where(each => rule.Covers(each.Component))]);
        foreach (var charge in charges)
        {
            if (rule.BasePlus.Contains(charge.Line.Tax) && charge.Line.Disposition == Disposition.Charged)
            {
                covered += charge.Line.Amount;
            }
        }

        return covered;
    }

    private static long Round(decimal rate, Money taxable) =>
        (long)ExactAmount.Of(rate * taxable.Minor).RoundTo(0);

    private void Add(
        TaxRule rule, Money taxable, Disposition disposition, string reason,
        string? registration = null, string? certificate = null)
    {
        var date = TaxDates.Of(rule, question);
        var line = new TaxLine(
            rule.Tax, rule.Place, rule.Name, rule.Rate, rule.PerKwh, taxable,
            rule.IsPerKwh ? question.EnergyKwh : null,
            disposition == Disposition.Exempt ? Money.Zero(question.Currency) : AmountOf(rule, taxable),
            disposition, rule.Remitter, IsRecoverable(rule, disposition), reason, registration, certificate)
        {
            Components = rule.IsPerKwh
                ? ""
                : string.Join(
                    '+', amounts.Where(each => rule.Covers(each.Component)).Select(each => each.Component)),
            PlaceFoundBy = question.Place.FoundBy,
            TaxDate = date,
            Provisional = rule.TaxPoint == TaxPoint.EarlierOfPaidOrDue && question.Invoiced is null,
        };
        if (RoundingOf(rule).HstInTwoParts && rule.FederalPart is { } federal
            && disposition == Disposition.Charged)
        {
            var parts = new[] { ("CA", federal), (rule.Jurisdiction, rule.Rate!.Value - federal) };
            charges.AddRange(parts.Select(part => new Charge(rule, line with
            {
                Jurisdiction = part.Item1,
                Rate = part.Item2,
                Amount = new Money(Round(part.Item2, taxable), question.Currency),
            })));
            return;
        }

        charges.Add(new Charge(rule, line));
    }

    private Money AmountOf(TaxRule rule, Money taxable) => new(
        rule.PerKwh is { } perKwh
            ? (long)ExactAmount.Of(perKwh * question.EnergyKwh * question.Currency.Scale).RoundTo(0)
            : Round(rule.Rate!.Value, taxable),
        question.Currency);

    private bool IsRecoverable(TaxRule rule, Disposition disposition) =>
        rule.Recoverable && disposition == Disposition.Charged && question.Buyer == Buyer.Reseller
        && question.Recipient.Registration(rule.Tax, rule.Jurisdiction, TaxDates.Of(rule, question)).State
            != RegistrationState.NotRegistered;
}
