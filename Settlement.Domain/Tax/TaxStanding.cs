using NodaTime;

namespace Settlement.Domain.Tax;

/// <summary>What we know about a party's registration for a tax on a day.</summary>
public enum RegistrationState
{
    /// <summary>Nothing is recorded: it must be asked.</summary>
    Missing,

    InForce,

    /// <summary>Recorded as not registered, or its registration is not in force on that day.</summary>
    NotRegistered,
}

/// <summary>Where a party stands towards a tax: registration and resale certificate on a day.</summary>
public static class TaxStanding
{
    public static (RegistrationState State, string? Number) Registration(
        this TaxParty party, string tax, string jurisdiction, LocalDate date)
    {
        var known = false;
        foreach (var registration in party.Registrations)
        {
            if (!IsFor(registration.Tax, registration.Jurisdiction, tax, jurisdiction))
            {
                continue;
            }

            known = true;
            if (registration.Number is not null
                && (registration.From is null || registration.From <= date)
                && (registration.To is null || date <= registration.To))
            {
                return (RegistrationState.InForce, registration.Number);
            }
        }

        return (known ? RegistrationState.NotRegistered : RegistrationState.Missing, null);
    }

    public static ResaleCertificate? CertificateFor(this TaxParty party, string jurisdiction, LocalDate date)
    {
        foreach (var certificate in party.Certificates)
        {
            if (certificate.Jurisdiction == jurisdiction
                && (certificate.From is null || certificate.From <= date)
                && (certificate.Expires is null || date <= certificate.Expires))
            {
                return certificate;
            }
        }

        return null;
    }

    /// <summary>How a party has elected to round a tax on a day.</summary>
    public static RoundingElection RoundingOf(
        this TaxParty party, string tax, string jurisdiction, LocalDate date) =>
        party.Elections.FirstOrDefault(each => IsFor(each.Tax, each.Jurisdiction, tax, jurisdiction)
            && (each.From is null || each.From <= date) && (each.To is null || date <= each.To))?.Rounding
            ?? RoundingElection.Default;

    /// <summary>GST and HST are one registration with the federal government.</summary>
    private static bool IsFor(string ofTax, string ofJurisdiction, string tax, string jurisdiction) =>
        tax is "GST" or "HST"
            ? ofJurisdiction == "CA" && ofTax is "GST" or "HST" or "GST/HST"
            : ofTax == tax && ofJurisdiction == jurisdiction;
}
