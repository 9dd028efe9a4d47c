using Settlement.Domain.Tax;

namespace Settlement.Domain.Agreements;

/// <summary>A legal entity that settles: one home id, and the further OCPI ids it charges or drives under.</summary>
public sealed record Party
{
    public required PartyId Id { get; init; }

    public IReadOnlyList<PartyId> Aliases { get; init; } = [];

    public required string LegalName { get; init; }

    /// <summary>Postal address, one line each.</summary>
    public IReadOnlyList<string> Address { get; init; } = [];

    /// <summary>ISO 639-1: language of its documents.</summary>
    public string Language { get; init; } = "en";

    public IReadOnlyList<TaxRegistration> Registrations { get; init; } = [];

    public IReadOnlyList<ResaleCertificate> Certificates { get; init; } = [];

    /// <summary>How it elected to round tax, per registration and date.</summary>
    public IReadOnlyList<DatedElection> Elections { get; init; } = [];

    public TaxParty ForTax() => new()
    {
        Id = Id,
        Registrations = Registrations,
        Certificates = Certificates,
        Elections = Elections,
    };
}
