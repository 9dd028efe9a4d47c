using System.Text.Json;
using Settlement.Domain;

namespace Settlement.Api.Ocpi;

/// <summary>What an endpoint answers: HTTP tells of transport, the OCPI status of the content (OCPI 2.2.1 §4.1.7, §5).</summary>
/// <param name="Data">Writes the value of <c>data</c>; null = there is none.</param>
public sealed record OcpiAnswer(int Http, int Status, string? Message, Action<Utf8JsonWriter>? Data)
{
    /// <summary>A file instead of the envelope: its type, and who writes it.</summary>
    public (string Type, Func<Stream, CancellationToken, Task> Write)? Content { get; init; }

    public static readonly OcpiAnswer Done = new(200, 1000, null, null);

    /// <summary>The same words whether it is another partner's or does not exist.</summary>
    public static readonly OcpiAnswer NotFound = new(404, 2000, "There is no such object.", null);

    public static OcpiAnswer Created => new(201, 1000, null, null);

    public static OcpiAnswer Of(Action<Utf8JsonWriter> data) => new(200, 1000, null, data);

    public static OcpiAnswer List<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> write) => Of(json =>
    {
        json.WriteStartArray();
        foreach (var item in items)
        {
            write(json, item);
        }

        json.WriteEndArray();
    });

    public static OcpiAnswer File(string type, Func<Stream, CancellationToken, Task> write) =>
        new(200, 1000, null, null) { Content = (type, write) };

    /// <summary>A request that came through and is not accepted: HTTP 200 and 2xxx; only what is no JSON is 400.</summary>
    public static OcpiAnswer Refused(Refusal refusal, int status = 2001) =>
        new(refusal.Code is "json.malformed" or "json.not-utf8" ? 400 : 200, status, refusal.ToString(), null);

    public static OcpiAnswer NotAllowed(string why) => new(405, 2000, why, null);
}
