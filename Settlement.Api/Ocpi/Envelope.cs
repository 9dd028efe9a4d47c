using System.Text.Json.Serialization;

namespace Settlement.Api.Ocpi;

/// <summary>The OCPI response format (OCPI 2.2.1 §4.1.7); HTTP tells of transport, this of the content.</summary>
public sealed record Envelope(
    [property: JsonPropertyName("status_code")] int StatusCode,
    [property: JsonPropertyName("status_message")]
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    string? StatusMessage,
    [property: JsonPropertyName("timestamp")] string Timestamp);
