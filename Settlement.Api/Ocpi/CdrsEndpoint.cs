using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Projections.Partners;

namespace Settlement.Api.Ocpi;

/// <summary>
/// CDRs (OCPI 2.2.1 §10.2). Answered means durable. A CDR that is held is accepted all the same: OCPI has no way to
/// reject one.
/// </summary>
public static class CdrsEndpoint
{
    /// <summary>Receiver: takes one full and final CDR; its Location says where it can be read back.</summary>
    public static async Task<OcpiAnswer> Post(OcpiCall call)
    {
        var options = new CdrReadOptions { Version = call.Version, Tariffs = call.Services.Tariffs };
        if (call.Version == OcpiVersion.V211)
        {
            var (parties, refusal) = await PartiesOf211(call);
            if (parties is not { } pair)
            {
                return OcpiAnswer.Refused(refusal!);
            }

            options = options with { Owner = pair.Cpo, TokenOwner = pair.Emsp };
        }

        var document = new IncomingCdr(call.Body, call.Caller.Source, call.Engine.Now);
        var read = new ReadDocument(document, CdrReader.Read(document.Json, options));
        var (answer, no) = await call.Services.Posts.Take(call.Caller, read, call.Stop);
        return answer is null ? OcpiAnswer.Refused(no!) : Done(call, answer);
    }

    /// <summary>Receiver: the CDR that was posted, for its CPO to check what is stored.</summary>
    public static async Task<OcpiAnswer> Get(OcpiCall call)
    {
        if (call.Owner is not { } owner)
        {
            return OcpiAnswer.NotFound;
        }

        var stream = CdrStreams.Name(new CdrKey(owner, call.Value("id")));
        foreach (var tenant in await call.Services.Scope.Tenants(call.Caller, call.Stop))
        {
            var found = await call.Services.Stored.Find(tenant, [stream], call.Stop);
            if (found is [var cdr] && (call.Caller.OnlySource is not { } source || cdr.Received.Source == source))
            {
                return OcpiAnswer.Of(json => CdrJson.Write(json, cdr.Received, cdr.Personal, call.Version));
            }
        }

        return OcpiAnswer.NotFound;
    }

    /// <summary>
    /// Sender: the CDRs of the caller's relationships, in either direction, in the order they came in. The dates are
    /// compared with last_updated, as each version of the specification says.
    /// </summary>
    public static Task<OcpiAnswer> List(OcpiCall call) => call.Paged(
        asked => Stored(call, asked),
        (json, cdr) => CdrJson.Write(json, cdr.Received, cdr.Personal, call.Version));

    private static async Task<PartnerPage<StoredCdr>> Stored(OcpiCall call, PageAsked asked)
    {
        var tenants = await call.Services.Scope.Tenants(call.Caller, call.Stop);
        var page = await call.Services.Cdrs.Page(tenants, call.Caller.OnlySource, asked, call.Stop);
        var cdrs = new Dictionary<CdrPlace, StoredCdr>();
        foreach (var tenant in page.Items.GroupBy(item => item.Tenant, StringComparer.Ordinal))
        {
            foreach (var cdr in await call.Services.Stored.Find(tenant.Key, [.. tenant.Select(item => item.Stream)], call.Stop))
            {
                cdrs[new CdrPlace(tenant.Key, cdr.Stream)] = cdr;
            }
        }

        return new([.. page.Items.Select(item => cdrs.GetValueOrDefault(item)).OfType<StoredCdr>()], page.Total);
    }

    private static OcpiAnswer Done(OcpiCall call, IntakeAnswer answer)
    {
        if (answer.Key is not { } key)
        {
            return OcpiAnswer.Refused(answer.Reason!);
        }

        call.Http.Response.Headers.Location =
            call.Url($"cdrs/{OcpiCall.Segment(key.Owner)}/{Uri.EscapeDataString(key.Id)}");
        return answer.Outcome switch
        {
            IntakeOutcome.Conflict => OcpiAnswer.Refused(answer.Reason!),
            IntakeOutcome.Repeated => OcpiAnswer.Done,
            _ => OcpiAnswer.Created with { Message = answer.Reason?.ToString() },
        };
    }

    // 2.1.1 names neither party: the CPO is the caller, the eMSP the other side of its only relationship, or who the
    // routing headers of a newer sender name.
    private static async Task<((PartyId Cpo, PartyId Emsp)? Parties, Refusal? Refusal)> PartiesOf211(OcpiCall call)
    {
        var headers = call.Http.Request.Headers;
        var from = PartyId.Of(headers["OCPI-from-country-code"], headers["OCPI-from-party-id"]);
        var to = PartyId.Of(headers["OCPI-to-country-code"], headers["OCPI-to-party-id"]);
        var cpo = from ?? (call.Caller.IsHub ? null : PartyId.Parse(call.Caller.Partner.Key));
        if (cpo is not { } owner || !call.Caller.SpeaksFor(owner))
        {
            return (null, new Refusal(
                "cdr.owner-unknown", "A 2.1.1 CDR names no owner; state it with OCPI-from-country-code and OCPI-from-party-id."));
        }

        to ??= await call.Services.Scope.OnlyCounterparty(call.Caller, owner, call.Stop);
        return to is { } payer
            ? ((owner, payer), null)
            : (null, new Refusal(
                "cdr.payer-unknown",
                $"A 2.1.1 CDR names no payer and {owner} has not exactly one relationship; say it with OCPI-to-country-code and OCPI-to-party-id."));
    }
}
