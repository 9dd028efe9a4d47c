using Settlement.Api.People;
using Settlement.Domain.People;

namespace Settlement.Api.V1;

/// <summary>How far the tables are, who there is, and who one is.</summary>
internal static class SystemApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapReadAtOnce("/workers", Right.ReadSystem, Workers, "How far the tables are behind the log").Gives<IReadOnlyList<LagAnswer>>();
        api.MapReadAtOnce("/me", Right.ReadSystem, Me, "Who the caller is and what it may do").Gives<MeAnswer>();
        api.MapReadAtOnce("/people", Right.ReadPeople, Everybody, "Accounts and their roles, for an access review").Gives<IReadOnlyList<PersonAnswer>>();
    }

    private static async Task<ApiAnswer> Workers(Engine engine, CancellationToken stop) => ApiAnswer.Of(
        (await engine.Workers.Lags(stop)).Select(lag => new LagAnswer(
            lag.Tenant, lag.Projection, lag.Number, lag.Head, lag.Behind, lag.IsParked)).ToList());

    private static ApiAnswer Me(HttpContext http)
    {
        var visitor = http.Visitor();
        return ApiAnswer.Of(new MeAnswer(
            visitor.User?.Name, [.. (visitor.User?.Roles ?? []).Select(Roles.Name)],
            [.. Rights.All.Where(visitor.May).Select(right => right.ToString())]));
    }

    private static async Task<ApiAnswer> Everybody(Engine engine, CancellationToken stop) => ApiAnswer.Of(
        (await engine.People.Current(stop)).Users.Select(user => new PersonAnswer(
            user.Name, user.FullName, UserList.Kind(user), user.IsActive, [.. user.Roles.Select(Roles.Name)],
            [.. Rights.All.Where(user.May).Select(right => right.ToString())], user.LastSignIn?.ToString())).ToList());
}

public sealed record LagAnswer(string Tenant, string Projection, long Number, long Head, long Behind, bool Stopped);

/// <param name="Name">Null: a visitor of the demo.</param>
public sealed record MeAnswer(string? Name, IReadOnlyList<string> Roles, IReadOnlyList<string> Rights);

public sealed record PersonAnswer(
    string Name, string FullName, string Kind, bool Active, IReadOnlyList<string> Roles, IReadOnlyList<string> Rights,
    string? LastSignIn);
