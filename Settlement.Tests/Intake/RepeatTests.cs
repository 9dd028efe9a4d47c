using System.Text;
using System.Text.Json.Nodes;
using NodaTime;
using Npgsql;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Projections.EventStore;
using Settlement.Tests.Ocpi;

namespace Settlement.Tests.Intake;

/// <summary>The same CDR again: what is kept of it, and of what was stored before meanings were compared.</summary>
public sealed class RepeatTests
{
    private const string Tenant = "CA-FLO~US-CPI";

    private static readonly string Stored = Path.Combine(AppContext.BaseDirectory, "Intake", "Golden", "Stored");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>
    /// A whole site of 2.1.1 with voltages, listed in another order than by name; numbers with the error of a binary
    /// fraction, a state of charge. Both were stored by a release that read none of that.
    /// </summary>
    [Theory]
    [InlineData("several-connectors.json", "", "", IntakeOutcome.Repeated)]
    [InlineData("several-connectors.json", "\"E1\"", "\"E2\"", IntakeOutcome.Repeated)] // only the first was kept
    [InlineData("several-connectors.json", "\"E9\"", "\"E8\"", IntakeOutcome.Conflict)]
    [InlineData("several-connectors.json", "AC_1_PHASE", "AC_3_PHASE", IntakeOutcome.Conflict)]
    [InlineData("binary-noise.json", "", "", IntakeOutcome.Repeated)]
    [InlineData("binary-noise.json", "20.299999999999997", "20.3", IntakeOutcome.Repeated)]
    [InlineData("binary-noise.json", "20.299999999999997", "20.2999", IntakeOutcome.Conflict)]
    [InlineData("binary-noise.json", "0.10000000000000001", "0.11", IntakeOutcome.Conflict)]
    public async Task What_an_older_release_stored_is_recognised(
        string file, string part, string other, IntakeOutcome expected)
    {
        await using var town = await Town.Begin();
        await Store(town);
        var text = await File.ReadAllTextAsync(Path.Combine(Stored, file), Stop);
        var document = part.Length == 0 ? text : text.Replace(part, other, StringComparison.Ordinal);

        var answer = await Receive(town, document);

        answer.Outcome.ShouldBe(expected, answer.Reason?.ToString());
        (await Receive(town, document)).Outcome.ShouldBe(IntakeOutcome.Repeated, "and once more");
    }

    [Theory]
    [InlineData("several-connectors.json", "208", "400")]
    [InlineData("binary-noise.json", "41", "42")]
    public async Task What_was_read_of_both_is_compared(string file, string part, string other)
    {
        await using var town = await Town.Begin();
        var document = await File.ReadAllTextAsync(Path.Combine(Stored, file), Stop);
        (await Receive(town, document)).Outcome.ShouldNotBe(IntakeOutcome.Unreadable);

        (await Receive(town, document.Replace(part, other, StringComparison.Ordinal)))
            .Outcome.ShouldBe(IntakeOutcome.Conflict);
    }

    [Fact]
    public async Task Members_that_no_reader_knows_are_kept_sealed_and_can_be_read_back()
    {
        await using var town = await Town.Begin();
        var document = Town.Month(50).First(one => one.Story == DemoStory.Ordinary);
        var cdr = JsonNode.Parse(document.Json.Span)!;
        cdr["x_meter"] = new JsonObject { ["start"] = 12.5m };
        cdr["cdr_location"]!["x_bay"] = "7";
        cdr["charging_periods"]![0]!["dimensions"]!.AsArray().Add(new JsonObject { ["type"] = "X_HEAT", ["volume"] = 3 });
        cdr["tariffs"]![0]!["x_campaign"] = "autumn";
        await town.Import([document with { Json = Encoding.UTF8.GetBytes(cdr.ToJsonString()) }]);

        var received = (await Case(town)).State.Received!;
        var personal = await town.Engine.Vault.Open(Tenant, received.Driver, received.Cdr.Key, received.Sealed, Stop);

        JsonNode.DeepEquals(JsonNode.Parse(personal!.Unread!), JsonNode.Parse(
            """
            {"/cdr_location/x_bay": "7", "/charging_periods/0/dimensions/2": {"type": "X_HEAT", "volume": 3},
             "/x_meter": {"start": 12.5}}
            """)).ShouldBeTrue(personal.Unread);
        received.Cdr.Tariffs[0].Unread.ShouldBe("""{"/x_campaign":"autumn"}""");
    }

    [Fact]
    public async Task What_nobody_has_read_of_a_tariff_and_names_the_driver_is_sealed_with_the_CDR()
    {
        await using var town = await Town.Begin();
        var document = Town.Month(50).First(one => one.Story == DemoStory.Ordinary);
        var cdr = JsonNode.Parse(document.Json.Span)!;
        var uid = (string)cdr["cdr_token"]!["uid"]!;
        cdr["tariffs"]![0]!["x_customer"] = uid;
        await town.Import([document with { Json = Encoding.UTF8.GetBytes(cdr.ToJsonString()) }]);

        var received = (await Case(town)).State.Received!;

        received.Cdr.Tariffs[0].Unread.ShouldBeNull();
        var personal = await town.Engine.Vault.Open(Tenant, received.Driver, received.Cdr.Key, received.Sealed, Stop);
        personal!.Unread!.ShouldContain(uid);
        (await town.Count($"select count(*) from log.mt_events where data::text ilike '%{uid}%'")).ShouldBe(0);
        // nor can the identifier be found by trying: the hash in the clear is that of a tariff of another driver too
        cdr["tariffs"]![0]!["x_customer"] = "somebody-else-4711";
        cdr["cdr_token"]!["uid"] = "somebody-else-4711";
        var other = Vectors.Good(CdrReader.Read(Encoding.UTF8.GetBytes(cdr.ToJsonString()), new CdrReadOptions())).Cdr.Tariffs[0];
        other.ContentHash.ShouldBe(received.Cdr.Tariffs[0].ContentHash);
        cdr["tariffs"]![0]!["elements"]![0]!["price_components"]![0]!["price"] = 99;
        Vectors.Good(CdrReader.Read(Encoding.UTF8.GetBytes(cdr.ToJsonString()), new CdrReadOptions())).Cdr.Tariffs[0]
            .ContentHash.ShouldNotBe(other.ContentHash, "another price is another tariff");
    }

    // events as that release wrote them, under the keys that it sealed with
    private static async Task Store(Town town)
    {
        foreach (var line in await File.ReadAllLinesAsync(Path.Combine(Stored, "driver-keys.txt"), Stop))
        {
            await using var insert = town.Engine.Database.CreateCommand(
                "insert into driver_keys (tenant_id, pseudonym, wrapped_key, created) values ($1, $2, decode($3, 'hex'), now())");
            foreach (var value in line.Split('\t').Prepend(Tenant))
            {
                insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
            }

            await insert.ExecuteNonQueryAsync(Stop);
        }

        var events = (await File.ReadAllLinesAsync(Path.Combine(Stored, "events.txt"), Stop)).Select(line => line.Split('\t'));
        foreach (var stream in events.GroupBy(parts => parts[0], StringComparer.Ordinal))
        {
            var facts = stream.Select(parts => EventNames.Standard.Read(parts[1], Encoding.UTF8.GetBytes(parts[2]))).ToList();
            var (kind, hash) = facts[0] switch
            {
                CdrFact.CdrReceived e => ("cdr", e.Digest),
                TariffFact.TariffSeen e => ("tariff", e.Tariff.ContentHash),
                var fact => throw new InvalidOperationException($"{fact.GetType().Name} begins no stream of these."),
            };
            (await town.Engine.Store.Append(
                Tenant, new StoreCommand(stream.Key, Convert.FromHexString(hash), [new StreamFacts(stream.Key, kind, 0, facts)], "intake"),
                Stop)).ShouldBeOfType<AppendAnswer.Stored>();
        }
    }

    private static async Task<IntakeAnswer> Receive(Town town, string document) => (await town.Engine.Intake.Receive(
        [new IncomingCdr(Encoding.UTF8.GetBytes(document), "again", Instant.FromUtc(2026, 12, 1, 0, 0))],
        new CdrReadOptions
        {
            Owner = PartyId.Of("US", "CPI"), // 2.1.1 names neither
            TokenOwner = PartyId.Of("CA", "FLO"),
            Tariffs = new TariffCache(),
        },
        Stop))[0];

    private static async Task<CdrCase> Case(Town town)
    {
        var stream = await town.Database.Value<string>("select stream from cdrs");
        return (await town.Engine.Cases.Load(Tenant, CdrStreams.Key(stream!), null, Stop))!;
    }
}
