using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Settlement.Api.Files;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Projections.EventStore;

namespace Settlement.Api.Ocpi;

/// <summary>
/// Invoice reconciliation (OCPI 2.3.0, module invoicereconciliation). Receiver: which CDRs a partner's invoice covers; a
/// record that differs from our documents is kept all the same and answered with status 1901 and what differs.
/// Sender: the same of the documents issued here.
/// </summary>
public static class InvoiceRecordsEndpoint
{
    private const int Attempts = 10;

    /// <summary>Kept, and it differs (1900 to 1999 are free for such answers, OCPI 2.2.1 §5).</summary>
    private const int Differs = 1901;

    public static async Task<OcpiAnswer> List(OcpiCall call)
    {
        // an invoice is a statement too
        var tenants = await call.Services.Scope.TenantsOfStatements(call.Caller, call.Stop);
        return await call.Paged(asked => call.Services.Statements.Invoices(tenants, asked, call.Stop), Write);
    }

    public static async Task<OcpiAnswer> Get(OcpiCall call) => await Find(call) is { } known
        ? OcpiAnswer.Of(json => Write(json, known.Fact.Record))
        : OcpiAnswer.NotFound;

    public static async Task<OcpiAnswer> Post(OcpiCall call)
    {
        var (record, refusal) = InvoiceRecordReader.Read(call.Body);
        if (record is null)
        {
            return OcpiAnswer.Refused(refusal!);
        }

        if (!call.Caller.SpeaksFor(record.Owner))
        {
            return OcpiAnswer.Refused(new Refusal(
                "invoice-record.foreign-owner", $"The record belongs to {record.Owner}, for whom this token does not speak."));
        }

        if (record.Id is "." or "..")
        {
            return OcpiAnswer.Refused(new Refusal(
                "invoice-record.id-unaddressable", "An id of dots alone is left out of every URL; send another one."));
        }

        call.Http.Response.Headers.Location =
            call.Url($"invoicereconciliation/{OcpiCall.Segment(record.Owner)}/{Uri.EscapeDataString(record.Id)}");
        return await Record(call, record, mayReplace: false);
    }

    public static async Task<OcpiAnswer> Put(OcpiCall call)
    {
        if (call.Owner is not { } owner)
        {
            return OcpiAnswer.NotFound;
        }

        var (record, refusal) = InvoiceRecordReader.Read(call.Body);
        if (record is null)
        {
            return OcpiAnswer.Refused(refusal!);
        }

        return record.Owner == owner && string.Equals(record.Id, call.Value("id"), StringComparison.OrdinalIgnoreCase)
            ? await Record(call, record, mayReplace: true)
            : OcpiAnswer.Refused(new Refusal("invoice-record.other-id", "Owner or id in the body are not those of the URL."));
    }

    public static async Task<OcpiAnswer> Delete(OcpiCall call)
    {
        if (await Find(call) is not { } known)
        {
            return OcpiAnswer.NotFound;
        }

        var record = known.Fact.Record;
        var fact = new InvoiceRecordFact.InvoiceRecordWithdrawn(record.Owner, record.Id, call.Engine.Now);
        await Append(call, known.Tenant, Stream(record.Owner, record.Id), known.Event.Version, fact);
        return OcpiAnswer.Done;
    }

    public static void Write(Utf8JsonWriter json, InvoiceRecord record)
    {
        json.WriteStartObject();
        json.WriteString("country_code", record.Owner.CountryCode);
        json.WriteString("party_id", record.Owner.Code);
        json.WriteString("id", record.Id);
        json.WriteString("invoice_id", record.InvoiceId);
        json.WriteStrings("cdrs", record.Cdrs);
        json.WriteString("last_updated", OcpiWriting.Time(record.LastUpdated, OcpiVersion.V230));
        json.WriteEndObject();
    }

    private sealed record Known(string Tenant, Recorded Event, InvoiceRecordFact.InvoiceRecordReceived Fact);

    private static string Stream(PartyId owner, string id) => $"invoice-record/{owner}/{id}".ToLowerInvariant();

    private static async Task<Known?> Find(OcpiCall call) =>
        call.Owner is { } owner ? (await Look(call, owner, call.Value("id"))).Known : null;

    /// <summary>Known null with a tenant: it was withdrawn, or somebody else sent it.</summary>
    private static async Task<(Known? Known, string? Tenant, long Version, bool IsOthers)> Look(
        OcpiCall call, PartyId owner, string id)
    {
        foreach (var tenant in await call.Services.Scope.Tenants(call.Caller, call.Stop))
        {
            var last = await call.Engine.Store.LastEvent(tenant, Stream(owner, id), call.Stop);
            if (last?.Fact is InvoiceRecordFact.InvoiceRecordReceived fact
                && (call.Caller.OnlySource is not { } source || fact.Source == source))
            {
                return (new Known(tenant, last, fact), tenant, last.Version, false);
            }

            if (last is not null)
            {
                return (null, tenant, last.Version, call.Caller.IsHub && last.Actor != call.Actor);
            }
        }

        return default;
    }

    private static async Task<OcpiAnswer> Record(OcpiCall call, InvoiceRecord record, bool mayReplace)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var (known, tenant, version, isOthers) = await Look(call, record.Owner, record.Id);
            if (isOthers)
            {
                return OcpiAnswer.Refused(OcpiCall.NotTheHubs);
            }

            if (known is not null && Equal(known.Fact.Record, record))
            {
                return await Compared(call, known.Tenant, record, OcpiAnswer.Done);
            }

            if (known is not null && !mayReplace)
            {
                return OcpiAnswer.Refused(new Refusal(
                    "invoice-record.exists", $"Record {record.Id} is there with other content; PUT corrects it."));
            }

            tenant ??= await TenantOf(call, record);
            if (tenant is null)
            {
                return OcpiAnswer.Refused(new Refusal(
                    "invoice-record.unknown-cdrs", "The listed CDRs are not all of one relationship of this token."));
            }

            var fact = new InvoiceRecordFact.InvoiceRecordReceived(record, call.Engine.Now, call.Caller.Source);
            if (await Append(call, tenant, Stream(record.Owner, record.Id), version, fact))
            {
                return await Compared(call, tenant, record, known is null ? OcpiAnswer.Created : OcpiAnswer.Done);
            }
        }

        throw new InvalidOperationException($"Record {record.Id} changes faster than it can be written.");
    }

    private static async Task<OcpiAnswer> Compared(OcpiCall call, string tenant, InvoiceRecord record, OcpiAnswer answer)
    {
        var pairs = (await call.Services.Scope.Tenants(call.Caller, call.Stop))
            .Select(each => Relationship.Parse(each)!.Value).ToList();
        var book = await call.Engine.Books.Current(call.Stop);
        var findings = await call.Services.Records.Compare(tenant, record, pairs, book, call.Stop);
        return findings.Count == 0 ? answer : answer with { Status = Differs, Message = string.Join(" ", findings) };
    }

    private static async Task<bool> Append(
        OcpiCall call, string tenant, string stream, long version, InvoiceRecordFact fact)
    {
        var id = $"{stream}@{version + 1}";
        var answer = await call.Engine.Store.Append(
            tenant,
            new StoreCommand(
                id, SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize((object)fact))),
                [new StreamFacts(stream, "invoice-record", version, [fact])], call.Actor),
            call.Stop);
        return answer is AppendAnswer.Stored;
    }

    // Ids alone do not tell the relationship: it is the one that holds these CDRs, else the owner's only one.
    private static async Task<string?> TenantOf(OcpiCall call, InvoiceRecord record)
    {
        var tenants = await call.Services.Scope.Tenants(call.Caller, call.Stop);
        var holding = (await call.Services.Cdrs.Holding(tenants, record.Cdrs, call.Stop))
            .Select(row => row.Tenant).Distinct(StringComparer.Ordinal).ToList();
        if (holding.Count > 0)
        {
            return holding is [var only] ? only : null;
        }

        return await call.Services.Scope.OnlyCounterparty(call.Caller, record.Owner, call.Stop) is { } other
            ? await call.Services.Scope.Between(record.Owner, other, call.Stop)
            : null;
    }

    private static bool Equal(InvoiceRecord one, InvoiceRecord other) =>
        one.InvoiceId == other.InvoiceId && one.Cdrs.SequenceEqual(other.Cdrs, StringComparer.OrdinalIgnoreCase);
}
