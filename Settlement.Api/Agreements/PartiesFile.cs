using System.Text.Json;
using NodaTime.Text;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Tax;
using Settlement.Projections.Tables;

namespace Settlement.Api.Agreements;

/// <summary>A JSON list of parties with their tax registrations and resale certificates.</summary>
public static class PartiesFile
{
    public static readonly JsonSerializerOptions Json = new(RowJson.Options) { WriteIndented = true };

    /// <summary>The parties, or why the file cannot be used; then nothing of it counts.</summary>
    public static (IReadOnlyList<Party> Parties, Refusal? Refusal) Read(string text, string file)
    {
        try
        {
            using var document = JsonText.Parse(text);
            if (JsonText.HasNullItem(document.RootElement))
            {
                return ([], new Refusal("parties.malformed", $"{file}: an item of a list is null."));
            }

            var parties = document.Deserialize<List<Party>>(Json) ?? [];
            return (parties, Misshapen(parties));
        }
        catch (Exception e) when (e is JsonException or UnparsableValueException)
        {
            return ([], new Refusal("parties.malformed", $"{file}: {e.Message}"));
        }
    }

    // A registration number that cannot be one would be printed on invoices.
    private static Refusal? Misshapen(List<Party> parties) => parties
        .SelectMany(party => party.Registrations, (party, registration) => registration.Number is { } number
            && RegistrationNumbers.Parse(registration.Tax, registration.Jurisdiction, number).Refusal is { } refusal
                ? refusal with { Message = $"{party.Id}: {refusal.Message}" }
                : null)
        .OfType<Refusal>().FirstOrDefault();
}
