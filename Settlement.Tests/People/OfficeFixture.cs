using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Settlement.Api;
using Settlement.Api.People;
using Settlement.Api.Serve;
using Settlement.Domain.People;
using Settlement.Tests.Intake;
using Settlement.Tests.Postgres;

namespace Settlement.Tests.People;

/// <summary>The program as <c>serve</c> starts it, with one account per role, all with the same password.</summary>
public sealed class OfficeFixture : IAsyncLifetime
{
    private static readonly string Hash = Passwords.Hash(Browser.Password);

    private Town? town;

    public WebApplication App { get; private set; } = null!;

    public Uri Site { get; private set; } = null!;

    public Engine Engine => town!.Engine;

    public TestDatabase Database => town!.Database;

    /// <summary>The program's own table of routes: a new one cannot be forgotten.</summary>
    public IEnumerable<RouteEndpoint> Routes =>
        App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    public Town Town => town!;

    public async ValueTask InitializeAsync()
    {
        town = await Town.Begin();
        await town.Import(Town.Month(60));
        foreach (var role in Roles.All)
        {
            await Add(Roles.Name(role), role);
        }

        App = Server.Build(Engine, 0);
        await App.StartAsync();
        Site = new Uri(Server.Address(App));
    }

    public async Task Add(string name, Role role, bool oneTime = false)
    {
        await Say(people => UserDecisions.Create(name, $"The {name}", [role], UserKind.Person, people, Engine.Now));
        await Say(people => UserDecisions.SetPassword(name, Hash, oneTime, people, Engine.Now));
    }

    public async Task<string> Machine(string name, Role role)
    {
        var token = Guid.NewGuid().ToString("N");
        await Say(people => UserDecisions.Create(name, name, [role], UserKind.Machine, people, Engine.Now));
        await Say(people => UserDecisions.IssueToken(
            name, PeopleStore.TokenHash(token), Engine.Now + NodaTime.Duration.FromDays(1), people, Engine.Now));
        return token;
    }

    /// <summary>Returns when what was written is what requests are judged by.</summary>
    public async Task Known() => await Engine.People.Current(default);

    public async Task<IReadOnlyList<T>> Facts<T>()
    {
        var facts = new List<T>();
        await foreach (var recorded in Engine.Store.ReadLog(PeopleStore.Tenant, 0))
        {
            if (recorded.Fact is T fact)
            {
                facts.Add(fact);
            }
        }

        return facts;
    }

    public async ValueTask DisposeAsync()
    {
        if (App is not null)
        {
            await App.StopAsync();
            await App.DisposeAsync();
        }

        if (town is not null)
        {
            await town.DisposeAsync();
        }
    }

    private async Task Say(Func<Domain.People.People, Domain.Decision<UserFact>> decide) =>
        (await Engine.People.Record(decide, "test", default)).ShouldBeNull();
}
