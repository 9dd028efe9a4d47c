using System.Collections.Frozen;

namespace Settlement.Domain.Ocpi;

/// <summary>What a finding does to the CDR it was found in.</summary>
public enum FindingSeverity
{
    /// <summary>For the record: the document says what it means, only not as OCPI writes it.</summary>
    Note,

    /// <summary>A person decides before money moves.</summary>
    Hold,
}

/// <summary>Every code that reading and structural validation can give, with its severity.</summary>
public static class IntakeFindings
{
    public const string NumberAsString = "number.as-string";
    public const string NumberMalformed = "number.malformed";
    public const string NumberOutOfRange = "number.out-of-range";
    public const string NumberBinaryNoise = "number.binary-noise";
    public const string TextAsNumber = "text.as-number";
    public const string TextTooLong = "text.too-long";
    public const string TextCase = "text.case";
    public const string TextNul = "text.nul";
    public const string BooleanAsText = "boolean.as-text";
    public const string FieldMissing = "cdr.field-missing";
    public const string FieldWrongKind = "field.wrong-kind";
    public const string FieldTooLarge = "field.too-large";
    public const string TimeSentinel = "time.sentinel";
    public const string TimeUnbounded = "time.unbounded";
    public const string TimeForm = "time.form";
    public const string TimeMalformed = "time.malformed";
    public const string VersionDiffers = "version.differs";
    public const string PriceAsNumber = "price.as-number";
    public const string CountryForm = "country.form";
    public const string PartyMalformed = "party.malformed";
    public const string LocationMany = "location.more-than-one-connector";
    public const string DimensionNotOfCdrs = "dimension.not-of-cdrs";
    public const string DimensionDuplicate = "dimension.duplicate";
    public const string IdentifierInField = "privacy.identifier-in-field";
    public const string IdentifierInId = "privacy.identifier-in-id";
    public const string TariffUnreadable = "tariff.unreadable";
    public const string TaxIncludedMissing = "tariff.tax-included-missing";
    public const string TaxIncludedUnknown = "tariff.tax-included-unknown";
    public const string StepMissing = "component.step-missing";
    public const string ComponentUnknown = "component.type-unknown";
    public const string ElementEmpty = "element.empty";
    public const string RestrictionUnknown = "restriction.unknown-key";
    public const string RestrictionMalformed = "restriction.malformed";
    public const string FindingsTruncated = "findings.truncated";

    public const string EndBeforeStart = "time.end-before-start";
    public const string PeriodsEmpty = "periods.empty";
    public const string PeriodsOrder = "periods.out-of-order";
    public const string PeriodOutside = "periods.outside-session";
    public const string PeriodEmpty = "periods.without-dimension";
    public const string VolumeNegative = "volume.negative";
    public const string TimeNegative = "time.negative";
    public const string EnergyDiffers = "energy.differs";
    public const string TimeDiffers = "time.differs";
    public const string ParkingDiffers = "parking.differs";
    public const string ParkingExceedsTime = "parking.exceeds-time";
    public const string CreditReference = "credit.reference-missing";
    public const string CreditPositive = "credit.positive-total";
    public const string CreditFlagMissing = "credit.flag-missing";
    public const string TotalNegative = "cost.negative-total";
    public const string TotalMissing = "cost.total-missing";
    public const string PartsDiffer = "cost.parts-differ";
    public const string OwnerIsTokenOwner = "party.owner-is-token-owner";
    public const string CurrencyUnknown = "currency.unknown";
    public const string CurrencyWithdrawn = "currency.withdrawn";

    private static readonly FrozenSet<string> Notes = new[]
    {
        NumberAsString, FieldTooLarge, NumberBinaryNoise, TimeUnbounded, TextAsNumber, TextTooLong, TextCase,
        TextNul, BooleanAsText, TimeForm,
        VersionDiffers, PriceAsNumber, CountryForm, LocationMany, DimensionNotOfCdrs, DimensionDuplicate,
        IdentifierInField, TaxIncludedMissing, StepMissing, ElementEmpty, PeriodEmpty,
        TimeDiffers, ParkingDiffers, ParkingExceedsTime, PartsDiffer,
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>A code that is not known to be a note holds: what nobody thought of must not post.</summary>
    public static FindingSeverity SeverityOf(string code) =>
        Notes.Contains(code) ? FindingSeverity.Note : FindingSeverity.Hold;

    public static bool Holds(Finding finding) => SeverityOf(finding.Code) == FindingSeverity.Hold;
}
