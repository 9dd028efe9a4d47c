using Microsoft.AspNetCore.Mvc;
using Settlement.Api.Pages;
using Settlement.Domain;
using Settlement.Domain.People;

namespace Settlement.Api.People;

/// <summary>Accounts as a page: who there is, what each may do, and for an admin the forms that change it.</summary>
internal static class PeopleEndpoint
{
    public static void Map(WebApplication app)
    {
        var pages = app.MapGroup("").AddEndpointFilter(PageEndpoints.KeepNothing).Needs(Right.ReadPeople);
        pages.MapMethods(SignInPaths.People, ["GET", "HEAD"], List);
        pages.MapMethods($"{SignInPaths.People}.csv", ["GET", "HEAD"], Csv);
        pages.MapMethods(SignInPaths.Access, ["GET", "HEAD"], AccessEndpoint.Get);
        pages.MapMethods($"{SignInPaths.Access}.csv", ["GET", "HEAD"], AccessEndpoint.Csv);
        pages.MapForm(SignInPaths.People, Right.ManagePeople, Add);
        pages.MapForm(SignInPaths.People + "/{name}/roles", Right.ManagePeople, ChangeRoles);
        pages.MapForm(SignInPaths.People + "/{name}/password", Right.ManagePeople, OneTime);
        pages.MapForm(SignInPaths.People + "/{name}/deactivate", Right.ManagePeople, Deactivate);
    }

    private static Task<IResult> List(HttpContext http, Engine engine, CancellationToken stop) =>
        Show(http, engine, null, null, stop);

    private static async Task<IResult> Csv(Engine engine, CancellationToken stop)
    {
        using var text = new StringWriter();
        UserList.Csv(await engine.People.Current(stop), text);
        return Results.Text(text.ToString(), "text/csv; charset=utf-8");
    }

    private static async Task<IResult> Add(
        HttpContext http, [FromForm] AccountForm form, Engine engine, CancellationToken stop)
    {
        var refusal = await engine.People.Record(
            people => UserDecisions.Create(
                form.Name ?? "", form.FullName, Of(form.Roles), UserKind.Person, people, engine.Now),
            http.Actor(), stop);
        return refusal is null
            ? await OneTime(http, form.Name!, engine, stop)
            : await Show(http, engine, refusal, null, stop);
    }

    private static async Task<IResult> ChangeRoles(
        HttpContext http, string name, [FromForm] AccountForm form, Engine engine, CancellationToken stop) =>
        await Show(http, engine, await engine.People.Record(
            people => UserDecisions.ChangeRoles(name, Of(form.Roles), people, engine.Now), http.Actor(), stop),
            null, stop);

    private static async Task<IResult> OneTime(
        HttpContext http, string name, Engine engine, CancellationToken stop)
    {
        var password = Passwords.OneTime();
        var hash = Passwords.Hash(password);
        var refusal = await engine.People.Record(
            people => UserDecisions.SetPassword(name, hash, oneTime: true, people, engine.Now), http.Actor(), stop);
        var shown = refusal is null ? new ShownPassword(User.Fold(name) ?? name, password) : null;
        return await Show(http, engine, refusal, shown, stop);
    }

    private static async Task<IResult> Deactivate(
        HttpContext http, string name, Engine engine, CancellationToken stop) =>
        await Show(http, engine, await engine.People.Record(
            people => UserDecisions.Deactivate(name, people, engine.Now), http.Actor(), stop), null, stop);

    private static async Task<IResult> Show(
        HttpContext http, Engine engine, Refusal? refusal, ShownPassword? password, CancellationToken stop)
    {
        if (refusal is null && password is null && HttpMethods.IsPost(http.Request.Method))
        {
            return Results.LocalRedirect(SignInPaths.People);
        }

        var people = await engine.People.Current(stop);
        return PageAnswer.Page<PeoplePage>(
            new { People = people, Refusal = refusal, Password = password },
            refusal is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static IReadOnlyList<Role> Of(string[]? roles) =>
        [.. (roles ?? []).Select(Roles.Parse).OfType<Role>()];
}

/// <summary>A one-time password, shown to the admin this once.</summary>
public sealed record ShownPassword(string Name, string Password)
{
    /// <summary>Passwords do not go through text formatting.</summary>
    public override string ToString() => "[password]";
}

/// <summary>An account as an admin asks for it.</summary>
public sealed record AccountForm
{
    public string? Name { get; init; }

    public string? FullName { get; init; }

    public string[]? Roles { get; init; }
}
