using System.CommandLine;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Api.Rating;

/// <summary>The arguments and options of <c>rate</c>.</summary>
internal sealed class RateOptions
{
    private readonly Argument<string> file = new("FILE") { Description = "A CDR, or - for standard input." };
    private readonly Option<string?> version = new("--ocpi") { Description = "2.1.1, 2.2.1 or 2.3.0; else recognised." };
    private readonly Option<string[]> tariff = new("--tariff")
    {
        Description = "A file with a tariff or a list of them, for CDRs that carry none.",
    };

    private readonly Option<string[]> reference = new("--reference")
    {
        Description = "The CPO's own-network tariff: dearer than it is a surcharge.",
    };

    private readonly Option<string?> zone = new("--zone") { Description = "IANA time zone of the charger." };
    private readonly Option<bool> expired = new("--reservation-expired")
    {
        Description = "The reservation ran out unused; a CDR cannot say so.",
    };

    private readonly Option<string[]> policy = new("--policy")
    {
        Description = "name=value, as often as needed; docs/rating.md lists them.",
    };

    public Option<bool> Json { get; } = new("--json") { Description = "The whole rating as one JSON object." };

    public Option<bool> Lines { get; } = new("--lines") { Description = "Many CDRs: one JSON object for each, in order." };

    public void AddTo(Command command)
    {
        command.Arguments.Add(file);
        foreach (var option in new Option[] { Lines, version, tariff, reference, zone, expired, policy, Json })
        {
            command.Options.Add(option);
        }
    }

    public (RateSetup? Setup, Refusal? Refusal) Read(ParseResult parsed)
    {
        OcpiVersion? ocpi = null;
        if (parsed.GetValue(version) is { } number)
        {
            ocpi = number switch
            {
                "2.1.1" => OcpiVersion.V211,
                "2.2.1" or "2.2" => OcpiVersion.V221,
                "2.3.0" => OcpiVersion.V230,
                _ => null,
            };
            if (ocpi is null)
            {
                return (null, new Refusal("usage.wrong", $"--ocpi is 2.1.1, 2.2.1 or 2.3.0, not '{number}'."));
            }
        }

        DateTimeZone? named = null;
        if (parsed.GetValue(zone) is { } id && (named = DateTimeZoneProviders.Tzdb.GetZoneOrNull(id)) is null)
        {
            return (null, new Refusal("zone.unknown", $"'{id}' is no IANA time zone such as America/Toronto."));
        }

        var policies = RatingPolicy.Default;
        foreach (var setting in parsed.GetValue(policy) ?? [])
        {
            (policies, var unknown) = policies.With(setting);
            if (unknown is not null)
            {
                return (null, unknown);
            }
        }

        var (tariffs, bad) = TariffFile.Read(parsed.GetValue(tariff) ?? [], ocpi);
        var (references, alsoBad) = TariffFile.Read(parsed.GetValue(reference) ?? [], ocpi);
        return (bad ?? alsoBad) is { } refusal
            ? (null, refusal)
            : (new RateSetup(
                parsed.GetRequiredValue(file), ocpi, tariffs, references, named, policies, parsed.GetValue(expired)), null);
    }
}
