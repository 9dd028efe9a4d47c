using System.Collections.Concurrent;
using System.Globalization;
using Settlement.Api.Privacy;
using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;
using Settlement.Projections.Privacy;
using Settlement.Tests.EventStore;
using Settlement.Tests.Intake;
using Settlement.Tests.Postgres;
using Store = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Tests.Privacy;

/// <summary>kill -9 of PostgreSQL: a driver's key is on the disk before anything that it seals.</summary>
public sealed class KeyDurabilityTests
{
    private const string Tenant = TestFacts.Tenant;
    private static readonly MasterKey Master = MasterKey.Of(new byte[32]);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("on")]
    [InlineData("off")] // whatever an administrator set for everything else
    public async Task A_key_that_this_process_remembers_is_one_that_the_server_still_has_after_a_kill(string commits)
    {
        await using var own = await OwnServer(commits);
        await using var source = await Database.Open(own.ConnectionString, Stop);
        var vault = new DriverVault(source, Master);
        await vault.PrepareKeys(Tenant, ["driver"], Stop);

        own.Kill(); // before anything is sealed: no other commit takes the key to the disk
        await own.StartAgain();

        var text = (await Again(() => vault.PrepareKeys(Tenant, ["driver"], Stop))).SealFor("driver", "doc", "text"u8);
        var later = await Again(() => new DriverVault(source, Master).OpenFor(Tenant, "driver", "doc", text, Stop));
        later.ShouldBe("text"u8.ToArray());
    }

    [Fact]
    public async Task What_was_acknowledged_under_kills_can_be_opened_by_the_next_process()
    {
        await using var own = await OwnServer("on");
        await using var source = await Database.Open(own.ConnectionString, Stop);
        using var store = new Store(source, TestFacts.Names);
        var vault = new DriverVault(source, Master);
        var acknowledged = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var kills = new SemaphoreSlim(0);
        var count = 0;
        var writers = Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                var driver = string.Create(CultureInfo.InvariantCulture, $"driver {writer} {i}");
                acknowledged[driver] = await Again(() => Receive(vault, store, driver));
                if (Interlocked.Increment(ref count) is 60 or 180 or 300)
                {
                    kills.Release();
                }
            }
        })));
        for (var kill = 0; kill < 3; kill++)
        {
            await kills.WaitAsync(Stop);
            own.Kill();
            await own.StartAgain();
        }

        await writers;
        var next = new DriverVault(source, Master);
        foreach (var (driver, text) in acknowledged)
        {
            (await Again(() => next.OpenFor(Tenant, driver, driver, text, Stop))).ShouldBe("text"u8.ToArray(), driver);
        }
    }

    [Fact]
    public async Task Verify_counts_the_CDRs_whose_key_is_missing_and_not_those_of_erased_drivers()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(60));
        var drivers = (await town.Engine.Store.ReadLog(Tenant, 0, stop: Stop).All()).Select(e => e.Fact)
            .OfType<CdrFact.CdrReceived>().GroupBy(cdr => cdr.Driver).OrderBy(group => group.Count()).ToList();
        var (lost, remade, erased) = (drivers[^1], drivers[^2], drivers[^3]);
        (await new Erasure(town.Engine).Erase(new SealedUnder(Tenant, erased.Key), "test", Stop)).ShouldBeNull();
        var good = await town.Program("verify", "--full");
        good.Exit.ShouldBe(0, good.Output);
        good.Output.ShouldContain(", 0 without a key that nobody erased.");
        good.Output.ShouldContain(" records, 0 cannot be opened.");

        await town.Database.Execute(
            $"delete from driver_keys where pseudonym in ('{lost.Key}', '{remade.Key}')");
        var found = await town.Program("verify");

        found.Exit.ShouldBe(1);
        found.Output.ShouldContain($"the keys of {lost.Count() + remade.Count()} CDRs are missing (keys.missing)");
        (found.Output + found.Errors).ShouldNotContain("not as it was sealed");

        var next = town.Engine.Vault;
        next.Forget(Tenant, remade.Key);
        await next.PrepareKeys(Tenant, [remade.Key], Stop); // a later session of the driver
        var full = await town.Program("verify", "--full");
        full.Exit.ShouldBe(1);
        full.Output.ShouldContain($"the keys of {lost.Count()} CDRs are missing (keys.missing)");
        full.Output.ShouldContain($"{lost.Count() + remade.Count()} records are sealed under lost keys (keys.lost)");
    }

    /// <summary>As intake does it: a key, what it seals, an append; after an outage the caller asks again.</summary>
    private static async Task<string> Receive(DriverVault vault, Store store, string driver)
    {
        var keys = await vault.PrepareKeys(Tenant, [driver], Stop);
        var text = keys.SealFor(driver, driver, "text"u8);
        await store.Stores(TestFacts.Say(driver, driver, 0, text));
        return text;
    }

    /// <summary>A server that writes its log to the disk late, unless a commit waits for that.</summary>
    private static async Task<TestCluster> OwnServer(string commits)
    {
        var own = await TestCluster.StartOwn(fsync: true);
        await own.Execute("alter system set wal_writer_delay = '10s'");
        await own.Execute($"alter system set synchronous_commit = {commits}");
        await own.Execute("select pg_reload_conf()");
        return own;
    }

    private static async Task<T> Again<T>(Func<Task<T>> work)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (Exception e) when (e is StoreOutageException || SqlStates.IsOutage(e))
            {
                await Task.Delay(10, Stop);
            }
        }
    }
}
