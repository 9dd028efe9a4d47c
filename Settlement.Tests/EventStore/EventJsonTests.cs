using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using NodaTime.Text;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Projections.EventStore;
using Settlement.Tests.Postgres;
using Store = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Tests.EventStore;

/// <summary>rules-store 1: what is stored is plain JSON and reads back as it was.</summary>
public sealed class EventJsonTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    public enum Colour
    {
        Red,
        Green,
    }

    public sealed record Inner(string? Text, decimal Price, Instant At, IReadOnlyList<Colour> Colours);

    public sealed record Everything(
        string Text, decimal Amount, long Count, int? Maybe, bool Yes, Instant At, LocalDate Day, LocalTime Time,
        PartyId Party, Relationship Pair, Money Money, Colour Colour, IReadOnlyList<Inner> Inners, string? Nothing) : Fact;

    public sealed record WithMap(IReadOnlyDictionary<string, decimal> Map) : Fact;

    private static readonly EventNames Names =
        new([EventNames.Fact<Everything>("everything"), EventNames.Fact<WithMap>("with_map")]);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Any_fact_comes_back_as_it_was_and_its_seal_holds()
    {
        using var store = new Store(postgres.Database.Source(), Names);
        var facts = AnyFact().Examples(500).ToList();
        await store.AppendBulk(
            "t",
            [.. facts.Select((fact, i) => new StoreCommand($"c{i}", [1], [new($"s{i}", "x", 0, [fact])], "ann \"the\" \\ 1"))],
            Stop);
        await store.Append(
            "t", new("m", [1], [new("m", "x", 0, [new WithMap(new Dictionary<string, decimal> { ["zz"] = -0.0m, ["b"] = 1.50m })])], "ann"), Stop);

        var log = await store.ReadLog("t", 0, stop: Stop).All();

        for (var i = 0; i < facts.Count; i++)
        {
            Text(log[i].Fact).ShouldBe(Text(facts[i]));
            log[i].Actor.ShouldBe("ann \"the\" \\ 1");
        }

        (await store.Verify("t", Stop)).Bad.ShouldBeEmpty();
    }

    [Fact]
    public void The_text_is_plain()
    {
        var fact = new Everything(
            "é\"", 12.30m, 5, null, true, Instant.FromUtc(2026, 10, 1, 8, 0).PlusNanoseconds(500_000_000),
            new LocalDate(2026, 10, 1), new LocalTime(23, 59), PartyId.Parse("CA-FLO")!.Value,
            Relationship.Parse("US-CPI~CA-FLO")!.Value, new Money(1230, Currency.Of("CAD")), Colour.Green,
            [new Inner(null, 0.350m, Instant.FromUnixTimeTicks(1), [Colour.Red])], null);
        Text(fact).ShouldBe(
            """
            {"Text":"é\"","Amount":12.30,"Count":5,"Yes":true,"At":"2026-10-01T08:00:00.5Z","Day":"2026-10-01",
             "Time":"23:59:00","Party":"CA-FLO","Pair":"CA-FLO~US-CPI","Money":{"Minor":1230,"Currency":"CAD"},
             "Colour":"Green","Inners":[{"Price":0.350,"At":"1970-01-01T00:00:00.0000001Z","Colours":["Red"]}]}
            """.ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public void A_time_is_written_as_NodaTime_writes_it() =>
        Prop.ForAll(Times().ToArbitrary(), time =>
        {
            var json = JsonSerializer.Serialize(time, EventJson.Options());
            return json == $"\"{InstantPattern.ExtendedIso.Format(time)}\""
                && JsonSerializer.Deserialize<Instant>(json, EventJson.Options()) == time;
        }).Check(Laws.Config(100));

    [Fact]
    public void A_former_name_is_read_as_todays_fact_and_never_written()
    {
        var names = new EventNames(
        [
            EventNames.Former<Noted>("noted", old => new Added(old.Text)),
            EventNames.Fact<Added>("noted_v2"),
        ]);
        names.Read("noted", """{"Text":"x","Amount":1}"""u8).ShouldBe(new Added("x"));
        names.Of(new Added("y")).Name.ShouldBe("noted_v2");
        Should.Throw<UnknownEventException>(() => names.Of(new Noted("x", 1m)));
    }

    [Theory]
    [InlineData("""{"Text":"x"}""")]
    [InlineData("""{"Text":"x","Amount":1,"More":2}""")]
    [InlineData("""{"Text":null,"Amount":1}""")]
    public void A_payload_that_is_not_what_its_name_promises_is_an_error(string json) =>
        Should.Throw<JsonException>(() => TestFacts.Names.Read("noted", Encoding.UTF8.GetBytes(json)));

    private static string Text(Fact fact) =>
        JsonSerializer.Serialize(fact, fact.GetType(), EventJson.Options());

    private static Gen<Instant> Times() =>
        from ticks in Gen.Choose(int.MinValue, int.MaxValue)
        from nanoseconds in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 999_999_999), Gen.Choose(0, 9).Select(n => n * 100_000_000))
        select Instant.FromUnixTimeSeconds(ticks).PlusNanoseconds(nanoseconds);

    private static Gen<Fact> AnyFact()
    {
        var text = ArbMap.Default.GeneratorFor<string>()
            .Select(t => new string([.. (t ?? "").Where(c => c != '\0' && !char.IsSurrogate(c))]));
        var inner =
            from t in text
            from price in ArbMap.Default.GeneratorFor<decimal>()
            from at in Times()
            select new Inner(t.Length % 3 == 0 ? null : t, price, at, [Colour.Green]);
        return
            from t in text
            from amount in ArbMap.Default.GeneratorFor<decimal>()
            from at in Times()
            from count in ArbMap.Default.GeneratorFor<long>()
            from size in Gen.Choose(0, 4)
            from inners in Gen.ListOf(inner, size)
            select (Fact)new Everything(
                t, amount, count, count % 2 == 0 ? 7 : null, count > 0, at, at.InUtc().Date, at.InUtc().TimeOfDay,
                PartyId.Parse("CA-FLO")!.Value, Relationship.Parse("CA-FLO~US-CPI")!.Value,
                new Money(count, Currency.Of("JPY")), Colour.Red, [.. inners], null);
    }
}
