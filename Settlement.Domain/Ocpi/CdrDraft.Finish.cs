using System.Globalization;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Domain.Ocpi;

internal sealed partial class CdrDraft
{
    /// <summary>The longest id under which a CDR can be kept: OCPI allows 39.</summary>
    private const int LongestKey = 255;

    private DriverWords driver;

    public CdrReading Finish(CdrReadOptions options)
    {
        var version = options.Version ?? Recognised();
        var owner = Party(CountryCode, PartyId, options.Owner, "");
        var tokenOwner = Party(TokenCountryCode, TokenPartyId, options.TokenOwner, "/cdr_token");
        CheckComplete(owner, tokenOwner);
        Place.ChooseConnector();
        KeepDriverApart();
        var readTariffs = Tariffs(version);
        Reconcile(version);
        RefuseTelling(readTariffs);
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
        if (Id?.Split('/').Any(part => part is "." or "..") == true)
        {
            Notes.Refuse(
                "cdr.id-unaddressable", "id",
                "has a part of dots alone, which every URL leaves out: it could not be read back; send another id");
        }

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
            Notes.RefuseMissing(IntakeFindings.FieldMissing, field, "a CDR cannot be kept under its id without it");
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
                read.Add(WithoutDriver(tariff, known, place));
            }
            else if (reading is TariffReading.Unreadable(var reason))
            {
                Notes.Add(new Finding(IntakeFindings.TariffUnreadable, place, reason.Message));
            }
        }

        return read;
    }

    /// <summary>Tariffs are stored in the clear: what nobody has read of one, and names the driver, goes with the CDR.</summary>
    private Tariff WithoutDriver(Tariff tariff, KnownTariff known, string place)
    {
        if (tariff.Unread is not { } unread || !driver.AreInJson(unread))
        {
            return tariff;
        }

        (tellingTariffs ??= []).Add(KeyValuePair.Create(place, unread));
        return tariff with { Unread = null, ContentHash = HashWithout.Of(known.Bytes, unread) };
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
        driver = new DriverWords(TokenUid, ContractId);
        if (AuthorizationReference is { } reference
            && (Says(reference, TokenUid) || Says(reference, ContractId) || driver.AreIn(reference)))
        {
            Notes.Find(
                IntakeFindings.IdentifierInField, "authorization_reference", "names the driver; kept apart");
            driversReference = reference;
            AuthorizationReference = null;
        }

        SessionId = Apart(SessionId, "session_id");
        MeterId = Apart(MeterId, "meter_id");
        InvoiceReferenceId = Apart(InvoiceReferenceId, "invoice_reference_id");
        (TokenType, AuthMethod) = (Apart(TokenType, "cdr_token/type"), Apart(AuthMethod, "auth_method"));
        KeepHomeApart();
        Place.Id = Apart(Place.Id, "cdr_location/id");
        Place.Name = Apart(Place.Name, "cdr_location/name");
        Place.Address = Apart(Place.Address, "cdr_location/address");
        Place.City = Apart(Place.City, "cdr_location/city");
        Place.PostalCode = Apart(Place.PostalCode, "cdr_location/postal_code");
        Place.State = Apart(Place.State, "cdr_location/state");
        Place.TimeZone = Apart(Place.TimeZone, "cdr_location/time_zone");
        Place.EvseUid = Apart(Place.EvseUid, "cdr_location/evse_uid");
        Place.EvseId = Apart(Place.EvseId, "cdr_location/evse_id");
        Place.ConnectorId = Apart(Place.ConnectorId, "cdr_location/connector_id");
        Place.Standard = Apart(Place.Standard, "cdr_location/connector_standard");
        Place.Format = Apart(Place.Format, "cdr_location/connector_format");
        Place.PowerType = Apart(Place.PowerType, "cdr_location/connector_power_type");
        if (Place.OtherConnectors.Count > 0)
        {
            Place.OtherConnectors = [.. Place.OtherConnectors.Select(Apart)];
        }
    }

    private CdrConnector Apart(CdrConnector other) => new(
        Apart(other.EvseUid, "location/evses"), Apart(other.EvseId, "location/evses"), Apart(other.Id, "location/evses"),
        Apart(other.Standard, "location/evses"), Apart(other.Format, "location/evses"),
        Apart(other.PowerType, "location/evses"), other.Voltage, other.Amperage);

    /// <summary>
    /// What a CDR cannot be kept without stands in tables, files and statements: where it names the driver, the whole
    /// document stays sealed.
    /// </summary>
    private void RefuseTelling(List<Tariff> readTariffs)
    {
        var where = Tells(Id) ? "id"
            : Tells(CreditReferenceId) ? "credit_reference_id"
            : Tells(Currency) ? "currency"
            : Tells(Place.Country) ? "cdr_location/country"
            : Periods.Exists(period => Tells(period.TariffId)) ? "charging_periods"
            : readTariffs.Exists(tariff => Tells(tariff.Id) || Tells(tariff.Currency) || Tells(tariff.AltUrl)
                || tariff.AltText?.Any(text => Tells(text.Text)) == true) ? "tariffs"
            : Totals().Any(total => total?.Taxes.Any(tax => Tells(tax.Name) || Tells(tax.AccountNumber)) == true) ? "total_cost"
            : null;
        if (where is not null)
        {
            Notes.Refuse(
                IntakeFindings.IdentifierInId, where, "names the driver; ask the CPO for a text that says nothing of drivers");
        }

        Id = Tells(Id) ? null : Id; // what is told of an unreadable document holds no driver either
    }

    private Price?[] Totals() =>
    [
        TotalCost, TotalFixedCost, TotalEnergyCost, TotalTimeCost, TotalParkingCost, TotalReservationCost,
    ];

    /// <summary>Where a charger is at home its address, coordinates and meter are the driver's; the place is an area.</summary>
    private void KeepHomeApart()
    {
        if (!HomeCharging)
        {
            return;
        }

        homeAddress = Place.Address ?? Place.Name;
        (homePostalCode, homeMeterId) = (Place.PostalCode, MeterId);
        (Place.Address, Place.Name, MeterId) = (null, null, null);
        Place.PostalCode = LocationReader.Area(Place.PostalCode, Place.Country);
    }

    private string? Apart(string? text, string field)
    {
        if (text is null || !Tells(text))
        {
            return text;
        }

        Notes.Find(IntakeFindings.IdentifierInField, field, "names the driver; left out");
        return null;
    }

    private bool Tells(string? text) => driver.AreIn(text);

    // may carry the token by its nature: here the shortest identifier is none by chance
    private static bool Says(string text, string? secret) => secret is { Length: > 0 } and not "#NA"
        && text.Contains(secret, StringComparison.OrdinalIgnoreCase);

    private void HideDriver()
    {
        if (Notes.Findings.Count > 0 || Notes.UnknownFields > 0 || Notes.Refusal is not null)
        {
            Notes.Redact([.. new[] { TokenUid, ContractId, Latitude, Longitude, homeAddress, Remark }.OfType<string>()
                .Where(secret => secret.Length >= 4)]);
        }
    }
}
