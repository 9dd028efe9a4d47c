using System.Globalization;
using System.Text;
using System.Text.Json;
using NodaTime.Text;
using Settlement.Api.Files;
using Settlement.Api.Statements;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Ledger;
using Settlement.Domain.Periods;
using Settlement.Domain;
using Settlement.Projections.Partners;
using Settlement.Projections.Statements;

namespace Settlement.Api.Ocpi;

/// <summary>
/// A partner's statements: the list, each as a file with its detail, and the proof of each line. Issued ones only;
/// never for a hub (rules-money 28).
/// </summary>
public static class StatementsEndpoint
{
    public static async Task<OcpiAnswer> List(OcpiCall call)
    {
        var tenants = await call.Services.Scope.TenantsOfStatements(call.Caller, call.Stop);
        return await call.Paged(
            async asked => await Stated(call, await call.Services.Statements.Page(tenants, asked, call.Stop)), Write);
    }

    // whether a month was opened again is known to the log alone
    private static async Task<PartnerPage<PartnerStatement>> Stated(OcpiCall call, PartnerPage<PartnerStatement> page)
    {
        var books = new Dictionary<string, PeriodBook>(StringComparer.Ordinal);
        foreach (var tenant in page.Items.Select(item => item.Tenant).Distinct(StringComparer.Ordinal))
        {
            books[tenant] = await call.Engine.Closing.Book(Relationship.Parse(tenant)!.Value, call.Stop);
        }

        return page with
        {
            Items =
            [
                .. page.Items.Select(item => item with
                {
                    IsReopened = !books[item.Tenant].Month(YearMonthPattern.Iso.Parse(item.Month).Value).IsIssued,
                }),
            ],
        };
    }

    /// <summary>
    /// The statement to the caller with the counterparty of the URL; of a month that was opened again the version that
    /// went out last, and a header says so.
    /// </summary>
    public static async Task<OcpiAnswer> Get(OcpiCall call)
    {
        var format = call.Value("format");
        if (!StatementFiles.Formats.Contains(format, StringComparer.Ordinal) || await Find(call) is not { } found)
        {
            return OcpiAnswer.NotFound;
        }

        var upTo = found.IsReopened ? found.Period.IssuedUpTo : (long?)null;
        call.Http.Response.Headers["Statement-State"] = found.IsReopened ? "reopened" : "issued";
        return OcpiAnswer.File(FileTypes.Of(format), (to, stop) => StatementFiles.Write(
            to, format, found.Pair.Other(found.Counterparty), found.Counterparty, found.Period.Month, call.Engine, null,
            stop, upTo));
    }

    /// <summary>
    /// Shows that one line is on the statement it was issued with, without the other lines (RFC 6962 §2.1.1). Lines are
    /// named by their log number, as the detail file has it.
    /// </summary>
    public static async Task<OcpiAnswer> Proof(OcpiCall call)
    {
        if (await Find(call) is not { } found
            || !long.TryParse(call.Value("line"), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || found.Period.Issued.FirstOrDefault(
                issued => number > issued.Draft.PreviousCutOff && number <= issued.Draft.CutOff) is not { } version)
        {
            return OcpiAnswer.NotFound;
        }

        var tree = new MerkleTree();
        var leaf = "";
        var lines = new LineFilter(found.Pair.ToString(), found.Period.Month, UpTo: version.Draft.CutOff);
        await foreach (var line in call.Engine.Reports.Lines(lines, after: version.Draft.PreviousCutOff, stop: call.Stop))
        {
            var text = StatementLeaf.Of(line);
            leaf = line.Number == number ? Encoding.UTF8.GetString(text) : leaf;
            tree.Add(text, isProved: line.Number == number);
        }

        return tree.Proof() is { } proof
            ? OcpiAnswer.Of(json => Write(json, leaf, proof, version.Draft))
            : OcpiAnswer.NotFound;
    }

    private sealed record Found(Relationship Pair, PartyId Counterparty, Period Period)
    {
        public bool IsReopened => !Period.IsIssued;
    }

    /// <summary>A month of which a statement went out to the caller, with the counterparty of the URL.</summary>
    private static async Task<Found?> Find(OcpiCall call)
    {
        if (PartyId.Of(call.Value("country_code"), call.Value("party_id")) is not { } other
            || IsoText.Month(call.Value("month")) is not { } month)
        {
            return null;
        }

        var book = await call.Engine.Books.Current(call.Stop);
        var counterparty = book.Home(other);
        foreach (var tenant in await call.Services.Scope.TenantsOfStatements(call.Caller, call.Stop))
        {
            var pair = Relationship.Parse(tenant)!.Value;
            if (pair.Has(counterparty) && call.Caller.Parties.Any(party => book.Home(party) == pair.Other(counterparty))
                && await call.Services.Statements.IsIssued(tenant, call.Value("month"), call.Stop))
            {
                return new Found(pair, counterparty, (await call.Engine.Closing.Book(pair, call.Stop)).Month(month));
            }
        }

        return null;
    }

    private static void Write(Utf8JsonWriter json, string leaf, MerkleProof proof, StatementDraft draft)
    {
        json.WriteStartObject();
        json.WriteNumber("version", draft.Version);
        json.WriteString("merkle_root", draft.MerkleRoot);
        json.WriteString("leaf", leaf);
        json.WriteNumber("leaf_index", proof.Index);
        json.WriteNumber("leaves", proof.Count);
        json.WriteStrings("path", proof.Path);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PartnerStatement statement)
    {
        json.WriteStartObject();
        json.WriteString("relationship", statement.Tenant);
        json.WriteString("month", statement.Month);
        json.WriteNumber("version", statement.Version);
        json.WriteString("state", statement.IsReopened ? "reopened" : "issued");
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
            var currency = Currency.Of(document.Currency);
            json.WriteString("net", new Money(document.Net, currency).Text());
            json.WriteString("tax", new Money(document.Tax, currency).Text());
            json.WriteString("due", new Money(document.Due, currency).Text());
            json.WriteNumber("net_minor", document.Net);
            json.WriteNumber("tax_minor", document.Tax);
            json.WriteNumber("due_minor", document.Due);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
