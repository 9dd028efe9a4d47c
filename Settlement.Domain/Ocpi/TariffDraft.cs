using NodaTime;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Domain.Ocpi;

/// <summary>What was read of a tariff before it is known which version it is read as.</summary>
internal sealed class TariffDraft
{
    public ReadingNotes Notes { get; } = new() { KeepsUnread = true };

    public bool IsV230 { get; set; }

    public string? CountryCode { get; set; }

    public string? PartyId { get; set; }

    public string? Id { get; set; }

    public string? Currency { get; set; }

    public string? Type { get; set; }

    public PriceLimit? MinPrice { get; set; }

    public PriceLimit? MaxPrice { get; set; }

    public TaxIncluded? TaxIncluded { get; set; }

    public IReadOnlyList<TariffElement>? Elements { get; set; }

    public IReadOnlyList<DisplayText>? AltText { get; set; }

    public string? AltUrl { get; set; }

    public Instant? ValidFrom { get; set; }

    public Instant? ValidTo { get; set; }

    public Instant? LastUpdated { get; set; }

    public string ContentHash { get; set; } = "";

    private string? Unread { get; set; }

    public OcpiVersion Recognised =>
        IsV230 ? OcpiVersion.V230
        : CountryCode is null && PartyId is null ? OcpiVersion.V211
        : OcpiVersion.V221;

    public TariffReading As(OcpiVersion version)
    {
        var refusal = Notes.Refusal ?? Missing();
        if (refusal is not null)
        {
            return new TariffReading.Unreadable(refusal)
            {
                Findings = Notes.Findings,
                UnknownFields = Notes.UnknownFields,
                UnknownFieldNames = Notes.UnknownFieldNames,
            };
        }

        // X1 of the vectors: the specification's own 2.3.0 example lacks the mandatory field.
        var findings = version == OcpiVersion.V230 && TaxIncluded is null
            ? [.. Notes.Findings, new Finding(
                IntakeFindings.TaxIncludedMissing, "/tax_included", "mandatory in 2.3.0; read as NO")]
            : Notes.Findings;
        return new TariffReading.Read(Tariff(version))
        {
            Findings = findings,
            UnknownFields = Notes.UnknownFields,
            UnknownFieldNames = Notes.UnknownFieldNames,
        };
    }

    private Tariff Tariff(OcpiVersion version) => new()
    {
        Version = version,
        Owner = TextPool.Party(CountryCode, PartyId),
        Id = Id!,
        Currency = Currency!,
        Type = Type,
        MinPrice = MinPrice,
        MaxPrice = MaxPrice,
        TaxIncluded = TaxIncluded ?? Rating.TaxIncluded.NO,
        Elements = Elements!,
        AltText = AltText,
        AltUrl = AltUrl,
        ValidFrom = ValidFrom,
        ValidTo = ValidTo,
        LastUpdated = LastUpdated,
        ContentHash = ContentHash,
        Unread = Unread ??= Notes.Unread(),
    };

    /// <summary>
    /// Without elements everything would be free: that must be said by an element, never by their lack.
    /// </summary>
    private Refusal? Missing() =>
        Id is null ? Lacks("id")
        : Currency is null ? Lacks("currency")
        : Elements is null or { Count: 0 } ? Lacks("elements")
        : null;

    private static Refusal Lacks(string field) =>
        new(
            "tariff.field-missing",
            $"/{field}: a tariff cannot be read without it; ask the CPO to send it again");
}
