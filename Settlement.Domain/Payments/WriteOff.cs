using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Payments;

/// <summary>A rest given up, a fold of the stream <c>write-off/{document}</c>.</summary>
public sealed record WriteOff
{
    public static readonly WriteOff None = new();

    /// <summary>Asked for and not approved yet.</summary>
    public WriteOffFact.WriteOffProposed? Proposed { get; init; }

    /// <summary>The last that was approved.</summary>
    public WriteOffFact.WriteOffApproved? Approved { get; init; }

    public long Version { get; init; }

    public static string Stream(string document) => $"write-off/{document}";

    public WriteOff With(WriteOffFact fact) => (fact switch
    {
        WriteOffFact.WriteOffProposed e => this with { Proposed = e },
        WriteOffFact.WriteOffApproved e => this with { Proposed = null, Approved = e },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a write-off's stream."),
    }) with
    { Version = Version + 1 };

    /// <summary>Asks to give up what is open of a document.</summary>
    /// <param name="limit">Of the agreement, minor units.</param>
    public Decision<WriteOffFact> Propose(OpenItem? item, string document, long limit, string reason, LocalDate on, string by)
    {
        if (Fault(item, document, limit) is { } fault)
        {
            return fault;
        }

        var amount = item!.Open;
        return reason.Trim().Length == 0 ? new Refusal("reason.missing", "Say why it is given up.")
            : Proposed is { } asked && asked.Amount == amount && asked.By == by
                ? Decision.Nothing<WriteOffFact>()
                : new WriteOffFact.WriteOffProposed(
                    document, item.Debtor, item.Creditor, item.Currency, amount, reason.Trim(), on, by);
    }

    /// <summary>Another person agrees; what is open must still be what was asked about.</summary>
    public Decision<WriteOffFact> Approve(OpenItem? item, string document, long limit, LocalDate on, string by)
    {
        if (Proposed is not { } asked)
        {
            return Approved?.By == by
                ? Decision.Nothing<WriteOffFact>() // said again
                : new Refusal("write-off.not-proposed", $"No write-off of {document} was proposed.");
        }

        if (by == asked.By)
        {
            return new Refusal("user.same-person", $"{by} asked for this; somebody else must approve it.");
        }

        if (Fault(item, document, limit) is { } fault)
        {
            return fault;
        }

        return item!.Open != asked.Amount
            ? new Refusal(
                "write-off.changed",
                $"{document} has {Text(item, item.Open)} open, asked about were {Text(item, asked.Amount)}: ask again.")
            : new WriteOffFact.WriteOffApproved(
                document, item.Debtor, item.Creditor, item.Currency, asked.Amount, on, asked.By, by);
    }

    private static Refusal? Fault(OpenItem? item, string document, long limit) =>
        item is null ? new Refusal("document.unknown", $"There is no open item {document}.")
        : item.Open == 0
            ? new Refusal("write-off.nothing-open", $"{document} has {Text(item, item.Open)} open: nothing to give up.")
        : Math.Abs(item.Open) > limit
            ? new Refusal(
                "write-off.over-limit",
                $"{document} has {Text(item, item.Open)} open; the agreement lets at most {Text(item, limit)} be written off.")
        : null;

    private static string Text(OpenItem item, long minor) => new Money(minor, Currency.Of(item.Currency)).ToString();
}
