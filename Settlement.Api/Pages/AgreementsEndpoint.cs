using System.Globalization;
using Settlement.Api.Agreements;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Pages;

/// <summary>One relationship's agreement: its versions, and the form that makes the next one.</summary>
/// <param name="Sent">What was sent and refused, to be shown again.</param>
public sealed record AgreementView(
    Relationship Relationship, IReadOnlyList<AgreementVersion> Versions, IReadOnlyList<Refusal> Refusals,
    IReadOnlyDictionary<string, string>? Sent)
{
    /// <summary>The terms that an amendment starts from.</summary>
    public Agreement Latest => Versions is [.., var version] ? version.Terms : Agreement.ProvisionalFor(Relationship);
}

/// <summary>Agreements as pages: the list, one with its versions, and the form to amend it.</summary>
internal static class AgreementsEndpoint
{
    public static async Task<IResult> List(Engine engine, CancellationToken stop) => PageAnswer.Page<AgreementsPage>(
        new { Rows = await engine.Books.Latest(stop), Book = await engine.Books.Current(stop) });

    /// <summary>From two parties to the page of their agreement, also where there is none yet.</summary>
    public static IResult Open(string? one, string? other) =>
        PartyId.Parse(one?.Trim()) is { } first && PartyId.Parse(other?.Trim()) is { } second && first != second
            ? Results.LocalRedirect(Links.Agreement(Relationship.Between(first, second).ToString()))
            : PageAnswer.Malformed(new Refusal("relationship.malformed", "Write two different parties, as CA-FLO and US-CPI."));

    public static async Task<IResult> Get(string tenant, Engine engine, CancellationToken stop) =>
        Named(tenant) is { } relationship
            ? await Show(relationship, engine, [], null, stop)
            : PageAnswer.UnknownRelationship(tenant);

    /// <summary>Records the terms that differ from the version that the form was made from.</summary>
    public static async Task<IResult> Amend(string tenant, HttpRequest request, Engine engine, CancellationToken stop)
    {
        if (Named(tenant) is not { } relationship)
        {
            return PageAnswer.UnknownRelationship(tenant);
        }

        var form = await request.ReadFormAsync(stop);
        var sent = form.Keys.ToDictionary(key => key, key => form[key].ToString(), StringComparer.Ordinal);
        int? version = int.TryParse(form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var seen)
            ? seen
            : null;
        var versions = await engine.Books.Versions(tenant, stop);
        var before = versions.FirstOrDefault(each => each.Terms.Version == version)?.Terms ?? Agreement.ProvisionalFor(relationship);
        var (changes, refusal) = TermForm.Changes(before, sent);
        if (changes is null)
        {
            return await Show(relationship, engine, [refusal!], sent, stop);
        }

        var amended = await engine.Amendments.Amend(
            relationship, changes, form["reason"].ToString(), version, request.HttpContext.Actor(), engine.Now, stop);
        return amended.Terms is null
            ? await Show(relationship, engine, amended.Refusals, sent, stop)
            : Results.LocalRedirect(Links.Agreement(tenant));
    }

    private static Relationship? Named(string tenant) =>
        Relationship.OfTenant(tenant) is { } pair && pair.A != pair.B ? pair : null;

    private static async Task<IResult> Show(
        Relationship relationship, Engine engine, IReadOnlyList<Refusal> refusals,
        IReadOnlyDictionary<string, string>? sent, CancellationToken stop) => PageAnswer.Page<AgreementPage>(
            new
            {
                View = new AgreementView(
                    relationship, await engine.Books.Versions(relationship.ToString(), stop), refusals, sent),
            },
            refusals.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
}
