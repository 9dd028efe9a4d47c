namespace Settlement.Domain.Disputes;

/// <summary>How states are called in a sentence and in a list.</summary>
public static class DisputeWords
{
    public static string Of(DisputeState state) => state switch
    {
        DisputeState.None => "not disputed",
        DisputeState.Opened => "opened",
        DisputeState.Acknowledged => "acknowledged",
        DisputeState.EvidenceRequested => "evidence asked for",
        DisputeState.EvidenceProvided => "evidence given",
        DisputeState.Escalated => "escalated",
        DisputeState.Upheld => "upheld, credit expected",
        DisputeState.PartlyUpheld => "partly upheld, credit expected",
        DisputeState.Denied => "denied",
        DisputeState.Withdrawn => "withdrawn",
        DisputeState.Credited => "credited",
        DisputeState.Closed => "closed",
        _ => throw new InvalidOperationException($"{state} is no state of a dispute."),
    };
}
