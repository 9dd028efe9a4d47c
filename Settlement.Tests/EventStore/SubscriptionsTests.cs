using NodaTime;
using Settlement.Projections.EventStore;
using Settlement.Projections.Partners;
using Settlement.Tests.Postgres;
using static Settlement.Tests.EventStore.TestFacts;
using Store = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Tests.EventStore;

/// <summary>rules-store 20: at least once, in order, under a stable id, retried over days.</summary>
public sealed class SubscriptionsTests : IAsyncLifetime
{
    private readonly TestClock clock = new(new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Receiver receiver = new();
    private TestDatabase database = null!;
    private Store store = null!;
    private Subscriptions subscriptions = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await (await TestCluster.Shared()).NewDatabase(migrated: true);
        store = database.NewStore();
        subscriptions = new Subscriptions(store, [receiver], clock);
        foreach (var tenant in (string[])["t1", "t2"])
        {
            await store.AppendBulk(tenant, [.. Enumerable.Range(1, 150).Select(i => Say($"c{i}", $"s{i}"))], Stop);
        }
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Every_event_is_delivered_in_the_order_of_its_tenants_log()
    {
        while (await subscriptions.DeliverDue(Stop) > 0)
        {
        }

        receiver.Got.Where(id => id.StartsWith("receiver/t1/", StringComparison.Ordinal))
            .ShouldBe(Enumerable.Range(1, 150).Select(i => $"receiver/t1/{i}"));
        receiver.Got.Count.ShouldBe(300);
        (await subscriptions.Failing(Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failing_delivery_is_retried_further_and_further_apart_and_holds_up_nobody_else()
    {
        receiver.Refuses = "receiver/t1/6";
        while (await subscriptions.DeliverDue(Stop) > 0)
        {
        }

        receiver.Got.Count.ShouldBe(155);
        var failing = (await subscriptions.Failing(Stop)).Single();
        (failing.Tenant, failing.Number, failing.Attempts).ShouldBe(("t1", 6, 1));
        failing.Error.ShouldContain("not today");
        failing.NextTry.ShouldBe(Instant.FromDateTimeOffset(clock.Now) + Duration.FromSeconds(5));

        clock.Now += TimeSpan.FromSeconds(5);
        await subscriptions.DeliverDue(Stop);
        failing = (await subscriptions.Failing(Stop)).Single();
        failing.NextTry.ShouldBe(Instant.FromDateTimeOffset(clock.Now) + Duration.FromSeconds(10));

        receiver.Refuses = null;
        (await subscriptions.DeliverDue(Stop)).ShouldBe(0); // not due yet
        clock.Now += TimeSpan.FromSeconds(10);
        while (await subscriptions.DeliverDue(Stop) > 0)
        {
        }

        receiver.Tried.Count(id => id == "receiver/t1/6").ShouldBe(3); // the same id each time
        receiver.Got.Distinct().Count().ShouldBe(300);
    }

    [Fact]
    public async Task After_a_week_it_waits_for_a_person()
    {
        receiver.Refuses = "receiver/t1/1";
        for (var hour = 0; hour < 24 * 8; hour++)
        {
            await subscriptions.DeliverDue(Stop);
            clock.Now += TimeSpan.FromHours(1);
        }

        (await subscriptions.Failing(Stop)).Single().NextTry.ShouldBeNull();
        receiver.Refuses = null;
        clock.Now += TimeSpan.FromDays(30);
        (await subscriptions.DeliverDue(Stop)).ShouldBe(0);
        (await subscriptions.Resume("t1", "receiver", Stop)).ShouldBeTrue();
        (await subscriptions.DeliverDue(Stop)).ShouldBe(100);
    }

    [Fact]
    public async Task A_process_that_died_while_delivering_is_followed_by_another_after_its_lease()
    {
        using var dies = new CancellationTokenSource();
        receiver.Before = dies.Cancel;
        await Should.ThrowAsync<OperationCanceledException>(subscriptions.DeliverDue(dies.Token));
        receiver.Before = null;
        var second = new Subscriptions(store, [receiver], clock);
        await second.DeliverDue(Stop);
        receiver.Got.ShouldAllBe(id => id.StartsWith("receiver/t2/", StringComparison.Ordinal));
        clock.Now += TimeSpan.FromMinutes(5);
        await second.DeliverDue(Stop);
        receiver.Got.ShouldContain("receiver/t1/1");
    }

    private sealed class Receiver : ISubscriber
    {
        public string Name => "receiver";

        public bool FromStart => true;

        public List<string> Got { get; } = [];

        public List<string> Tried { get; } = [];

        public string? Refuses { get; set; }

        public Action? Before { get; set; }

        public Task Deliver(string deliveryId, Recorded e, CancellationToken stop)
        {
            Before?.Invoke();
            stop.ThrowIfCancellationRequested();
            Tried.Add(deliveryId);
            if (deliveryId == Refuses)
            {
                throw new InvalidOperationException("not today");
            }

            Got.Add(deliveryId);
            return Task.CompletedTask;
        }
    }
}
