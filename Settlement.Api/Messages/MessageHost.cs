using JasperFx;
using JasperFx.CodeGeneration;
using Marten;
using Settlement.Domain;
using Settlement.Projections.EventStore;
using Wolverine;
using Wolverine.ErrorHandling;
using Wolverine.Marten;

namespace Settlement.Api.Messages;

/// <summary>Wolverine in a program that serves: durable messages of this database, handled here or by a server beside.</summary>
public static class MessageHost
{
    // an outage of the database, or a race with a person: the same again is likely to work
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1),
        TimeSpan.FromHours(6), TimeSpan.FromDays(1), TimeSpan.FromDays(7),
    ];

    internal static void Add(WebApplicationBuilder builder, Engine engine)
    {
        builder.Services.AddSingleton<Reviews>();
        builder.Services.AddHostedService<Sweep>();
        MessageTables.Add(builder.Services, engine.Database);
        builder.Host.UseWolverine(Configure);
    }

    /// <summary>For as long as the program serves, what follows facts is stored with them.</summary>
    internal static void Use(WebApplication app, Engine engine)
    {
        app.Lifetime.ApplicationStarted.Register(() => engine.Store.Following = new Outbox(app.Services));
        app.Lifetime.ApplicationStopping.Register(() => engine.Store.Following = null);
    }

    /// <summary>The same for a program that serves and for the one that writes the handlers' code.</summary>
    public static void Configure(WolverineOptions options)
    {
        options.ApplicationAssembly = typeof(MessageHost).Assembly;
        options.AutoBuildMessageStorageOnStartup = AutoCreate.None;
        options.CodeGeneration.TypeLoadMode = TypeLoadMode.Static;
        options.Discovery.DisableConventionalDiscovery().IncludeType(typeof(ReviewHandler));
        options.Policies.UseDurableLocalQueues();
        options.OnAnyException().ScheduleRetry(Pauses);
    }

    /// <summary>Puts messages into Marten's transaction by Wolverine's outbox.</summary>
    private sealed class Outbox(IServiceProvider services) : IFollowing
    {
        public async Task<IAsyncDisposable?> Enroll(IDocumentSession session, string tenant, IEnumerable<Fact> facts)
        {
            var messages = Follows.Of(facts);
            if (messages.Count == 0)
            {
                return null;
            }

            var scope = services.CreateAsyncScope();
            var outbox = scope.ServiceProvider.GetRequiredService<IMartenOutbox>();
            outbox.Enroll(session);
            foreach (var message in messages)
            {
                await outbox.PublishAsync(message);
            }

            return scope;
        }
    }
}
