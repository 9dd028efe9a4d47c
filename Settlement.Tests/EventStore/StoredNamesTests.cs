using System.Collections;
using System.Reflection;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Projections.EventStore;

namespace Settlement.Tests.EventStore;

/// <summary>
/// Stored names and shapes are data: what was written must stay readable. A changed fact is a new name plus an
/// upcaster (rules-store 1), so a difference here is never mended by renewing the golden file alone.
/// </summary>
public sealed class StoredNamesTests
{
    private static readonly HashSet<Type> Leaves =
    [
        typeof(string), typeof(decimal), typeof(int), typeof(long), typeof(bool), typeof(Instant), typeof(LocalDate),
        typeof(LocalTime), typeof(YearMonth), typeof(PartyId), typeof(Relationship), typeof(Currency),
    ];

    [Fact]
    public void Names_and_shapes_of_events_are_frozen()
    {
        var now = EventNames.Standard.All
            .SelectMany(entry => Shape(entry.Type, entry.Name))
            .Order(StringComparer.Ordinal).ToList();
        var golden = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "EventStore/Golden/events.txt"));

        now.Except(golden, StringComparer.Ordinal).ShouldBeEmpty("new or changed: add a line for what is new, never change one");
        golden.Except(now, StringComparer.Ordinal).ShouldBeEmpty("gone or changed: what was stored could not be read");
    }

    [Fact]
    public void Every_fact_of_the_domain_has_a_stored_name()
    {
        var facts = typeof(Domain.Fact).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false } && type.IsAssignableTo(typeof(Domain.Fact)));
        var named = EventNames.Standard.All.Select(entry => entry.Type).ToHashSet();

        facts.Where(fact => !named.Contains(fact)).ShouldBeEmpty();
    }

    private static IEnumerable<string> Shape(Type type, string path)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (Leaves.Contains(bare) || bare.IsEnum)
        {
            return [$"{path}: {(bare.IsEnum ? string.Join('|', Enum.GetNames(bare)) : bare.Name)}"];
        }

        if (bare.IsAssignableTo(typeof(IEnumerable)))
        {
            return Shape(bare.IsArray ? bare.GetElementType()! : bare.GetGenericArguments()[^1], path + "[]");
        }

        return bare.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && property.GetIndexParameters().Length == 0)
            .SelectMany(property => Shape(property.PropertyType, $"{path}.{property.Name}"));
    }
}
