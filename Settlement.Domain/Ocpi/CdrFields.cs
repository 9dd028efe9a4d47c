using System.Security.Cryptography;
using System.Text;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>The members of the CDR object, of all three versions.</summary>
internal static class CdrFields
{
    private static readonly NameTable<CdrField> Names = new("booking_id");
    private static readonly NameTable<TokenField> TokenNames =
        new("visual_number", "issuer", "group_id", "valid", "whitelist", "language", "last_updated");

    private enum CdrField
    {
        country_code, party_id, id, start_date_time, end_date_time, stop_date_time, session_id, auth_id,
        cdr_token, auth_method, authorization_reference, cdr_location, location, meter_id, currency, tariffs,
        charging_periods, signed_data, total_cost, total_fixed_cost, total_energy, total_energy_cost,
        total_time, total_time_cost, total_parking_time, total_parking_cost, total_reservation_cost, remark,
        invoice_reference_id, credit, credit_reference_id, home_charging_compensation, last_updated,
    }

    private enum TokenField { country_code, party_id, uid, type, contract_id }

    public static void Read(ref JsonCursor json, CdrDraft draft, TariffCache? cache)
    {
        var seen = default(SeenMembers);
        while (json.NextMember(Names, ref seen, out var field))
        {
            switch (field)
            {
                case CdrField.tariffs:
                    Tariffs(ref json, draft, cache);
                    break;
                case CdrField.charging_periods:
                    PeriodReader.Read(ref json, draft);
                    break;
                case CdrField.cdr_token:
                    Token(ref json, draft);
                    break;
                case CdrField.cdr_location:
                    CdrLocationReader.Read(ref json, draft);
                    break;
                case CdrField.location:
                    draft.HasFullLocation = true;
                    CdrLocationReader.ReadFull(ref json, draft);
                    break;
                case CdrField.signed_data:
                    SignedData(ref json, draft);
                    break;
                case >= CdrField.total_cost and <= CdrField.total_reservation_cost:
                    Total(ref json, draft, field);
                    break;
                default:
                    Plain(ref json, draft, field);
                    break;
            }
        }
    }

    private static void Plain(ref JsonCursor json, CdrDraft draft, CdrField field)
    {
        switch (field)
        {
            case CdrField.country_code: draft.CountryCode = json.Code("country_code", 2); break;
            case CdrField.party_id: draft.PartyId = json.Code("party_id", 3); break;
            case CdrField.id: draft.Id = json.Text("id", 39); break;
            case CdrField.start_date_time: draft.Start = json.Time("start_date_time"); break;
            case CdrField.end_date_time: draft.End = json.Time("end_date_time"); break;
            case CdrField.stop_date_time:
                draft.HasStop = true;
                draft.End ??= json.Time("stop_date_time");
                break;
            case CdrField.session_id: draft.SessionId = json.Text("session_id", 36); break;
            case CdrField.auth_id: draft.AuthId = json.Text("auth_id", 36); break;
            case CdrField.auth_method: draft.AuthMethod = json.Code("auth_method", 36); break;
            case CdrField.authorization_reference:
                draft.AuthorizationReference = json.Text("authorization_reference", 36);
                break;
            case CdrField.meter_id: draft.MeterId = json.Word("meter_id", 255); break;
            case CdrField.currency: draft.Currency = json.Code("currency", 3); break;
            case CdrField.remark: draft.Remark = json.Text("remark", 255); break;
            case CdrField.invoice_reference_id:
                draft.InvoiceReferenceId = json.Word("invoice_reference_id", 39);
                break;
            case CdrField.credit: draft.Credit = json.Flag("credit") ?? false; break;
            case CdrField.credit_reference_id:
                draft.CreditReferenceId = json.Text("credit_reference_id", 39);
                break;
            case CdrField.home_charging_compensation:
                draft.HomeCharging = json.Flag("home_charging_compensation") ?? false;
                break;
            case CdrField.last_updated: draft.LastUpdated = json.Time("last_updated"); break;
        }
    }

    private static void Total(ref JsonCursor json, CdrDraft draft, CdrField field)
    {
        switch (field)
        {
            case CdrField.total_cost:
                draft.TotalCostIsNumber = json.IsScalar;
                draft.TotalCost = Price(ref json, "total_cost", draft);
                break;
            case CdrField.total_fixed_cost:
                draft.TotalFixedCost = Price(ref json, "total_fixed_cost", draft);
                break;
            case CdrField.total_energy_cost:
                draft.TotalEnergyCost = Price(ref json, "total_energy_cost", draft);
                break;
            case CdrField.total_time_cost:
                draft.TotalTimeCost = Price(ref json, "total_time_cost", draft);
                break;
            case CdrField.total_parking_cost:
                draft.TotalParkingCost = Price(ref json, "total_parking_cost", draft);
                break;
            case CdrField.total_reservation_cost:
                draft.TotalReservationCost = Price(ref json, "total_reservation_cost", draft);
                break;
            case CdrField.total_energy: draft.TotalEnergy = json.Number("total_energy"); break;
            case CdrField.total_time: draft.TotalTime = json.Number("total_time"); break;
            case CdrField.total_parking_time: draft.TotalParking = json.Number("total_parking_time"); break;
        }
    }

    private static Price? Price(ref JsonCursor json, string name, CdrDraft draft)
    {
        var price = PriceReader.Read(ref json, name, out var isV230);
        draft.IsV230 |= isV230;
        return price;
    }

    private static void Token(ref JsonCursor json, CdrDraft draft)
    {
        if (!json.EnterObject("cdr_token"))
        {
            return;
        }

        draft.HasToken = true;
        var seen = default(SeenMembers);
        while (json.NextMember(TokenNames, ref seen, out var field))
        {
            switch (field)
            {
                case TokenField.country_code: draft.TokenCountryCode = json.Code("country_code", 2); break;
                case TokenField.party_id: draft.TokenPartyId = json.Code("party_id", 3); break;
                case TokenField.uid: draft.TokenUid = json.Text("uid", 36); break;
                case TokenField.type: draft.TokenType = json.Code("type", 36); break;
                case TokenField.contract_id: draft.ContractId = json.Text("contract_id", 36); break;
            }
        }

        json.Notes.Leave();
    }

    private static void SignedData(ref JsonCursor json, CdrDraft draft)
    {
        var raw = json.Raw();
        draft.SignedData = Encoding.UTF8.GetString(raw);
        draft.SignedDataSha256 = Convert.ToHexStringLower(SHA256.HashData(raw));
    }

    private static void Tariffs(ref JsonCursor json, CdrDraft draft, TariffCache? cache)
    {
        if (!json.EnterArray("tariffs"))
        {
            return;
        }

        while (true)
        {
            if (cache is not null && json.TryTakeKnown(cache, out var known))
            {
                draft.AddTariff(known, json.Notes.Index);
                continue;
            }

            if (!json.NextElement())
            {
                return;
            }

            if (json.IsObject())
            {
                var bytes = json.Raw();
                known = new KnownTariff(bytes.ToArray(), TariffReader.Parse(bytes));
                draft.AddTariff(cache?.Add(known) ?? known, json.Notes.Index);
            }
        }
    }
}
