using System.Text.Json;
using System.Text.Unicode;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>Reads OCPI 2.1.1, 2.2.1 and 2.3.0 CDRs leniently into the one canonical model.</summary>
/// <remarks>
/// What identifies a driver goes to <see cref="PersonalData"/> alone: never into the Cdr, a finding, a name
/// of an unknown member or a refusal.
/// </remarks>
public static class CdrReader
{
    public static CdrReading Read(ReadOnlyMemory<byte> json, CdrReadOptions options)
    {
        var draft = new CdrDraft();
        var text = JsonText.Trim(json.Span);
        if (text.Length > JsonText.MaxBytes)
        {
            draft.Notes.RefuseWhole(
                "cdr.too-large", $"the CDR has {text.Length} bytes; at most {JsonText.MaxBytes} are read");
            return draft.Finish(options);
        }

        try
        {
            var cursor = new JsonCursor(text, draft.Notes);
            if (!Utf8.IsValid(text))
            {
                draft.Notes.RefuseWhole("json.not-utf8", "the document is not UTF-8");
            }
            else if (!cursor.StartObject())
            {
                draft.Notes.RefuseWhole("json.malformed", "the document is no JSON object");
            }
            else
            {
                CdrFields.Read(ref cursor, draft, options.Tariffs);
                cursor.Finish();
            }
        }
        catch (JsonException)
        {
            draft.Notes.RefuseWhole("json.malformed", JsonText.WhereMalformed(text));
        }

        return draft.Finish(options);
    }
}
