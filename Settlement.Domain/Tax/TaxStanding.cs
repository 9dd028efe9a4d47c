using NodaTime;

namespace Settlement.Domain.Tax;

/// <summary>What we know about a party's registration for a tax on a day.</summary>
internal enum RegistrationState
{
    /// <summary>Nothing is recorded: it must be asked.</summary>
    Missing,

    InForce,

    /// <summary>Recorded as not registered, or its registration is not in force on that day.</summary>
    NotRegistered,
}

/// <summary>Where a party stands towards a tax: registration and resale certificate on a day.</summary>
internal static class TaxStanding
{
    public static (RegistrationState State, string? Number) Registration(
        this TaxParty party, string tax, string jurisdiction, LocalDate date)
    {
        var known = false;
        foreach (var registration in party.Registrations)
        {
            if (!IsFor(registration, tax, jurisdiction))
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

    /// <summary>GST and HST are one registration with the federal government.</summary>
    private static bool IsFor(TaxRegistration registration, string tax, string jurisdiction) =>
        tax is "GST" or "HST"
            ? registration.Jurisdiction == "CA" && registration.Tax is "GST" or "HST" or "GST/HST"
            : registration.Tax == tax && registration.Jurisdiction == jurisdiction;
}
