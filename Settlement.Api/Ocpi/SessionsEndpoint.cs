using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ocpi;
using Settlement.Projections.EventStore;

namespace Settlement.Api.Ocpi;

/// <summary>
/// Sessions, receiver (OCPI 2.2.1 §9.2.2): what runs and what ended, so that it can be told whether every session got
/// its CDR. Nothing is owed by a session. The object itself is kept sealed under the driver's key.
/// </summary>
public static class SessionsEndpoint
{
    private const int Attempts = 10;

    public static async Task<OcpiAnswer> Get(OcpiCall call)
    {
        if (await Find(call) is not { } known)
        {
            return OcpiAnswer.NotFound;
        }

        var content = await Content(call, known);
        return OcpiAnswer.Of(json =>
        {
            using var sent = content is null ? null : JsonDocument.Parse(content);
            SessionJson.Write(json, known.Fact.Session, sent?.RootElement, known.Fact.ReceivedAt, call.Version);
        });
    }

    public static async Task<OcpiAnswer> Put(OcpiCall call)
    {
        if (call.Owner is not { } owner)
        {
            return OcpiAnswer.NotFound;
        }

        var (body, refusal) = OcpiMerge.Read(call.Body);
        if (body is null)
        {
            return OcpiAnswer.Refused(refusal!);
        }

        body.Dispose();
        return await Record(call, owner, call.Body);
    }

    public static async Task<OcpiAnswer> Patch(OcpiCall call)
    {
        if (await Find(call) is not { } known || await Content(call, known) is not { } content)
        {
            return OcpiAnswer.NotFound;
        }

        var (patch, refusal) = OcpiMerge.Read(call.Body);
        if (patch is null)
        {
            return OcpiAnswer.Refused(refusal!);
        }

        using (patch)
        using (var before = JsonDocument.Parse(content))
        {
            var merged = OcpiMerge.Merge(before.RootElement, patch.RootElement, appended: "charging_periods");
            return await Record(call, call.Owner!.Value, merged);
        }
    }

    private sealed record Known(string Tenant, Recorded Event, SessionReportFact.SessionReported Fact);

    private static string Stream(PartyId owner, string id) => $"report/{owner}/{id}".ToLowerInvariant();

    private static async Task<Known?> Find(OcpiCall call)
    {
        if (call.Owner is not { } owner)
        {
            return null;
        }

        foreach (var tenant in await call.Services.Scope.Tenants(call.Caller, call.Stop))
        {
            if (await call.Engine.Store.LastEvent(tenant, Stream(owner, call.Value("id")), call.Stop) is
                { Fact: SessionReportFact.SessionReported fact } last
                && (call.Caller.OnlySource is not { } source || fact.Source == source))
            {
                return new Known(tenant, last, fact);
            }
        }

        return null;
    }

    private static Task<byte[]?> Content(OcpiCall call, Known known) => call.Engine.Vault.OpenFor(
        known.Tenant, known.Fact.Driver, known.Event.Stream, known.Fact.Sealed, call.Stop);

    private static async Task<OcpiAnswer> Record(OcpiCall call, PartyId owner, ReadOnlyMemory<byte> json)
    {
        var payer = await call.Services.Scope.OnlyCounterparty(call.Caller, owner, call.Stop);
        var options = new CdrReadOptions { Version = call.Version, Owner = owner, TokenOwner = payer };
        var reading = SessionReader.Read(json, options);
        if (reading is not SessionReading.Read read)
        {
            return OcpiAnswer.Refused(((SessionReading.Unreadable)reading).Refusal);
        }

        var session = read.Session;
        if (session.Cpo != owner || !string.Equals(session.Id, call.Value("id"), StringComparison.OrdinalIgnoreCase))
        {
            return OcpiAnswer.Refused(new Refusal("session.other-id", "Owner or id in the body are not those of the URL."));
        }

        if (await call.Services.Scope.Between(owner, session.Emsp, call.Stop) is not { } tenant)
        {
            return OcpiAnswer.Refused(new Refusal(
                "agreement.none", $"There is no agreement between {owner} and {session.Emsp}."));
        }

        if (await call.WouldReplaceOthers(tenant, Stream(owner, session.Id)))
        {
            return OcpiAnswer.Refused(OcpiCall.NotTheHubs);
        }

        var isNew = await Append(call, tenant, Stream(owner, session.Id), read, json);
        return isNew ? OcpiAnswer.Created : OcpiAnswer.Done;
    }

    /// <summary>True: the first that is known of the session.</summary>
    private static async Task<bool> Append(
        OcpiCall call, string tenant, string stream, SessionReading.Read read, ReadOnlyMemory<byte> json)
    {
        var vault = call.Engine.Vault;
        var driver = vault.Pseudonym(tenant, read.Session.Emsp, read.Personal);
        var keys = await vault.PrepareKeys(tenant, [driver], call.Stop);
        var sealedObject = keys.SealFor(driver, stream, JsonText.Trim(json.Span));
        var fact = new SessionReportFact.SessionReported(
            read.Session, driver, sealedObject, call.Engine.Now, call.Caller.Source);
        for (var attempt = 1; ; attempt++)
        {
            var last = await call.Engine.Store.LastEvent(tenant, stream, call.Stop);
            if (last is { Fact: SessionReportFact.SessionReported before } && before.Sealed == sealedObject)
            {
                return false; // the same again
            }

            if (last is { Fact: SessionReportFact.SessionReported { Session.LastUpdated: { } known } }
                && read.Session.LastUpdated < known)
            {
                return false; // older than what is known: it never replaces that
            }

            var version = last?.Version ?? 0;
            var answer = await call.Engine.Store.Append(
                tenant,
                new StoreCommand(
                    $"{stream}@{version + 1}", SHA256.HashData(Encoding.UTF8.GetBytes(sealedObject)),
                    [new StreamFacts(stream, "report", version, [fact])], call.Actor),
                call.Stop);
            if (answer is AppendAnswer.Stored)
            {
                return version == 0;
            }

            if (attempt == Attempts)
            {
                throw new InvalidOperationException(((AppendAnswer.Refused)answer).Refusal.ToString());
            }
        }
    }
}
