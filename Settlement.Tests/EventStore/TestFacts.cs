using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Settlement.Domain;
using Settlement.Projections.EventStore;
using Settlement.Tests.Postgres;
using Store = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Tests.EventStore;

/// <summary>A fact of the tests' own: text and an amount that must come back as they were.</summary>
public sealed record Noted(string Text, decimal Amount, LocalDate? Day = null) : Fact;

/// <summary>A fact that only some programs know.</summary>
public sealed record Added(string Text) : Fact;

/// <summary>Short ways to say what is stored.</summary>
public static class TestFacts
{
    public const string Tenant = "CA-FLO~US-CPI";

    public static readonly EventNames Names = new([EventNames.Fact<Noted>("noted"), EventNames.Fact<Added>("added")]);

    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    public static Noted Note(string text) => new(text, 12.30m);

    /// <summary>A command with one fact for one stream.</summary>
    public static StoreCommand Say(string id, string stream, long? expected = null, string? text = null) =>
        new(id, Hash(text ?? id), [new StreamFacts(stream, "note", expected, [Note(text ?? id)])], "tester");

    public static Store NewStore(this TestDatabase database, TimeProvider? clock = null) =>
        new(database.Source(), Names, clock);

    public static async Task<List<T>> All<T>(this IAsyncEnumerable<T> items)
    {
        var all = new List<T>();
        await foreach (var item in items)
        {
            all.Add(item);
        }

        return all;
    }

    public static async Task<AppendAnswer.Stored> Stores(this Store store, StoreCommand command, string tenant = Tenant) =>
        (await store.Append(tenant, command, TestContext.Current.CancellationToken))
            .ShouldBeOfType<AppendAnswer.Stored>();

    public static async Task<Refusal> Refuses(this Store store, StoreCommand command, string tenant = Tenant) =>
        (await store.Append(tenant, command, TestContext.Current.CancellationToken))
            .ShouldBeOfType<AppendAnswer.Refused>().Refusal;
}
