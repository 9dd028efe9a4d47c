using System.Text.Json;
using Settlement.Domain;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Ocpi;

/// <summary>Partial updates: members that are sent replace those that were there (OCPI 2.2.1 §4.1.2, PATCH).</summary>
public static class OcpiMerge
{
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>One JSON object, or why it is none; nothing of its text is in the reason.</summary>
    public static (JsonDocument? Object, Refusal? Refusal) Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            var document = JsonText.Parse(json, Limits);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return (document, null);
            }

            document.Dispose();
        }
        catch (JsonException)
        {
        }

        return (null, new Refusal("json.malformed", "The body is not a JSON object in UTF-8 of at most 64 levels with each name once."));
    }

    /// <param name="appended">A list that a partial update adds to instead of replacing it.</param>
    public static byte[] Merge(JsonElement before, JsonElement patch, string? appended = null)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var member in before.EnumerateObject())
            {
                if (!patch.TryGetProperty(member.Name, out var instead))
                {
                    member.WriteTo(json);
                }
                else if (member.NameEquals(appended) && IsList(member.Value) && IsList(instead))
                {
                    json.WriteStartArray(member.Name);
                    foreach (var item in member.Value.EnumerateArray().Concat(instead.EnumerateArray()))
                    {
                        item.WriteTo(json);
                    }

                    json.WriteEndArray();
                }
            }

            foreach (var member in patch.EnumerateObject())
            {
                var isAppended = member.NameEquals(appended) && IsList(member.Value)
                    && before.TryGetProperty(member.Name, out var list) && IsList(list);
                if (!isAppended && member.Value.ValueKind != JsonValueKind.Null)
                {
                    member.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    public static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            write(json);
        }

        return bytes.ToArray();
    }

    private static bool IsList(JsonElement value) => value.ValueKind == JsonValueKind.Array;
}
