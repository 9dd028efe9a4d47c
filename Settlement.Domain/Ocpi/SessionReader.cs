using System.Text.Json;
using System.Text.Unicode;
using NodaTime;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>Reads OCPI 2.1.1, 2.2.1 and 2.3.0 sessions leniently.</summary>
/// <remarks>Refusals never hold what identifies a driver.</remarks>
public static class SessionReader
{
    private static readonly NameTable<SessionField> Names = new(
        "auth_method", "authorization_reference", "connector_id", "meter_id", "charging_periods");

    private static readonly NameTable<TokenField> TokenNames = new("type");
    private static readonly NameTable<PlaceField> PlaceNames = new(
        "type", "name", "address", "city", "postal_code", "state", "country", "coordinates", "related_locations",
        "directions", "operator", "suboperator", "owner", "facilities", "time_zone", "opening_times",
        "charging_when_closed", "images", "energy_mix", "last_updated", "evses");

    private static readonly NameTable<PriceField> PriceNames = new("incl_vat", "taxes", "after_taxes");

    private enum SessionField
    {
        country_code, party_id, id, start_date_time, start_datetime, end_date_time, end_datetime, kwh, cdr_token,
        auth_id, location_id, location, evse_uid, currency, total_cost, status, last_updated,
    }

    private enum TokenField { country_code, party_id, uid, contract_id }

    private enum PlaceField { id }

    private enum PriceField { excl_vat, before_taxes }

    /// <param name="options">Owner and token owner where the session names none (2.1.1).</param>
    public static SessionReading Read(ReadOnlyMemory<byte> json, CdrReadOptions options)
    {
        var notes = new ReadingNotes();
        var text = JsonText.Trim(json.Span);
        SessionReading.Read? read = null;
        try
        {
            var cursor = new JsonCursor(text, notes);
            if (text.Length > JsonText.MaxBytes || !Utf8.IsValid(text) || !cursor.StartObject())
            {
                notes.RefuseWhole("json.malformed", $"is no JSON object in UTF-8 of at most {JsonText.MaxBytes} bytes");
            }
            else
            {
                read = new Draft().Read(ref cursor, options);
                cursor.Finish();
            }
        }
        catch (JsonException)
        {
            notes.RefuseWhole("json.malformed", JsonText.WhereMalformed(text));
        }

        return notes.Refusal is null && read is not null ? read : new SessionReading.Unreadable(
            notes.Refusal ?? throw new InvalidOperationException("no session, no reason"));
    }

    private sealed class Draft
    {
        private string? countryCode, partyId, id, tokenCountry, tokenParty, uid, contract, location, evse, currency, status;
        private Instant? start, end, updated;
        private decimal? kwh, cost;

        public SessionReading.Read? Read(ref JsonCursor json, CdrReadOptions options)
        {
            var seen = default(SeenMembers);
            while (json.NextMember(Names, ref seen, out var field))
            {
                Field(ref json, field);
            }

            var owner = TextPool.Party(countryCode, partyId) ?? options.Owner;
            var payer = TextPool.Party(tokenCountry, tokenParty) ?? options.TokenOwner;
            var missing = id is null ? "id" : owner is null ? "country_code" : payer is null ? "cdr_token"
                : start is null ? "start_date_time" : status is null ? "status" : null;
            if (missing is not null)
            {
                json.Notes.RefuseMissing("session.field-missing", missing, "a session cannot be kept without it");
                return null;
            }

            if (new[] { id, location, evse, status, currency }.Any(new DriverWords(uid, contract).AreIn))
            {
                json.Notes.Refuse("session.names-driver", "", "id or place name the driver; neither may");
                return null;
            }

            return new SessionReading.Read(
                new ReportedSession(
                    options.Version ?? OcpiVersion.V221, owner!.Value, payer!.Value, id!, status!, start!.Value, end,
                    kwh ?? 0m, currency ?? "", location, evse, cost, updated),
                new PersonalData { TokenUid = uid, ContractId = contract });
        }

        private void Field(ref JsonCursor json, SessionField field)
        {
            switch (field)
            {
                case SessionField.country_code: countryCode = json.Code("country_code", 2); break;
                case SessionField.party_id: partyId = json.Code("party_id", 3); break;
                case SessionField.id: id = json.Text("id", 36); break;
                case SessionField.start_date_time: start ??= json.Time("start_date_time"); break;
                case SessionField.start_datetime: start ??= json.Time("start_datetime"); break;
                case SessionField.end_date_time: end ??= json.Time("end_date_time"); break;
                case SessionField.end_datetime: end ??= json.Time("end_datetime"); break;
                case SessionField.kwh: kwh = json.Number("kwh"); break;
                case SessionField.cdr_token: Token(ref json); break;
                case SessionField.auth_id: uid ??= json.Text("auth_id", 36); break;
                case SessionField.location_id: location = json.Word("location_id", 39); break;
                case SessionField.location: Place(ref json); break;
                case SessionField.evse_uid: evse = json.Word("evse_uid", 36); break;
                case SessionField.currency: currency = json.Code("currency", 3); break;
                case SessionField.total_cost: Cost(ref json); break;
                case SessionField.status: status = json.Code("status", 36); break;
                case SessionField.last_updated: updated = json.Time("last_updated"); break;
            }
        }

        private void Token(ref JsonCursor json)
        {
            if (!json.EnterObject("cdr_token"))
            {
                return;
            }

            var seen = default(SeenMembers);
            while (json.NextMember(TokenNames, ref seen, out var field))
            {
                switch (field)
                {
                    case TokenField.country_code: tokenCountry = json.Code("country_code", 2); break;
                    case TokenField.party_id: tokenParty = json.Code("party_id", 3); break;
                    case TokenField.uid: uid = json.Text("uid", 36); break;
                    case TokenField.contract_id: contract = json.Text("contract_id", 36); break;
                }
            }

            json.Notes.Leave();
        }

        private void Place(ref JsonCursor json)
        {
            if (!json.EnterObject("location"))
            {
                return;
            }

            var seen = default(SeenMembers);
            while (json.NextMember(PlaceNames, ref seen, out _))
            {
                location = json.Word("id", 39);
            }

            json.Notes.Leave();
        }

        private void Cost(ref JsonCursor json)
        {
            if (json.IsScalar)
            {
                cost = json.Number("total_cost");
                return;
            }

            if (!json.EnterObject("total_cost"))
            {
                return;
            }

            var seen = default(SeenMembers);
            while (json.NextMember(PriceNames, ref seen, out var field))
            {
                cost = json.Number(field.ToString());
            }

            json.Notes.Leave();
        }
    }
}
