using NodaTime;

namespace Settlement.Domain.People;

/// <summary>Facts of the reserved tenant <c>@api</c>: answers that the finance API gave to keyed writes.</summary>
public abstract record ApiFact : Fact
{
    private ApiFact() { }

    /// <summary>A write with an Idempotency-Key was done; asked again with the key, it gets this answer.</summary>
    /// <param name="RequestSha256">Hex, of method, address and body: another request under the key is refused.</param>
    public sealed record RequestAnswered(string RequestSha256, int Status, string Body, Instant At) : ApiFact;
}
