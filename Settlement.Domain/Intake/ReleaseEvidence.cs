using Settlement.Domain.Ledger;

namespace Settlement.Domain.Intake;

/// <summary>What a release rests on whose amount no tariff proves: a document that both parties can name.</summary>
/// <param name="Reference">A letter, a ticket, a clause of a contract; empty where only a file is given.</param>
/// <param name="FileSha256">Of the file itself, hex; null where only a reference is given.</param>
public sealed record ReleaseEvidence(string Reference, string? FileSha256)
{
    private const int LongestReference = 200;

    public static (ReleaseEvidence? Evidence, Refusal? Refusal) Of(string? reference, string? fileSha256)
    {
        var named = reference?.Trim() ?? "";
        var digest = string.IsNullOrWhiteSpace(fileSha256) ? null : fileSha256.Trim().ToLowerInvariant();
        if (named.Length == 0 && digest is null)
        {
            return (null, new("evidence.missing",
                "Name the evidence: a reference that the partner can look up, the SHA-256 of a file, or both."));
        }

        if (named.Length > LongestReference)
        {
            return (null, new("evidence.too-long",
                $"The reference has {named.Length} characters; at most {LongestReference} are kept."));
        }

        return digest is { } hex && (hex.Length != 64 || !hex.All(char.IsAsciiHexDigit))
            ? (null, new("evidence.digest", $"'{fileSha256}' is not a SHA-256 in 64 hexadecimal digits."))
            : (new ReleaseEvidence(named, digest), null);
    }

    public override string ToString() => FileSha256 is not { } digest ? Reference
        : Reference.Length == 0 ? $"file sha256 {digest}"
        : $"{Reference} (file sha256 {digest})";
}

/// <summary>Between what an amount must be that rests on evidence: units of the currency, whole minor units.</summary>
/// <param name="Claimed">As the CPO states it; an amount is never above it.</param>
/// <param name="Provable">The highest amount that needs no evidence; null where no price can be determined.</param>
/// <param name="OwnNetwork">The price on the CPO's own network, where it is known and lower than the claim.</param>
public sealed record EvidenceBounds(Currency Currency, decimal Claimed, decimal? Provable, decimal? OwnNetwork)
{
    internal static EvidenceBounds Of(ReleaseBounds price) =>
        new(price.Currency, price.Claimed ?? price.ReRated, price.Highest, price.OwnNetwork);

    public decimal Highest => OwnNetwork is { } own ? Math.Min(own, Claimed) : Claimed;

    /// <summary>Whether there is any amount that evidence alone could release.</summary>
    public bool IsOpen => Highest > (Provable ?? 0m);

    /// <summary>Why an amount is not one; null where it is.</summary>
    public Refusal? Fault(decimal amount)
    {
        if (amount * Currency.Scale != decimal.Truncate(amount * Currency.Scale))
        {
            return CdrRelease.Precision(amount, Currency);
        }

        if (amount > Claimed)
        {
            return new("release.above-claim",
                $"{Text(amount)} {Currency} is above the claim {Text(Claimed)} {Currency}; evidence cannot raise "
                + "the amount above the claim.");
        }

        if (OwnNetwork is { } own && amount > own)
        {
            return CdrRelease.AboveOwnNetwork(amount, own, Currency);
        }

        if (Provable is { } provable && amount <= provable)
        {
            return new("release.evidence-not-needed",
                $"{Text(amount)} {Currency} is not above {Text(provable)} {Currency}, which the tariff proves: release it "
                + "without evidence.");
        }

        return amount < 0m
            ? new("release.below-nothing", $"{Text(amount)} {Currency} is below zero; only a credit CDR returns money.")
            : null;
    }

    private static string Text(decimal amount) => CdrRelease.Text(amount);
}
