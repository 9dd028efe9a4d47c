using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Tax;

/// <summary>Asks for tax rules and approves them: two different people, whoever they are. Pure.</summary>
public static class TaxDecisions
{
    /// <summary>A proposal: complete in itself; whether it fits the book is checked again when it is approved.</summary>
    public static Decision<BookFact> Propose(IReadOnlyList<TaxRule> rules, string actor, Instant now)
    {
        var proposed = rules.Select(rule => rule with { ProposedBy = actor, ApprovedBy = null }).ToList();
        return proposed.Select(TaxRuleCheck.Incomplete).OfType<Refusal>().FirstOrDefault() is { } refusal
            ? refusal
            : new Decision<BookFact>.Accepted([.. proposed.Select(rule => new BookFact.TaxRuleProposed(rule, now))]);
    }

    public static Decision<BookFact> Propose(IReadOnlyList<LocalRates> states, string actor, Instant now) =>
        new Decision<BookFact>.Accepted([.. states.Select(state => new BookFact.LocalRatesProposed(
            new StoredLocalRates(state.Jurisdiction, state.Source, state.Rates, state.Areas), actor, now))]);

    /// <summary>Puts a proposal into the tax book.</summary>
    /// <param name="name">Of a rule, or <c>local:US-NY</c>.</param>
    public static Decision<BookFact> Approve(string name, string actor, ReferenceBook book, Instant now)
    {
        if (!book.Proposals.TryGetValue(name, out var proposal))
        {
            return Refuse("rule.not-proposed", $"Nothing called {name} waits for approval.");
        }

        return proposal switch
        {
            BookFact.TaxRuleProposed e => Approve(e.Rule with { ApprovedBy = actor }, book, now),
            BookFact.LocalRatesProposed e when Same(e.ProposedBy, actor) => Refuse(
                "rule.same-person", $"{name} was proposed by {e.ProposedBy}; another person must approve it."),
            BookFact.LocalRatesProposed e => new Decision<BookFact>.Accepted(
                [new BookFact.LocalRatesApproved(e.Rates, e.ProposedBy, actor, now)]),
            _ => throw new InvalidOperationException($"{proposal.GetType().Name} is no proposal."),
        };
    }

    private static Decision<BookFact> Approve(TaxRule rule, ReferenceBook book, Instant now) =>
        TaxRuleCheck.Against(rule, book.Taxes) is { } refusal
            ? refusal
            : new BookFact.TaxRuleApproved(rule, now);

    private static Decision<BookFact>.Refused Refuse(string code, string message) => new(new Refusal(code, message));

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
