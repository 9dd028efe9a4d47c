using System.Globalization;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Domain.Ocpi;

internal sealed partial class CdrDraft
{
    /// <summary>An identifier shorter than this inside another text is chance.</summary>
    private const int ShortestTelling = 6;

    /// <summary>The longest id under which a CDR can be kept: OCPI allows 39.</summary>
    private const int LongestKey = 255;

    public CdrReading Finish(CdrReadOptions options)
    {
        var version = options.Version ?? Recognised();
        var owner = Party(CountryCode, PartyId, options.Owner, "");
        var tokenOwner = Party(TokenCountryCode, TokenPartyId, options.TokenOwner, "/cdr_token");
        CheckComplete(owner, tokenOwner);
        KeepDriverApart();
        var readTariffs = Tariffs(version);
        Reconcile(version);
        HideDriver();
        if (Notes.Refusal is { } refusal)
        {
            return new CdrReading.Unreadable(
                refusal, owner, tokenOwner, Id is { Length: <= LongestKey } ? Id : null)
            {
                Findings = Notes.Findings,
                UnknownFields = Notes.UnknownFields,
                UnknownFieldNames = Notes.UnknownFieldNames,
            };
        }

        var cdr = Cdr(version, new CdrKey(owner!.Value, Id!), tokenOwner!.Value, readTariffs);
        return new CdrReading.Read(cdr, Personal())
        {
            Findings = Notes.Findings,
            UnknownFields = Notes.UnknownFields,
            UnknownFieldNames = Notes.UnknownFieldNames,
        };
    }

    /// <summary>before_taxes and tax_included are of 2.3.0 only; a CDR without a token is of 2.1.1.</summary>
    private OcpiVersion Recognised() =>
        IsV230 ? OcpiVersion.V230
        : !HasToken && (HasStop || AuthId is not null || HasFullLocation || TotalCostIsNumber)
            ? OcpiVersion.V211
        : OcpiVersion.V221;

    private PartyId? Party(string? country, string? party, PartyId? told, string where)
    {
        if (country is null && party is null)
        {
            return told;
        }

        var read = TextPool.Party(country, party);
        if (read is null)
        {
            Notes.RefuseWhole(
                IntakeFindings.PartyMalformed,
                $"{where}/country_code and party_id are not two letters and three characters");
        }

        return read;
    }

    private void CheckComplete(PartyId? owner, PartyId? tokenOwner)
    {
        if (Id is { Length: > LongestKey })
        {
            Notes.Refuse(
                "cdr.id-too-long", "id", $"has {Id.Length} characters; at most {LongestKey} are kept");
        }

        Need(Id is not null, "id");
        Need(owner is not null, "country_code");
        Need(tokenOwner is not null, "cdr_token");
        Need(Start is not null, "start_date_time");
        Need(End is not null, HasStop ? "stop_date_time" : "end_date_time");
        Need(Currency is not null, "currency");
        if (TotalCost?.BeforeTaxes is null && TotalCost?.AfterTaxes is null && Notes.Refusal is null)
        {
            Notes.Find(
                IntakeFindings.TotalMissing, "total_cost",
                "the CPO claims no amount, so none can be compared");
        }

        Expect(TotalEnergy is not null, "total_energy", "read as 0");
        Expect(TotalTime is not null, "total_time", "read as 0");
        Expect(
            HasLocation && Place.Id is not null, HasFullLocation ? "location" : "cdr_location",
            "the place is unknown");
    }

    private void Need(bool present, string field)
    {
        if (!present)
        {
            Notes.Refuse(
                IntakeFindings.FieldMissing, field,
                "missing or not readable, and a CDR cannot be kept without it");
        }
    }

    private void Expect(bool present, string field, string instead)
    {
        if (!present && Notes.Refusal is null)
        {
            Notes.Find(IntakeFindings.FieldMissing, field, "missing or not readable; " + instead);
        }
    }

    /// <summary>
    /// Embedded tariffs as this version reads them; one that cannot be read is left out, loudly.
    /// </summary>
    private List<Tariff> Tariffs(OcpiVersion version)
    {
        var read = new List<Tariff>(tariffs?.Count ?? 0);
        foreach (var (known, index) in tariffs ?? [])
        {
            var reading = known.As(version);
            var place = "/tariffs/" + index.ToString(CultureInfo.InvariantCulture);
            Notes.Unknown(reading.UnknownFields, reading.UnknownFieldNames);
            foreach (var finding in reading.Findings)
            {
                Notes.Add(finding with { Pointer = place + finding.Pointer });
            }

            if (reading is TariffReading.Read(var tariff))
            {
                read.Add(tariff);
            }
            else if (reading is TariffReading.Unreadable(var refusal)
                && refusal.Code == "json.duplicate-member")
            {
                Notes.RefuseWhole(refusal.Code, place + refusal.Message);
            }
            else if (reading is TariffReading.Unreadable(var reason))
            {
                Notes.Add(new Finding(IntakeFindings.TariffUnreadable, place, reason.Message));
            }
        }

        return read;
    }

    /// <summary>What the version says differently.</summary>
    private void Reconcile(OcpiVersion version)
    {
        if (version != Recognised())
        {
            Notes.Find(IntakeFindings.VersionDiffers, "", $"read as {version}, looks like {Recognised()}");
        }

        if (TotalCostIsNumber && version != OcpiVersion.V211)
        {
            Notes.Find(
                IntakeFindings.PriceAsNumber, "total_cost", "a number is read as the amount before taxes");
        }

        if (HasFlat && version != OcpiVersion.V211)
        {
            Notes.Find(
                IntakeFindings.DimensionNotOfCdrs, "charging_periods",
                "FLAT is a dimension of 2.1.1 only; left out");
            Periods = [.. Periods.Select(period => period with { Flat = null })];
        }
    }

    /// <summary>Fields that say who the driver was do not reach the Cdr.</summary>
    private void KeepDriverApart()
    {
        TokenUid ??= AuthId;
        if (AuthorizationReference is { } reference
            && (Says(reference, TokenUid, 1) || Says(reference, ContractId, 1)))
        {
            Notes.Find(
                IntakeFindings.IdentifierInField, "authorization_reference", "names the driver; kept apart");
            driversReference = reference;
            AuthorizationReference = null;
        }

        SessionId = Apart(SessionId, "session_id");
        MeterId = Apart(MeterId, "meter_id");
        InvoiceReferenceId = Apart(InvoiceReferenceId, "invoice_reference_id");
        if (HomeCharging)
        {
            homeAddress = Place.Address ?? Place.Name;
            (Place.Address, Place.Name) = (null, null);
        }
    }

    private string? Apart(string? text, string field)
    {
        if (text is null
            || !(Says(text, TokenUid, ShortestTelling) || Says(text, ContractId, ShortestTelling)))
        {
            return text;
        }

        Notes.Find(IntakeFindings.IdentifierInField, field, "names the driver; left out");
        return null;
    }

    private static bool Says(string text, string? secret, int shortest) =>
        secret is not null && secret != "#NA" && secret.Length >= shortest
        && text.Contains(secret, StringComparison.OrdinalIgnoreCase);

    private void HideDriver()
    {
        if (Notes.Findings.Count > 0 || Notes.UnknownFields > 0 || Notes.Refusal is not null)
        {
            Notes.Redact([.. new[] { TokenUid, ContractId, Latitude, Longitude }.OfType<string>()
                .Where(secret => secret.Length >= 4)]);
        }
    }
}
