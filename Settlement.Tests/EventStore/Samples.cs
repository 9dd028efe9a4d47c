using System.Collections;
using System.Reflection;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;

namespace Settlement.Tests.EventStore;

/// <summary>A fact of any kind with every part of it filled, and values of any type a payload may hold.</summary>
internal static class Samples
{
    public static Fact Of(Type fact) => (Fact)Sample(fact, []);

    private static object Sample(Type type, HashSet<Type> within)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        return Simple(inner) ?? (inner.IsEnum ? Enum.GetValues(inner).GetValue(inner.GetEnumNames().Length - 1)!
            : typeof(IEnumerable).IsAssignableFrom(inner) ? List(inner, within)
            : Record(inner, within));
    }

    private static object? Simple(Type type) =>
        type == typeof(string) ? "text"
        : type == typeof(decimal) ? 12.30m
        : type == typeof(long) ? 7L
        : type == typeof(int) ? 7
        : type == typeof(bool) ? true
        : type == typeof(Guid) ? new Guid("00000000-0000-8000-8000-000000000001")
        : type == typeof(Instant) ? Instant.FromUtc(2026, 10, 1, 8, 0)
        : type == typeof(LocalDate) ? new LocalDate(2026, 10, 1)
        : type == typeof(LocalTime) ? new LocalTime(8, 30)
        : type == typeof(YearMonth) ? new YearMonth(2026, 10)
        : type == typeof(PartyId) ? PartyId.Parse("CA-FLO")!.Value
        : type == typeof(Relationship) ? Relationship.Parse("CA-FLO~US-CPI")!.Value
        : type == typeof(Currency) ? Currency.Of("CAD")
        : null;

    private static object List(Type type, HashSet<Type> within)
    {
        var arguments = type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments();
        if (arguments.Length == 2)
        {
            var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
            map.Add(Sample(arguments[0], within), Sample(arguments[1], within));
            return map;
        }

        var isNested = within.Contains(arguments[0]); // a tree ends after one turn
        var array = Array.CreateInstance(arguments[0], isNested ? 0 : 1);
        if (!isNested)
        {
            array.SetValue(Sample(arguments[0], within), 0);
        }

        return array;
    }

    private static object Record(Type type, HashSet<Type> within)
    {
        type.IsAbstract.ShouldBeFalse($"{type} cannot be stored: a payload holds no unions");
        within = [.. within, type];
        var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.Instance)
            .Where(c => c.GetParameters() is not [var only] || only.ParameterType != type)
            .OrderByDescending(c => c.GetParameters().Length).FirstOrDefault();
        var parameters = constructor?.GetParameters() ?? [];
        var made = constructor is null
            ? Activator.CreateInstance(type)!
            : constructor.Invoke([.. parameters.Select(p => Part(p.ParameterType, within))]);
        foreach (var property in type.GetProperties())
        {
            if (property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0
                && !parameters.Any(p => string.Equals(p.Name, property.Name, StringComparison.OrdinalIgnoreCase)))
            {
                property.SetValue(made, Part(property.PropertyType, within));
            }
        }

        return made;
    }

    private static object? Part(Type type, HashSet<Type> within) => within.Contains(type) ? null : Sample(type, within);
}
