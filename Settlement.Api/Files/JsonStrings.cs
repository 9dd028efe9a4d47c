using System.Text.Json;

namespace Settlement.Api.Files;

/// <summary>Lists of texts inside a JSON document.</summary>
internal static class JsonStrings
{
    public static void WriteStrings(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
