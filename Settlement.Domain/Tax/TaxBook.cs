using System.Collections.Frozen;
using System.Collections.Immutable;
using NodaTime;

namespace Settlement.Domain.Tax;

/// <summary>Every tax rule we were ever told, with when it applies and when we learned it.</summary>
/// <remarks>
/// Append-only: <see cref="Record(TaxRule, Instant)"/> gives a new book; nothing is changed or removed. A
/// rule of the same id with a higher version replaces the earlier one from the instant it was recorded. Rules
/// shipped with the program have no such instant: they are known from the start.
/// </remarks>
public sealed class TaxBook
{
    public static readonly TaxBook Empty = new([], []);

    private readonly ImmutableList<RecordedRule> all;
    private readonly ImmutableList<RecordedLocalRates> local;
    private readonly Instant? latest;
    private readonly FrozenDictionary<string, TaxRule[]> current;

    private TaxBook(ImmutableList<RecordedRule> all, ImmutableList<RecordedLocalRates> local)
    {
        this.all = all;
        this.local = local;
        latest = all.Max(each => each.RecordedAt);
        current = Newest(all).GroupBy(rule => rule.Jurisdiction, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>The rules shipped with the program (Tax/Data/tax-rules.json).</summary>
    public static TaxBook Shipped { get; } = Of(TaxRulesFile.Shipped.Rules);

    /// <summary>Everything ever recorded, in order of recording.</summary>
    public IReadOnlyList<RecordedRule> All => all;

    /// <summary>A book whose rules are known from the start.</summary>
    public static TaxBook Of(IEnumerable<TaxRule> rules) =>
        new([.. rules.Select(rule => new RecordedRule(rule, null))], []);

    /// <summary>
    /// The book with one more rule; whether it may be recorded, <see cref="TaxRuleCheck"/> says.
    /// </summary>
    public TaxBook Record(TaxRule rule, Instant recordedAt) =>
        new(all.Add(new RecordedRule(rule, recordedAt)), local);

    /// <summary>
    /// The book with a state's local rates; they replace those of the same state recorded before.
    /// </summary>
    public TaxBook Record(LocalRates rates, Instant recordedAt) =>
        new(all, local.Add(new RecordedLocalRates(rates, recordedAt)));

    /// <summary>The rules of a place as they were known at an instant; null = all that is known.</summary>
    public IReadOnlyList<TaxRule> Of(string jurisdiction, Instant? knownAt)
    {
        if (knownAt is null || latest is null || latest <= knownAt)
        {
            return current.TryGetValue(jurisdiction, out var rules) ? rules : [];
        }

        return [.. Newest(all.Where(each =>
            each.Rule.Jurisdiction == jurisdiction
            && (each.RecordedAt is null || each.RecordedAt <= knownAt)))];
    }

    /// <summary>The local rates of a state as they were known at an instant; null = none loaded.</summary>
    public LocalRates? LocalOf(string jurisdiction, Instant? knownAt) => local.FindLast(each =>
        each.Rates.Jurisdiction == jurisdiction && (knownAt is null || each.RecordedAt <= knownAt))?.Rates;

    /// <summary>The rule that a tax line names, also when a later version has replaced it.</summary>
    public TaxRule? Named(string name) => all.Find(each => each.Rule.Name == name)?.Rule;

    /// <summary>
    /// Where the rate of a line comes from: the source of its rule, or the file of local rates.
    /// </summary>
    public string? SourceOf(TaxLine line) => Named(line.Rule)?.Source
        ?? local.FindLast(each => line.Jurisdiction.Split(':')[0] == each.Rates.Jurisdiction)?.Rates.Source;

    private static IEnumerable<TaxRule> Newest(IEnumerable<RecordedRule> rules) =>
        rules.GroupBy(each => each.Rule.Id, StringComparer.Ordinal)
            .Select(versions => versions.MaxBy(each => each.Rule.Version)!.Rule);
}

/// <summary>A rule with the instant we learned it; null = it came with the program.</summary>
public sealed record RecordedRule(TaxRule Rule, Instant? RecordedAt);

/// <summary>Local rates with the instant they were loaded.</summary>
public sealed record RecordedLocalRates(LocalRates Rates, Instant RecordedAt);
