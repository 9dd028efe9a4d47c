using Settlement.Api.People;
using Settlement.Domain.People;
using Settlement.Projections.EventStore;

namespace Settlement.Api.V1;

/// <summary>Where the logs stand, who there is, and who one is.</summary>
internal static class SystemApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapReadAtOnce("/status", Right.ReadSystem, Status, "Where each log and its ledger stand").Gives<IReadOnlyList<StatusAnswer>>();
        api.MapReadAtOnce("/status/messages", Right.ReadSystem, Messages, "What waits to be done, and what failed for good").Gives<MessagesAnswer>();
        api.MapReadAtOnce("/me", Right.ReadSystem, Me, "Who the caller is and what it may do").Gives<MeAnswer>();
        api.MapReadAtOnce("/people", Right.ReadPeople, Everybody, "Accounts and their roles, for an access review").Gives<IReadOnlyList<PersonAnswer>>();
    }

    private static async Task<ApiAnswer> Status(Engine engine, CancellationToken stop) => ApiAnswer.Of(
        (await engine.Store.Status(stop)).Select(tenant => new StatusAnswer(
            tenant.Tenant, tenant.Events, tenant.LastNumber, tenant.LastWritten?.ToString(), tenant.Generation,
            tenant.LedgerVersion)).ToList());

    private static async Task<ApiAnswer> Messages(Engine engine, CancellationToken stop)
    {
        var messages = await MessageStatus.Read(engine.Database, stop);
        return ApiAnswer.Of(new MessagesAnswer(
            messages.Waiting, messages.Scheduled,
            [.. messages.Dead.Select(dead => new DeadAnswer(dead.Id.ToString(), dead.Type, dead.Failure, dead.Sent.ToString()))]));
    }

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

/// <param name="LastWritten">Null: nothing was written yet.</param>
/// <param name="Rows">Which building of the ledger's rows is in use.</param>
public sealed record StatusAnswer(
    string Tenant, long Events, long LastNumber, string? LastWritten, long Rows, int LedgerVersion);

public sealed record MessagesAnswer(long Waiting, long Scheduled, IReadOnlyList<DeadAnswer> Failed);

public sealed record DeadAnswer(string Id, string Type, string Failure, string At);

/// <param name="Name">Null: a visitor of the demo.</param>
public sealed record MeAnswer(string? Name, IReadOnlyList<string> Roles, IReadOnlyList<string> Rights);

public sealed record PersonAnswer(
    string Name, string FullName, string Kind, bool Active, IReadOnlyList<string> Roles, IReadOnlyList<string> Rights,
    string? LastSignIn);
