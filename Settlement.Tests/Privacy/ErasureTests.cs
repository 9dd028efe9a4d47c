using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodaTime;
using Settlement.Api;
using Settlement.Api.Demo;
using Settlement.Api.Privacy;
using Settlement.Api.Statements;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Projections.Privacy;
using Settlement.Projections.Statements;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Privacy;

/// <summary>A driver's data can be made unreadable for good, and no amount and no byte of a statement changes.</summary>
public sealed class ErasureTests
{
    private const string Tenant = "CA-FLO~US-CPI";

    private static readonly PartyId Flo = PartyId.Parse("CA-FLO")!.Value;

    private static readonly YearMonth Month = new(2026, 10);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_being_sealed_keeps_its_keys_whatever_others_do_meanwhile()
    {
        await using var town = await Town.Begin();
        var vault = town.Engine.Vault;
        var keys = await vault.PrepareKeys(Tenant, ["one", "two", "one"], Stop);
        vault.Forget(Tenant, "one");
        var sealedOnce = keys.SealFor("one", "doc", "text"u8);

        var again = await vault.PrepareKeys(Tenant, ["three", "one"], Stop); // one is known to the database, three is new

        again.SealFor("one", "doc", "text"u8).ShouldBe(sealedOnce);
        (await vault.OpenFor(Tenant, "one", "doc", sealedOnce, Stop)).ShouldBe("text"u8.ToArray());
        (await vault.OpenFor(Tenant, "three", "doc", again.SealFor("three", "doc", "text"u8), Stop))
            .ShouldBe("text"u8.ToArray());
        (await town.Count("select count(*) from driver_keys where tenant_id = 'CA-FLO~US-CPI'")).ShouldBe(3);
    }

    [Fact]
    public async Task Erasing_a_driver_changes_no_byte_of_log_ledger_seals_and_statements()
    {
        await using var town = await Town.Begin();
        var documents = ByFlo(Town.Month(200));
        await town.Import(documents);
        var (uid, contract) = Identifiers(documents[0]);
        var key = await KeyOf(town, documents[0]);
        var before = await Everything(town);
        (await town.Program("explain", key)).Output.ShouldContain("names the driver: sealed");

        var (exit, output, errors) = await town.Program(uid, ["erase", "--emsp", "CA-FLO"]);

        exit.ShouldBe(0, errors);
        output.ShouldContain($"{Tenant}: ");
        (output + errors).ShouldNotContain(uid, Case.Insensitive);
        (output + errors).ShouldNotContain(contract, Case.Insensitive);
        (await Everything(town)).ShouldBe(before);
        (await town.Program("verify")).Exit.ShouldBe(0);
        (await town.Program("rebuild")).Output.ShouldContain("the same rows as before");
        (await town.Program("explain", key)).Output.ShouldContain("names the driver: [erased]");
        var driver = await town.Database.Value<string>("select data->>'Driver' from log.mt_events where type = 'driver_erased'");
        (await town.Engine.Vault.Keys(Tenant, [driver], Stop)).ShouldBeEmpty();
        (await town.Database.Value<string>("select data::text from log.mt_events where type = 'driver_erased'"))
            .ShouldNotContain(uid, Case.Insensitive);

        var again = await town.Program("erase", driver);
        again.Exit.ShouldBe(0, again.Errors);
        (await town.Count("select count(*) from log.mt_events where type = 'driver_erased'")).ShouldBe(1);
        (await town.Program(uid, ["erase", "-", "--emsp", "CA-FLO"])).Errors.ShouldContain("(driver.unknown)");
    }

    [Fact]
    public async Task A_contract_id_finds_the_driver_and_the_documents_that_could_not_be_read()
    {
        await using var town = await Town.Begin();
        var documents = ByFlo(Town.Month(60));
        await town.Import(documents);
        var (uid, contract) = Identifiers(documents[0]);
        var broken = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(documents[0].Json.Span)[..^20] + "}}");
        var other = Encoding.UTF8.GetBytes("{\"note\":\"nobody we know\"");
        foreach (var json in new[] { broken, other })
        {
            await town.Engine.Intake.Receive([new(json, "test", town.Engine.Now)], new(), Stop);
        }

        var places = await new Erasure(town.Engine).Find(contract.ToLowerInvariant(), null, Stop);

        places.Count(place => place.Tenant == Tenant).ShouldBe(1);
        places.Count(place => place.Tenant == "@intake").ShouldBe(1);
        (await new Erasure(town.Engine).Find(uid, Flo, Stop)).ShouldBe(places);
        foreach (var place in places)
        {
            (await new Erasure(town.Engine).Erase(place, "test", Stop)).ShouldBeNull();
        }

        (await town.Count("select count(*) from driver_keys where tenant_id = '@intake'")).ShouldBe(1);
        (await new Erasure(town.Engine).Find(contract, null, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_session_after_an_erasure_is_sealed_under_a_new_key()
    {
        await using var town = await Town.Begin();
        var documents = ByFlo(Town.Month(60));
        await town.Import(documents);
        var place = (await new Erasure(town.Engine).Find(Identifiers(documents[0]).Uid, Flo, Stop))
            .Single(one => one.Tenant == Tenant);
        await new Erasure(town.Engine).Erase(place, "test", Stop);
        var cdr = JsonNode.Parse(documents[0].Json.Span)!;
        (cdr["id"], cdr["session_id"]) = ("after-erasure", "after-erasure-1");
        await town.Engine.Intake.Receive([new(Encoding.UTF8.GetBytes(cdr.ToJsonString()), "test", town.Engine.Now)], new(), Stop);

        (await town.Engine.Vault.Keys(Tenant, [place.Driver], Stop)).ShouldHaveSingleItem();
        var streams = await town.Engine.Store.ReadLog(Tenant, 0, stop: Stop).Select(recorded => recorded.Fact)
            .OfType<CdrFact.CdrReceived>().Where(received => received.Driver == place.Driver).ToListAsync(Stop);
        streams.Count.ShouldBeGreaterThan(1);
        foreach (var received in streams)
        {
            var open = () => town.Engine.Vault.Open(Tenant, place.Driver, received.Cdr.Key, received.Sealed, Stop);
            if (received.Cdr.Key.Id == "after-erasure")
            {
                (await open())!.TokenUid.ShouldNotBeNull();
            }
            else
            {
                await Should.ThrowAsync<AuthenticationTagMismatchException>(open);
            }
        }
    }

    [Fact]
    public async Task A_legal_hold_or_an_open_dispute_keeps_the_key()
    {
        await using var town = await Town.Begin();
        var documents = ByFlo(Town.Month(60));
        await town.Import(documents);
        var place = (await new Erasure(town.Engine).Find(Identifiers(documents[0]).Uid, Flo, Stop))[0];

        (await town.Program("erase", place.Driver, "--hold", "case 77")).Exit.ShouldBe(0);
        var held = await town.Program("erase", place.Driver);
        held.Exit.ShouldBe(1);
        held.Output.ShouldContain("(driver.legal-hold)");
        (await town.Program("erase", place.Driver, "--lift")).Exit.ShouldBe(0);

        await town.Database.Execute(
            $"""
            insert into journal_lines (tenant_id, generation, seq_id, line, kind, period, on_date, recorded_at, currency,
              account, debit, credit, stream, reference)
            select tenant_id, generation, 999999, 1, 'dispute', charge_period, now(), now(), currency,
              'disputed:' || emsp || ':' || cpo, 100, 0, stream, 'test'
            from cdrs where driver = '{place.Driver}' limit 1
            """);
        (await town.Program("erase", place.Driver)).Output.ShouldContain("(driver.open-dispute)");
        (await town.Count($"select count(*) from driver_keys where pseudonym = '{place.Driver}'")).ShouldBe(1);

        await town.Database.Execute("delete from journal_lines where seq_id = 999999");
        (await town.Program("erase", place.Driver)).Exit.ShouldBe(0);
        (await town.Count($"select count(*) from driver_keys where pseudonym = '{place.Driver}'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_uid_that_two_eMSPs_gave_out_is_erased_for_the_one_that_is_named()
    {
        await using var town = await Town.Begin();
        var month = Town.Month(60);
        foreach (var cpo in new[] { "US-CPI", "CA-FLO" })
        {
            var cdr = JsonNode.Parse(month.First(one => one.Cpo.ToString() == cpo && one.Story == DemoStory.Ordinary).Json.Span)!;
            cdr["cdr_token"]!["uid"] = "04A1B2C3D4";
            await town.Engine.Intake.Receive([new(Encoding.UTF8.GetBytes(cdr.ToJsonString()), "test", town.Engine.Now)], new(), Stop);
        }

        (await town.Program("04a1b2c3d4", ["erase"])).Errors.ShouldContain("(driver.ambiguous)");
        (await town.Program("04A1B2C3D4", ["erase", "--emsp", "US-CPI"])).Exit.ShouldBe(0);
        (await new Erasure(town.Engine).Find("04A1B2C3D4", null, Stop)).ShouldHaveSingleItem().Emsp.ShouldBe(Flo);
    }

    [Fact]
    public async Task Erasing_takes_the_right()
    {
        await using var town = await Town.Begin();
        await DemoPeople.Make(town.Engine, Stop);
        (await town.Program("erase", "00000000000000000000", "--actor", "ana")).Errors.ShouldContain("(user.not-allowed)");
        (await town.Program("erase", "00000000000000000000", "--actor", "chloe")).Errors.ShouldContain("(driver.unknown)");
        (await town.Program("rotate-key", "--actor", "ana")).Errors.ShouldContain("(master-key.missing)");
    }

    [Fact]
    public async Task A_new_master_key_opens_everything_and_the_old_one_nothing()
    {
        await using var town = await Town.Begin();
        var documents = ByFlo(Town.Month(80));
        await town.Import(documents);
        var before = await Everything(town);
        var next = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

        var (exit, output, errors) = await town.Program(null, ["rotate-key"], ("SETTLEMENT_MASTER_KEY_NEW", next));
        exit.ShouldBe(0, errors);
        output.ShouldContain("keys are wrapped by the new master key");

        (await town.Program("verify")).Errors.ShouldContain("(master-key.other)");
        await Should.ThrowAsync<MasterKeyException>(() => town.Import(Town.Month(80, seed: 8))); // started with the old key
        await using var engine = await Engine.Open(
            town.Database.ConnectionString, MasterKey.Of(Convert.FromBase64String(next)), TimeProvider.System, Stop);
        (await Everything(town)).ShouldBe(before);
        var received = (CdrFact.CdrReceived)(await engine.Store.ReadLog(Tenant, 0, stop: Stop)
            .FirstAsync(recorded => recorded.Fact is CdrFact.CdrReceived, Stop)).Fact;
        (await engine.Vault.Open(Tenant, received.Driver, received.Cdr.Key, received.Sealed, Stop)).ShouldNotBeNull();
        var again = await engine.Intake.Receive([new(documents[0].Json, "test", engine.Now)], new(), Stop);
        again[0].Outcome.ShouldBe(Api.Intake.IntakeOutcome.Repeated); // digests and pseudonyms are as they were
        (await new Erasure(engine).Find(Identifiers(documents[0]).Uid, Flo, Stop)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_rotation_that_broke_off_is_finished_by_the_next_start()
    {
        await using var town = await Town.Begin();
        var home = Directory.CreateTempSubdirectory("rotate-");
        (string, string?)[] files = [("SETTLEMENT_MASTER_KEY", null), ("SETTLEMENT_HOME", home.FullName)];
        await File.WriteAllTextAsync(Path.Combine(home.FullName, "master.key"), Town.KeyText, Stop);
        await town.Import(Town.Month(20));
        (await town.Program(null, ["rotate-key"], files)).Errors.ShouldBe("");
        var key = await File.ReadAllTextAsync(Path.Combine(home.FullName, "master.key"), Stop);
        key.ShouldNotBe(Town.KeyText);
        (await File.ReadAllTextAsync(Path.Combine(home.FullName, "master.key.old"), Stop)).ShouldBe(Town.KeyText);
        File.GetUnixFileMode(Path.Combine(home.FullName, "master.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        // as a crash between the database and the files leaves them
        File.Move(Path.Combine(home.FullName, "master.key"), Path.Combine(home.FullName, "master.key.new"));
        File.Move(Path.Combine(home.FullName, "master.key.old"), Path.Combine(home.FullName, "master.key"));
        (await town.Program(null, ["verify"], files)).Errors.ShouldBe("");
        (await File.ReadAllTextAsync(Path.Combine(home.FullName, "master.key"), Stop)).ShouldBe(key);
        home.Delete(recursive: true);
    }

    /// <summary>A driver of FLO's comes first.</summary>
    private static List<DemoDocument> ByFlo(IReadOnlyList<DemoDocument> month) =>
        [.. month.OrderBy(document => document.Cpo.ToString() == "US-CPI" && document.Story == DemoStory.Ordinary ? 0 : 1)];

    private static (string Uid, string Contract) Identifiers(DemoDocument document)
    {
        using var cdr = JsonDocument.Parse(document.Json);
        var token = cdr.RootElement.GetProperty("cdr_token");
        return (token.GetProperty("uid").GetString()!, token.GetProperty("contract_id").GetString()!);
    }

    private static async Task<string> KeyOf(Town town, DemoDocument document)
    {
        using var cdr = JsonDocument.Parse(document.Json);
        return $"{document.Cpo}/{cdr.RootElement.GetProperty("id").GetString()}";
    }

    /// <summary>The relationship's log, its seals, its ledger, its statement with every line.</summary>
    private static async Task<string> Everything(Town town)
    {
        var log = await town.Database.Value<string>(
            $"select md5(string_agg(e::text, '' order by seq_id)) from log.mt_events e where tenant_id = '{Tenant}'");
        var seals = await town.Database.Value<string>(
            $"select md5(string_agg(s::text, '' order by first_number)) from seals s where tenant_id = '{Tenant}'");
        var (to, other) = (PartyId.Parse("CA-FLO")!.Value, PartyId.Parse("US-CPI")!.Value);
        var agreement = (await town.Engine.Books.Agreements(Tenant, Stop)).Versions[^1];
        var statement = await town.Engine.Reports.Statement(to, other, Month, agreement, Stop);
        using var bytes = new MemoryStream();
        await ReportJson.Write(bytes, statement, MonthIssued.Nothing, town.Engine.Reports.Lines(new LineFilter(Tenant, Month), stop: Stop), Stop);
        return $"{log}\n{seals}\n{await town.Ledger()}\n{Encoding.UTF8.GetString(bytes.ToArray())}";
    }
}
