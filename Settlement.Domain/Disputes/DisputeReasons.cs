namespace Settlement.Domain.Disputes;

/// <summary>Reason codes: the categories of a reconciliation, or <c>other:…</c>.</summary>
public static class DisputeReasons
{
    public const string Other = "other:";

    private const int MostCharacters = 80;

    public static IReadOnlyList<string> Codes { get; } =
    [
        "AMOUNT_DIFFERS", "TAX_DIFFERS", "CURRENCY_DIFFERS", "QUANTITY_DIFFERS", "TIME_DIFFERS", "MISSING_THEIRS",
        "DUPLICATE_OURS", "CREDITED_ONE_SIDE", "TIMING",
    ];

    public static Refusal? Fault(string reason) =>
        Codes.Contains(reason) || (reason.StartsWith(Other, StringComparison.Ordinal)
            && reason.Length > Other.Length && reason.Length <= MostCharacters && !reason.Any(char.IsControl))
            ? null
            : new Refusal(
                "dispute.reason", $"A reason is one of {string.Join(", ", Codes)}, or other: with a few words.");
}
