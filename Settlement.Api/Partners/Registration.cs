using Settlement.Api.Auth;
using Settlement.Api.Ocpi;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Partners;

/// <summary>Registers us with a partner, the other way round than when it registers with us (OCPI 2.2.1 §7.1).</summary>
public sealed class Registration(Engine engine, Handshake handshake, PartnerHttp http, PartnerScope scope)
{
    /// <param name="parties">Whom the partner speaks for, the home id first.</param>
    /// <param name="tokenA">What the partner gave us out of band.</param>
    /// <param name="ownUrl">Where the partner reaches us: scheme and host.</param>
    public async Task<Refusal?> Register(
        IReadOnlyList<PartyId> parties, string versionsUrl, string tokenA, string ownUrl, OcpiVersion? wanted,
        string actor, CancellationToken stop)
    {
        var (offer, _, why) = await handshake.Discover(versionsUrl, tokenA, null, wanted, stop);
        if (offer is null)
        {
            return new Refusal("partner.unusable", why!);
        }

        // the partner calls us with token B while it answers: until it has answered, B is a token of registration
        var tokenB = await engine.Tokens.IssueRegistration(parties, engine.Now, actor, stop);
        var partner = (await engine.Tokens.Fresh(stop)).Partner(Partner.KeyOf(parties, null))!;
        var (theirs, refusal) = await Exchange(
            HttpMethod.Post, offer, new PartnerToken(tokenA, offer.IsRaw), tokenB, ownUrl, parties, partner, stop);
        if (theirs is null)
        {
            await engine.Tokens.Revoke(PartnerTokens.Hash(tokenB), engine.Now, actor, stop);
            return refusal;
        }

        return await handshake.Keep(partner, parties, offer, theirs, tokenB, actor, stop)
            ? null
            : new Refusal("partner.changed", "Credentials were exchanged with this partner meanwhile; look at them and try again.");
    }

    /// <summary>Exchanges new tokens with a connected partner; due once a month.</summary>
    public async Task<Refusal?> Rotate(Partner partner, string ownUrl, string actor, CancellationToken stop)
    {
        var token = handshake.TokenFor(partner);
        var version = Enum.GetValues<OcpiVersion>().First(v => v.Name() == partner.Credentials!.Version);
        var (offer, _, why) = await handshake.Discover(partner.Credentials!.Url, token.Token, token.IsRaw, version, stop);
        if (offer is null)
        {
            return new Refusal("partner.unusable", why!);
        }

        var tokenB = await engine.Tokens.IssueRegistration(partner.Parties, engine.Now, actor, stop, partner.Hub);
        var (theirs, refusal) = await Exchange(
            HttpMethod.Put, offer, token, tokenB, ownUrl, partner.Parties, partner, stop);
        if (theirs is null)
        {
            await engine.Tokens.Revoke(PartnerTokens.Hash(tokenB), engine.Now, actor, stop);
            return refusal;
        }

        return await handshake.Keep(partner, partner.Parties, offer, theirs, tokenB, actor, stop)
            ? null
            : new Refusal("partner.changed", "Credentials were exchanged with this partner meanwhile.");
    }

    /// <summary>Tells the partner and ends the connection here, whatever it answers.</summary>
    public async Task<Refusal?> Unregister(Partner partner, string actor, CancellationToken stop)
    {
        var endpoint = partner.Credentials!.Endpoints.First(e => e.Identifier == "credentials").Url;
        using var reply = await http.Send(HttpMethod.Delete, endpoint, handshake.TokenFor(partner), null, stop);
        await engine.Tokens.Record(partner, new AccessFact.CredentialsWithdrawn(partner.Key, engine.Now), actor, stop);
        return reply.IsGood ? null : new Refusal("partner.not-told", $"Ended here; the partner did not confirm: {reply.Verdict}");
    }

    private async Task<(CredentialsObject?, Refusal?)> Exchange(
        HttpMethod method, PartnerOffer offer, PartnerToken token, string tokenB, string ownUrl,
        IReadOnlyList<PartyId> parties, Partner partner, CancellationToken stop)
    {
        var version = Enum.GetValues<OcpiVersion>().First(v => v.Name() == offer.Version);
        var asCaller = new Caller(
            new TokenGrant("", TokenKind.Credentials, partner.Key, [.. parties], partner.Hub, engine.Now), partner);
        var roles = await handshake.OurRoles(await scope.Counterparties(asCaller, stop), stop);
        var body = OcpiMerge.Bytes(json => Handshake.Write(json, version, tokenB, $"{ownUrl}/ocpi/versions", roles));
        var endpoint = offer.Endpoints.First(e => e.Identifier == "credentials").Url;
        using var reply = await http.Send(method, endpoint, token, body, stop);
        if (!reply.IsGood || reply.Data is not { } data || Handshake.Read(data) is not { } theirs)
        {
            return (null, new Refusal("partner.refused", $"The partner did not take the credentials: {reply.Verdict}"));
        }

        // what it says of itself may be new addresses, never more parties than it was registered for here
        return theirs.Roles.Any(role => parties.Contains(role.Party))
            ? (theirs, null)
            : (null, new Refusal("partner.other-party", $"The platform names {theirs.Roles[0].Party}, not {parties[0]}."));
    }
}
