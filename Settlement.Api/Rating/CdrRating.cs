using NodaTime;
using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Rating;
using Settlement.Domain.Tax;

namespace Settlement.Api.Rating;

/// <summary>What <c>rate</c> was asked for, beside the CDRs.</summary>
public sealed record RateSetup(
    string File, OcpiVersion? Version, IReadOnlyList<Tariff> Tariffs, IReadOnlyList<Tariff> Reference,
    DateTimeZone? Zone, RatingPolicy Policy, bool ReservationExpired);

/// <summary>Rates one CDR after the other; buffers and known tariffs are used again.</summary>
public sealed class CdrRating(RateSetup setup)
{
    /// <summary>2.1.1 does not name its parties, and a price does not depend on them.</summary>
    private static readonly PartyId Cpo = PartyId.Parse("XX-CPO")!.Value;
    private static readonly PartyId Emsp = PartyId.Parse("XX-EMS")!.Value;

    /// <summary>No agreement is at hand: what one leaves as it is by default.</summary>
    private static readonly Agreement Terms = new()
    {
        Relationship = Relationship.Between(Cpo, Emsp),
        Version = 0,
        ValidFrom = LocalDate.MinIsoValue,
    };

    private readonly CdrReadOptions reading = new()
    {
        Version = setup.Version,
        Owner = Cpo,
        TokenOwner = Emsp,
        Tariffs = new TariffCache(),
    };

    private readonly JsonBytes json = new();

    /// <summary>Of a place only its zone has a part in the price, and nothing is published that could contradict it.</summary>
    private readonly Site? named = setup.Zone is { } zone ? new Site(null, zone, "option", new StationFacts()) : null;

    public RatedOutput Rate(RawObject raw)
    {
        json.Clear();
        if (raw.Refusal is { } malformed)
        {
            return new RatedOutput(json, null, null, malformed, [], []);
        }

        switch (CdrReader.Read(raw.Json, reading))
        {
            case CdrReading.Read read:
                var tariffs = setup.Tariffs.Count == 0 ? read.Cdr.Tariffs : [.. read.Cdr.Tariffs, .. setup.Tariffs];
                var site = named ?? Site.Of(read.Cdr, ReferenceBook.Empty);
                var rated = Rater.Rate(new RatingRequest(
                    read.Cdr, tariffs, setup.Policy, site.Zone, setup.ReservationExpired, setup.Reference));
                var known = CheckedCdr.Of(read);
                return new RatedOutput(
                    json, rated, read.Cdr.Key.Id, null, known.Notes,
                    Acceptance.OfDocument(read.Cdr, known.Holds, site, Terms));
            case CdrReading.Unreadable unreadable:
                return new RatedOutput(json, null, unreadable.Id, raw.Located(unreadable.Refusal), unreadable.Findings, []);
            default:
                throw new InvalidOperationException("A CDR is read or it is not.");
        }
    }
}

/// <summary>One CDR's answer.</summary>
/// <param name="Notes">What reading and checking it found for the record.</param>
/// <param name="Faults">What they found that holds it at intake.</param>
public sealed record RatedOutput(
    JsonBytes Buffer, RatedSession? Rated, string? Id, Refusal? Refusal, IReadOnlyList<Finding> Notes,
    IReadOnlyList<Finding> Faults)
{
    private readonly ClaimComparison? claim = Rated is null ? null : ClaimComparison.Of(Rated);

    /// <summary>Every reason for which intake holds it, as far as the document alone gives them.</summary>
    private IReadOnlyList<Finding> Holds =>
        Rated is null ? []
        : Rated.IsRateable ? [.. Faults, .. Pricing.Reasons(Rated), .. Claim.Reasons(claim!)]
        : [.. Faults, .. Pricing.Reasons(Rated)];

    /// <summary>Held or a mismatch.</summary>
    public bool IsFound => Rated is null || Holds.Count > 0;

    public ReadOnlySpan<byte> Output(bool json)
    {
        if (Rated is null)
        {
            RatedJson.WriteUnreadable(Id, Refusal!, Notes, Buffer);
        }
        else if (json)
        {
            WriteJson(Rated);
        }
        else
        {
            Buffer.Raw(System.Text.Encoding.UTF8.GetBytes(RatedText.Of(Rated, claim!, Faults, Notes)));
            return Buffer.Written.Span;
        }

        Buffer.Raw((byte)'\n');
        return Buffer.Written.Span;
    }

    /// <summary>A single line may be too large to show although the total is not: that is told, never a crash.</summary>
    private void WriteJson(RatedSession rated)
    {
        try
        {
            RatedJson.Write(rated, claim!, [.. Faults, .. Notes], Holds, Buffer);
        }
        catch (OverflowException)
        {
            Buffer.Clear();
            var refusal = new Refusal("amount.overflow", "An amount is too large or too long to be shown.");
            RatedJson.WriteUnreadable(Id, refusal, [.. Faults, .. Notes], Buffer);
        }
    }
}
