using System.Text.Json;
using NodaTime.Text;
using Settlement.Api.Pages;
using Settlement.Api.Statements;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Periods;
using Settlement.Projections.Partners;

namespace Settlement.Api.Ocpi;

/// <summary>
/// A partner's statements: the list, and each as a file with its detail. Issued ones only; never for a hub
/// (rules-money 28).
/// </summary>
public static class StatementsEndpoint
{
    public static async Task<OcpiAnswer> List(OcpiCall call)
    {
        var tenants = call.Caller.IsHub ? [] : await call.Services.Scope.Tenants(call.Caller, call.Stop);
        return await call.Paged(asked => call.Services.Statements.Page(tenants, asked, call.Stop), Write);
    }

    /// <summary>The statement to the caller with the counterparty of the URL.</summary>
    public static async Task<OcpiAnswer> Get(OcpiCall call)
    {
        var format = call.Value("format");
        if (call.Caller.IsHub || !StatementFiles.Formats.Contains(format, StringComparer.Ordinal)
            || PartyId.Of(call.Value("country_code"), call.Value("party_id")) is not { } other
            || YearMonthPattern.Iso.Parse(call.Value("month")) is not { Success: true, Value: var month })
        {
            return OcpiAnswer.NotFound;
        }

        var book = await call.Engine.Books.Current(call.Stop);
        var counterparty = book.Home(other);
        var tenants = await call.Services.Scope.Tenants(call.Caller, call.Stop);
        foreach (var tenant in tenants)
        {
            var pair = Relationship.Parse(tenant)!.Value;
            if (!pair.Has(counterparty) || !call.Caller.Parties.Any(party => book.Home(party) == pair.Other(counterparty))
                || !await call.Services.Statements.IsIssued(tenant, call.Value("month"), call.Stop))
            {
                continue;
            }

            // reopened: what is there now is not what was issued
            var state = (await call.Engine.Closing.Book(pair, call.Stop)).Month(month).State;
            return state is PeriodState.Issued or PeriodState.HardClosed
                ? OcpiAnswer.File(Downloads.Type(format), (to, stop) => StatementFiles.Write(
                    to, format, pair.Other(counterparty), counterparty, month, call.Engine, null, stop))
                : OcpiAnswer.NotFound;
        }

        return OcpiAnswer.NotFound;
    }

    private static void Write(Utf8JsonWriter json, PartnerStatement statement)
    {
        json.WriteStartObject();
        json.WriteString("relationship", statement.Tenant);
        json.WriteString("month", statement.Month);
        json.WriteNumber("version", statement.Version);
        json.WriteString("issued_at", OcpiWriting.Time(statement.IssuedAt, OcpiVersion.V230));
        json.WriteString("document_date", LocalDatePattern.Iso.Format(statement.DocumentDate));
        json.WriteString("due_date", LocalDatePattern.Iso.Format(statement.DueDate));
        json.WriteNumber("lines", statement.Lines);
        json.WriteString("digest", statement.Digest);
        json.WriteString("merkle_root", statement.MerkleRoot);
        json.WriteStartArray("documents");
        foreach (var document in statement.Documents)
        {
            json.WriteStartObject();
            json.WriteString("number", document.Number);
            json.WriteString("kind", document.Kind);
            json.WriteString("supplier", document.Supplier);
            json.WriteString("customer", document.Customer);
            json.WriteString("issued_by", document.IssuedBy);
            json.WriteString("currency", document.Currency);
            json.WriteNumber("net_minor", document.Net);
            json.WriteNumber("tax_minor", document.Tax);
            json.WriteNumber("due_minor", document.Due);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
