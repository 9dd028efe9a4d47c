using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.People;

namespace Settlement.Api.V1;

/// <summary>Parties and agreements.</summary>
internal static class BookApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapReadAtOnce("/parties", Right.Read, Parties, "Registered parties")
            .Gives<IReadOnlyList<PartyAnswer>>();
        api.MapReadAtOnce("/parties/{party}", Right.Read, Party, "One party, also by an alias")
            .Gives<PartyAnswer>();
        api.MapReadAtOnce("/relationships", Right.Read, Relationships, "Pairs of parties that settle")
            .Gives<IReadOnlyList<string>>();
        api.MapReadAtOnce("/relationships/{relationship}/agreements", Right.Read, Agreements,
            "Every version of an agreement")
            .Gives<IReadOnlyList<AgreementAnswer>>();
    }

    private static async Task<ApiAnswer> Parties(Engine engine, CancellationToken stop) =>
        ApiAnswer.Of((await engine.Books.Current(stop)).AllParties.Select(PartyAnswer.Of).ToList());

    private static async Task<ApiAnswer> Party(string party, Engine engine, CancellationToken stop) =>
        Output.Party(party, out var refusal) is not { } id ? ApiAnswer.No(refusal!)
        : (await engine.Books.Current(stop)).Party(id) is { } known ? ApiAnswer.Of(PartyAnswer.Of(known))
        : ApiAnswer.No(new Refusal("party.unknown", $"{id} is not registered."));

    private static async Task<ApiAnswer> Relationships(Engine engine, CancellationToken stop) => ApiAnswer.Of(
        (await engine.Books.Relationships(stop)).Select(pair => pair.ToString()).ToList());

    private static async Task<ApiAnswer> Agreements(string relationship, Engine engine, CancellationToken stop) =>
        Relationship.OfTenant(relationship) is not null
            && await engine.Books.Versions(relationship, stop) is { Count: > 0 } versions
            ? ApiAnswer.Of(versions.Select(AgreementAnswer.Of).ToList())
            : ApiAnswer.No(new Refusal("relationship.unknown", $"There is no agreement of '{relationship}'."));
}

/// <summary>A legal entity that settles.</summary>
public sealed record PartyAnswer(
    string Id, IReadOnlyList<string> Aliases, string LegalName, IReadOnlyList<string> Address, string Language,
    IReadOnlyList<RegistrationAnswer> Registrations, IReadOnlyList<CertificateAnswer> Certificates)
{
    public static PartyAnswer Of(Party party) => new(
        party.Id.ToString(), [.. party.Aliases.Select(alias => alias.ToString())], party.LegalName, party.Address,
        party.Language,
        [.. party.Registrations.Select(one => new RegistrationAnswer(one.Tax, one.Jurisdiction, one.Number, Day(one.From), Day(one.To)))],
        [.. party.Certificates.Select(one => new CertificateAnswer(one.Kind, one.Jurisdiction, one.Number, Day(one.From), Day(one.Expires)))]);

    private static string? Day(LocalDate? day) => day is { } date ? Figures.Day(date) : null;
}

public sealed record RegistrationAnswer(string Tax, string Jurisdiction, string? Number, string? From, string? To);

public sealed record CertificateAnswer(string Kind, string Jurisdiction, string Number, string? From, string? Expires);

/// <summary>One version of an agreement.</summary>
/// <param name="KnownFrom">When it was recorded.</param>
/// <param name="Terms">Every term by its name in files, in words.</param>
public sealed record AgreementAnswer(
    string Relationship, int Version, string ValidFrom, string KnownFrom, string By, string? Reason, bool Provisional,
    IReadOnlyList<string> Currencies, string Supply, string Zone, int ToleranceMinor, int? MaximumAgeDays,
    IReadOnlyList<string> Policies, IReadOnlyDictionary<string, string> Terms)
{
    public static AgreementAnswer Of(Agreements.AgreementVersion version)
    {
        var terms = version.Terms;
        return new AgreementAnswer(
            terms.Relationship.ToString(), terms.Version, Figures.Day(terms.ValidFrom), version.KnownFrom.ToString(),
            version.By, version.Reason, terms.Provisional, terms.Currencies, terms.Supply.ToString(), terms.Zone,
            terms.ToleranceMinor, terms.MaximumAgeDays, terms.Policies,
            AgreementDifference.Terms(terms).ToDictionary(term => term.Name, term => term.Value, StringComparer.Ordinal));
    }
}
