using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;

namespace Settlement.Api.Messages;

/// <summary>What was held for want of a tariff, location, rule, rate or agreement is looked at again.</summary>
public sealed record ReviewHeld;

/// <summary>What waited for a credit, or for the end of one, is looked at again.</summary>
public sealed record ReviewLinked;

/// <summary>Which messages follow facts. A message holds no content: whoever handles it reads the log.</summary>
internal static class Follows
{
    public static IReadOnlyList<object> Of(IEnumerable<Fact> facts)
    {
        var (held, linked) = (false, false);
        foreach (var fact in facts)
        {
            held |= fact is BookFact or AgreementFact;
            linked |= fact is CdrFact.CdrCredited or CdrFact.CreditPosted or CdrFact.CdrUncredited
                or CdrFact.CreditTakenBack or CdrFact.CdrReversed or CdrFact.CdrRejected or CdrFact.CdrConflicted;
        }

        return (held, linked) switch
        {
            (true, true) => [new ReviewHeld(), new ReviewLinked()],
            (true, false) => [new ReviewHeld()],
            (false, true) => [new ReviewLinked()],
            _ => [],
        };
    }
}
