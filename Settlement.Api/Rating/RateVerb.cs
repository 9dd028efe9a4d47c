using System.CommandLine;
using NodaTime;
using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Rating;

namespace Settlement.Api.Rating;

/// <summary><c>rate</c>: prices CDRs from a file again, with the reason of every amount. Needs no database.</summary>
public static class RateVerb
{
    public static Command Create()
    {
        var options = new RateOptions();
        var command = new Command("rate", "Prices a CDR again from its tariff, line by line.");
        options.AddTo(command);
        command.SetAction((parsed, stop) => Run(options, parsed, stop));
        return command;
    }

    private static async Task<int> Run(RateOptions options, ParseResult parsed, CancellationToken stop)
    {
        var (setup, refusal) = options.Read(parsed);
        if (setup is null)
        {
            return Shell.Refuse(refusal!);
        }

        var rating = new CdrRating(setup);
        await using var input = setup.File == "-" ? Console.OpenStandardInput() : File.OpenRead(setup.File);
        await using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        var lines = parsed.GetValue(options.Lines);
        var (count, found) = (0, false);
        await foreach (var chunk in CdrFile.Read(input, stop))
        {
            foreach (var raw in chunk.Objects)
            {
                if (!lines && count == 1)
                {
                    return Shell.Refuse(new Refusal("usage.wrong", "More than one CDR: ask for --lines."));
                }

                var rated = rating.Rate(raw);
                if (!lines && rated.Refusal is { } unreadable)
                {
                    return Shell.Refuse(unreadable);
                }

                output.Write(rated.Output(json: lines || parsed.GetValue(options.Json)));
                found |= rated.IsFound;
                count++;
            }
        }

        if (count == 0)
        {
            return Shell.Refuse(new Refusal("file.empty", "There is no CDR in it."));
        }

        return found ? ExitCode.Found : ExitCode.Done;
    }
}

/// <summary>What <c>rate</c> was asked for, beside the CDRs.</summary>
internal sealed record RateSetup(
    string File, OcpiVersion? Version, IReadOnlyList<Tariff> Tariffs, IReadOnlyList<Tariff> Reference,
    DateTimeZone? Zone, RatingPolicy Policy, bool ReservationExpired);

/// <summary>Rates one CDR after the other; buffers and known tariffs are used again.</summary>
internal sealed class CdrRating(RateSetup setup)
{
    /// <summary>2.1.1 does not name its parties, and a price does not depend on them.</summary>
    private static readonly PartyId Nobody = PartyId.Parse("XX-XXX")!.Value;
    private readonly CdrReadOptions reading = new()
    {
        Version = setup.Version,
        Owner = Nobody,
        TokenOwner = Nobody,
        Tariffs = new TariffCache(),
    };

    private readonly JsonBytes json = new();

    public RatedOutput Rate(RawObject raw)
    {
        json.Clear();
        if (raw.Refusal is { } malformed)
        {
            return new RatedOutput(json, null, null, malformed, []);
        }

        switch (CdrReader.Read(raw.Json, reading))
        {
            case CdrReading.Read read:
                var tariffs = setup.Tariffs.Count == 0 ? read.Cdr.Tariffs : [.. read.Cdr.Tariffs, .. setup.Tariffs];
                var rated = Rater.Rate(new RatingRequest(
                    read.Cdr, tariffs, setup.Policy, setup.Zone ?? ZoneOf(read.Cdr), setup.ReservationExpired,
                    setup.Reference));
                return new RatedOutput(json, rated, read.Cdr.Key.Id, null, read.Findings);
            case CdrReading.Unreadable unreadable:
                return new RatedOutput(json, null, unreadable.Id, raw.Located(unreadable.Refusal), unreadable.Findings);
            default:
                throw new InvalidOperationException("A CDR is read or it is not.");
        }
    }

    /// <summary>2.1.1 carries the zone in the CDR; an unknown name is no zone.</summary>
    private static DateTimeZone? ZoneOf(Cdr cdr) =>
        cdr.Location.TimeZone is { } zone ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) : null;
}

/// <summary>One CDR's answer.</summary>
internal sealed record RatedOutput(
    JsonBytes Buffer, RatedSession? Rated, string? Id, Refusal? Refusal, IReadOnlyList<Finding> Findings)
{
    private readonly ClaimComparison? claim = Rated is null ? null : ClaimComparison.Of(Rated);

    /// <summary>Held or a mismatch.</summary>
    public bool IsFound => claim is null || Rated!.Surcharge.Outcome == SurchargeOutcome.Dearer
        || claim.Outcome is not (ClaimOutcome.Agrees or ClaimOutcome.NotComparable);

    public ReadOnlySpan<byte> Output(bool json)
    {
        if (Rated is null)
        {
            RatedJson.WriteUnreadable(Id, Refusal!, Findings, Buffer);
        }
        else if (json)
        {
            WriteJson(Rated);
        }
        else
        {
            Buffer.Raw(System.Text.Encoding.UTF8.GetBytes(RatedText.Of(Rated, claim!, Findings)));
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
            RatedJson.Write(rated, Findings, Buffer);
        }
        catch (OverflowException)
        {
            Buffer.Clear();
            var refusal = new Refusal("amount.overflow", "An amount is too large or too long to be shown.");
            RatedJson.WriteUnreadable(Id, refusal, Findings, Buffer);
        }
    }
}
