using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Settlement.Projections.EventStore;

/// <summary>
/// A member of facts that a reader never looks at: what is stored of it is passed over, and an empty value stands for it.
/// </summary>
/// <param name="Member">Name of the property.</param>
/// <param name="Converter">Passes over what is stored, or over most of it.</param>
public sealed record PassedOver(Type Type, string Member, JsonConverter Converter)
{
    /// <summary>Members that are passed over as a whole: an empty text or list, else the type's default, stands for each.</summary>
    public static IEnumerable<PassedOver> Of<T>(params IEnumerable<string> members) => members.Select(member =>
        new PassedOver(typeof(T), member, Passing(typeof(T).GetProperty(member)!.PropertyType)));

    /// <summary>Reading options look for it with each type they meet.</summary>
    internal static Action<JsonTypeInfo> Modifier(IReadOnlyList<PassedOver> members) => type =>
    {
        foreach (var member in members.Where(member => member.Type == type.Type))
        {
            type.Properties.Single(property => property.Name == member.Member).CustomConverter = member.Converter;
        }
    };

    private static JsonConverter Passing(Type type)
    {
        var isList = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);
        object? value = type == typeof(string) ? ""
            : isList ? Array.CreateInstance(type.GenericTypeArguments[0], 0)
            : null;
        return (JsonConverter)Activator.CreateInstance(typeof(Empty<>).MakeGenericType(type), value)!;
    }

    private sealed class Empty<T>(T? value) : JsonConverter<T>
    {
        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            reader.Skip();
            return value;
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            throw new NotSupportedException("Facts that were read in part are not written.");
    }
}
