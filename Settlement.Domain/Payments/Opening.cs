using System.Collections.Immutable;

namespace Settlement.Domain.Payments;

/// <summary>A set of opening balances, a fold of the stream <c>opening/{name}</c>.</summary>
public sealed record Opening
{
    public static readonly Opening None = new();

    public OpeningFact.OpeningProposed? Proposed { get; init; }

    public ImmutableList<string> Approvals { get; init; } = [];

    public bool IsImported { get; init; }

    public long Version { get; init; }

    public static string Stream(string name) => $"opening/{name}";

    public Opening With(OpeningFact fact) => (fact switch
    {
        OpeningFact.OpeningProposed e => this with { Proposed = e, Approvals = [] },
        OpeningFact.OpeningApproved e => this with { Approvals = Approvals.Add(e.By) },
        OpeningFact.OpeningImported e => this with { Approvals = [.. e.ApprovedBy], IsImported = true },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of an opening's stream."),
    }) with
    { Version = Version + 1 };

    /// <summary>The same file again changes nothing; another one under the name replaces it until somebody approved.</summary>
    public Decision<OpeningFact> Propose(string name, string sha256, IReadOnlyList<OpeningLine> lines, string by) =>
        name.Length is 0 or > 40 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.')
            ? new Refusal("opening.name", "A name has 1 to 40 letters, digits, dots and dashes.")
        : Proposed?.FileSha256 == sha256 ? Decision.Nothing<OpeningFact>()
        : IsImported || Approvals.Count > 0
            ? new Refusal("opening.decided", $"{name} was {(IsImported ? "imported" : "approved once")} already; take another name.")
        : new OpeningFact.OpeningProposed(name, sha256, lines, by);

    /// <summary>Two people approve, neither of them the one who asked.</summary>
    /// <param name="open">A reference that is an open item already is refused.</param>
    public Decision<OpeningFact> Approve(string name, OpenItems open, string by)
    {
        if (Proposed is not { } asked)
        {
            return new Refusal("opening.not-proposed", $"Nobody proposed opening balances {name}.");
        }

        if (IsImported || Approvals.Contains(by))
        {
            return Decision.Nothing<OpeningFact>(); // said again: it counts once
        }

        if (by == asked.By)
        {
            return new Refusal("user.same-person", $"{by} proposed this; two other people must approve.");
        }

        if (asked.Lines.FirstOrDefault(line => line.Account == OpeningAccount.Due && open.Find(line.Reference) is not null)
            is { } twice)
        {
            return new Refusal("opening.reference-twice", $"{twice.Reference} is an open item already.");
        }

        return Approvals.IsEmpty
            ? new OpeningFact.OpeningApproved(name, by)
            : new OpeningFact.OpeningImported(
                name, [.. asked.Lines.Where(line => line.Account == OpeningAccount.Due)], asked.By, Approvals.Add(by));
    }

    /// <summary>The payments that come with the second approval.</summary>
    public static IReadOnlyList<PaymentFact.PaymentBroughtForward> Payments(OpeningFact.OpeningProposed asked, string by) =>
        [.. asked.Lines.Where(line => line.Account == OpeningAccount.Unapplied)
            .Select(line => new PaymentFact.PaymentBroughtForward(
                new Payment(
                    line.Reference, line.Debtor, line.Creditor, line.Currency, line.Amount, line.On, $"opening {asked.Name}"),
                by))];
}
