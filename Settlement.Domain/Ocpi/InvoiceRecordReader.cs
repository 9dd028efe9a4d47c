using System.Text.Json;
using System.Text.Unicode;
using NodaTime;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// Reads an InvoiceReconciliationRecord. Its list of CDRs is typed as strings and drawn as objects with an id in the
/// specification's own diagrams: both are read.
/// </summary>
public static class InvoiceRecordReader
{
    private const int LongestCdrId = 255;
    private const int MostCdrs = 200_000;
    private static readonly NameTable<RecordField> Names = new();
    private static readonly NameTable<CdrField> CdrNames = new("country_code", "party_id");

    private enum RecordField { country_code, party_id, id, invoice_id, cdrs, last_updated }

    private enum CdrField { id }

    public static (InvoiceRecord? Record, Refusal? Refusal) Read(ReadOnlyMemory<byte> json)
    {
        var notes = new ReadingNotes();
        var text = JsonText.Trim(json.Span);
        InvoiceRecord? record = null;
        try
        {
            var cursor = new JsonCursor(text, notes);
            if (text.Length > JsonText.MaxBytes || !Utf8.IsValid(text) || !cursor.StartObject())
            {
                notes.RefuseWhole("json.malformed", $"is no JSON object in UTF-8 of at most {JsonText.MaxBytes} bytes");
            }
            else
            {
                record = Fields(ref cursor);
                cursor.Finish();
            }
        }
        catch (JsonException)
        {
            notes.RefuseWhole("json.malformed", JsonText.WhereMalformed(text));
        }

        return notes.Refusal is { } refusal ? (null, refusal) : (record, null);
    }

    private static InvoiceRecord? Fields(ref JsonCursor json)
    {
        string? countryCode = null, partyId = null, id = null, invoice = null;
        List<string> cdrs = [];
        Instant? updated = null;
        var seen = default(SeenMembers);
        while (json.NextMember(Names, ref seen, out var field))
        {
            switch (field)
            {
                case RecordField.country_code: countryCode = json.Code("country_code", 2); break;
                case RecordField.party_id: partyId = json.Code("party_id", 3); break;
                case RecordField.id: id = json.Text("id", 36); break;
                case RecordField.invoice_id: invoice = json.Text("invoice_id", 255); break;
                case RecordField.cdrs: cdrs = Cdrs(ref json); break;
                case RecordField.last_updated: updated = json.Time("last_updated"); break;
            }
        }

        var owner = TextPool.Party(countryCode, partyId);
        var missing = owner is null ? "country_code" : id is null ? "id" : invoice is null ? "invoice_id"
            : cdrs.Count == 0 ? "cdrs" : updated is null ? "last_updated" : null;
        if (missing is null)
        {
            return new InvoiceRecord(owner!.Value, id!, invoice!, cdrs, updated!.Value);
        }

        json.Notes.RefuseMissing("invoice-record.field-missing", missing, "an invoice record cannot be kept without it");
        return null;
    }

    private static List<string> Cdrs(ref JsonCursor json)
    {
        var cdrs = new List<string>();
        if (!json.EnterArray("cdrs"))
        {
            return cdrs;
        }

        while (json.NextElement())
        {
            var id = json.IsScalar ? json.Text("", LongestCdrId) : Id(ref json);
            if (id is not null && cdrs.Count < MostCdrs)
            {
                cdrs.Add(id);
            }
        }

        return cdrs;
    }

    private static string? Id(ref JsonCursor json)
    {
        string? id = null;
        if (json.IsObject())
        {
            var seen = default(SeenMembers);
            while (json.NextMember(CdrNames, ref seen, out _))
            {
                id = json.Text("id", LongestCdrId);
            }
        }

        return id;
    }
}
