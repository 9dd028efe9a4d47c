using System.Collections;
using System.Reflection;
using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Tests.Ocpi;

/// <summary>Records with every member filled, and the same records with one member changed, for laws about all members.</summary>
internal static class Members
{
    public static T Sample<T>() => (T)Sample(typeof(T), 1)!;

    /// <summary>The record once for every member below it, with that one changed.</summary>
    public static IEnumerable<(string Path, T Value)> Changed<T>(T sample)
        where T : notnull =>
        Changes(sample, sample.GetType()).Select(change => (change.Path, (T)change.Value));

    private static IEnumerable<(string Path, object Value)> Changes(object sample, Type type)
    {
        if (Leaf(type, 2) is { } other)
        {
            return [("", other)];
        }

        if (typeof(IEnumerable).IsAssignableFrom(type))
        {
            var item = type.GetGenericArguments()[0];
            return Changes(((IList)sample)[0]!, item).Select(change => ("[]" + change.Path, (object)List(item, change.Value)));
        }

        return Settable(type).SelectMany(property => Changes(property.GetValue(sample)!, Bare(property.PropertyType))
            .Select(change => (
                (change.Path.StartsWith('[') || change.Path.Length == 0 ? property.Name : property.Name + ".") + change.Path,
                With(sample, property, change.Value))));
    }

    private static object With(object sample, PropertyInfo property, object value)
    {
        var copy = Copy(sample);
        property.SetValue(copy, value);
        return copy;
    }

    private static object Copy(object record) => typeof(object)
        .GetMethod(nameof(MemberwiseClone), BindingFlags.NonPublic | BindingFlags.Instance)!.Invoke(record, [])!;

    private static object? Sample(Type type, int n)
    {
        if (Leaf(type, n) is { } leaf)
        {
            return leaf;
        }

        if (typeof(IEnumerable).IsAssignableFrom(type))
        {
            return List(type.GetGenericArguments()[0], Sample(type.GetGenericArguments()[0], n)!);
        }

        var record = System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in Settable(type))
        {
            property.SetValue(record, Sample(Bare(property.PropertyType), n));
        }

        return record;
    }

    private static IList List(Type item, object value)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
        list.Add(value);
        return list;
    }

    private static IEnumerable<PropertyInfo> Settable(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanWrite && property.GetIndexParameters().Length == 0);

    private static Type Bare(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static object? Leaf(Type type, int n) =>
        type == typeof(string) ? $"{{\"text\":{n}}}"
        : type == typeof(decimal) ? 12.30m + n
        : type == typeof(int) ? 7 + n
        : type == typeof(bool) ? n == 1
        : type == typeof(Instant) ? Instant.FromUtc(2026, 10, n, 8, 0)
        : type == typeof(LocalDate) ? new LocalDate(2026, 10, n)
        : type == typeof(LocalTime) ? new LocalTime(8, n)
        : type == typeof(PartyId) ? PartyId.Parse(n == 1 ? "CA-FLO" : "US-CPI")!.Value
        : type.IsEnum ? Enum.GetValues(type).GetValue(n)
        : null;
}
