using NodaTime;

namespace Settlement.Domain.People;

/// <summary>Facts of the reserved tenant <c>@api</c>: answers that the finance API gave to keyed writes.</summary>
public abstract record ApiFact : Fact
{
    private ApiFact() { }

    /// <summary>Hex, of method, address and body: another request under the key is refused.</summary>
    public abstract string RequestSha256 { get; init; }

    /// <summary>A write with an Idempotency-Key begins.</summary>
    /// <param name="Until">Before, nobody else does it: it is still being done. Later it was cut off.</param>
    public sealed record RequestBegun(string RequestSha256, Instant Until) : ApiFact;

    /// <summary>It was done or refused; asked again with the key, it gets this answer.</summary>
    public sealed record RequestAnswered(string RequestSha256, int Status, string Body, Instant At) : ApiFact
    {
        /// <summary>Of a refusal; null: it was done.</summary>
        public string? Code { get; init; }

        public string? Message { get; init; }
    }
}
