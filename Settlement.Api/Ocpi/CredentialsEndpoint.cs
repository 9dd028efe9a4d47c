using Settlement.Api.Auth;
using Settlement.Api.Partners;
using Settlement.Domain;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Ocpi;

/// <summary>
/// Credentials (OCPI 2.2.1 §7.3): token A is exchanged for B and C and then dead; PUT exchanges them again; DELETE ends
/// the connection.
/// </summary>
public static class CredentialsEndpoint
{
    public static async Task<OcpiAnswer> Get(OcpiCall call)
    {
        var token = PartnerTokens.TokenIn(call.Http.Request.Headers.Authorization!, call.Caller.Grant.Sha256);
        return await Ours(call, token);
    }

    public static async Task<OcpiAnswer> Post(OcpiCall call) => call.Caller.Partner.Credentials is null
        ? await Exchange(call)
        : OcpiAnswer.NotAllowed("This partner is registered; PUT changes its credentials.");

    public static async Task<OcpiAnswer> Put(OcpiCall call) => call.Caller.Grant.Kind == TokenKind.Credentials
        ? await Exchange(call)
        : OcpiAnswer.NotAllowed("This partner is not registered; POST registers it.");

    public static async Task<OcpiAnswer> Delete(OcpiCall call)
    {
        if (call.Caller.Grant.Kind != TokenKind.Credentials)
        {
            return OcpiAnswer.NotAllowed("This partner is not registered.");
        }

        var partner = (await call.Engine.Tokens.Fresh(call.Stop)).Partner(call.Caller.Partner.Key)!;
        var fact = new AccessFact.CredentialsWithdrawn(partner.Key, call.Engine.Now);
        return await call.Engine.Tokens.Record(partner, fact, call.Actor, call.Stop)
            ? OcpiAnswer.Done
            : OcpiAnswer.NotAllowed("The credentials were changed meanwhile.");
    }

    private static async Task<OcpiAnswer> Exchange(OcpiCall call)
    {
        var (body, refusal) = OcpiMerge.Read(call.Body);
        if (body is null)
        {
            return OcpiAnswer.Refused(refusal!);
        }

        using (body)
        {
            if (Handshake.Read(body.RootElement) is not { } theirs)
            {
                return OcpiAnswer.Refused(new Refusal(
                    "credentials.field-missing", "token, url and country_code and party_id of each role are needed."));
            }

            return Foreign(call.Caller, theirs) is { } foreign
                ? OcpiAnswer.Refused(foreign)
                : await Exchange(call, theirs);
        }
    }

    private static async Task<OcpiAnswer> Exchange(OcpiCall call, CredentialsObject theirs)
    {
        // decided on what is known before the partner is called: a second exchange meanwhile makes this one void
        var access = await call.Engine.Tokens.Fresh(call.Stop);
        var partner = access.Partner(call.Caller.Partner.Key)!;
        if (access.Find(call.Caller.Grant.Sha256) is null
            || (partner.Credentials is not null && call.Caller.Grant.Kind != TokenKind.Credentials))
        {
            return OcpiAnswer.NotAllowed("The credentials were changed meanwhile."); // who called was known a moment ago
        }

        var (offer, status, why) = await call.Services.Handshake.Discover(
            theirs.Url, theirs.Token, partner.Settings.RawTokens ? true : null, call.Version, call.Stop);
        if (offer is null)
        {
            return new OcpiAnswer(200, status, why, null);
        }

        var token = PartnerTokens.NewToken();
        return await call.Services.Handshake.Keep(
            partner, [.. Ordered(call.Caller)], offer, theirs, token, call.Actor, call.Stop)
            ? await Ours(call, token)
            : OcpiAnswer.NotAllowed("The credentials were changed meanwhile.");
    }

    // A partner may only register parties that its token was given out for. A hub lists whom it reaches; that gives it
    // no right for those that are not ours to give.
    private static Refusal? Foreign(Caller caller, CredentialsObject theirs)
    {
        var foreign = theirs.Roles.Where(role => !caller.SpeaksFor(role.Party)).Select(role => role.Party).ToList();
        return foreign.Count > 0 && (!caller.IsHub || foreign.Count == theirs.Roles.Count && foreign[0] != caller.Grant.Hub)
            ? new Refusal("credentials.foreign-party", $"This token does not speak for {foreign[0]}.")
            : null;
    }

    private static IEnumerable<PartyId> Ordered(Caller caller) =>
        caller.Partner.Parties.Where(caller.SpeaksFor).Concat(caller.Parties).Distinct();

    private static async Task<OcpiAnswer> Ours(OcpiCall call, string token)
    {
        var counterparties = await call.Services.Scope.Counterparties(call.Caller, call.Stop);
        var roles = await call.Services.Handshake.OurRoles(counterparties, call.Stop);
        return OcpiAnswer.Of(json => Handshake.Write(json, call.Version, token, $"{call.Base}/ocpi/versions", roles));
    }
}
