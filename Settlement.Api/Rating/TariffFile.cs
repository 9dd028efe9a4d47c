using System.Text.Json;
using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Rating;

namespace Settlement.Api.Rating;

/// <summary>Tariffs from files: one object, or a list of them.</summary>
internal static class TariffFile
{
    public static (IReadOnlyList<Tariff> Tariffs, Refusal? Refusal) Read(IEnumerable<string> files, OcpiVersion? version)
    {
        var tariffs = new List<Tariff>();
        foreach (var file in files)
        {
            foreach (var reading in Readings(File.ReadAllBytes(file), version))
            {
                switch (reading)
                {
                    case TariffReading.Read read:
                        tariffs.Add(read.Tariff);
                        break;
                    case TariffReading.Unreadable unreadable:
                        return ([], unreadable.Refusal with { Message = $"{file}: {unreadable.Refusal.Message}" });
                }
            }
        }

        return (tariffs, null);
    }

    /// <summary>Each tariff of one document.</summary>
    public static IReadOnlyList<TariffReading> Readings(byte[] json, OcpiVersion? version) =>
        [.. Objects(json).Select(bytes => TariffReader.Read(bytes, version))];

    /// <summary>The bytes of each object, so that a tariff keeps the hash of its own bytes.</summary>
    private static List<byte[]> Objects(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return [json];
        }

        var objects = new List<byte[]>();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            objects.Add(json[start..(int)reader.BytesConsumed]);
        }

        return objects;
    }
}
