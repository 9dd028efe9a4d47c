using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using NodaTime;
using Settlement.Api.Intake;
using Settlement.Api.Rating;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Rating;

namespace Settlement.Bench.Rating;

/// <summary>Times the steps over one input.</summary>
internal sealed class Bench
{
    private readonly Input input;
    private readonly DateTimeZone zone;
    private readonly CdrReadOptions reading = new() { Tariffs = new TariffCache() };
    private readonly RatingRequest[] requests;
    private readonly CdrRating rating;
    private RatedSession? last;
    private object? other;

    public Bench(Input input)
    {
        this.input = input;
        zone = DateTimeZoneProviders.Tzdb[input.Zone];
        rating = new CdrRating(new RateSetup("-", null, [], [], zone, RatingPolicy.Default, ReservationExpired: false));
        requests = [.. input.Cdrs.Select(bytes => Request(Read(bytes)))];
    }

    /// <summary>SHA-256 of what <c>rate --lines</c> prints for this input.</summary>
    public string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < requests.Length; i++)
        {
            hash.AppendData(Report(i));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Rate(int i) => last = Rater.Rate(requests[i]);

    public void RateAndCompare(int i) => other = ClaimComparison.Of(last = Rater.Rate(requests[i]));

    public void Parse(int i) => other = Read(input.Cdrs[i]);

    public void ParseRateReport(int i) => Report(i);

    private ReadOnlySpan<byte> Report(int i) => rating.Rate(new RawObject(input.Cdrs[i], 1, 0, null)).Output(json: true);

    public void Measure(string what, Action<int> one, double seconds)
    {
        var rates = new List<double>();
        var bytes = 0L;
        for (var round = -1; round < 5; round++)
        {
            var (done, allocated) = (0L, GC.GetAllocatedBytesForCurrentThread());
            var (cpu, wall) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.StartNew());
            while (wall.Elapsed.TotalSeconds < (round < 0 ? Math.Max(1.0, seconds) : seconds))
            {
                for (var i = 0; i < requests.Length; i++)
                {
                    one(i);
                }

                done += requests.Length;
            }

            var used = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
            if (round >= 0)
            {
                rates.Add(done / used);
                bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / done;
            }
        }

        rates.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what,-30} {rates[2],12:N0} CDR/s [{rates[0]:N0} – {rates[4]:N0}]  {1e9 / rates[2],8:N0} ns  {bytes,6} B allocated"));
        GC.KeepAlive(other);
    }

    private static RatingRequest Request(CdrReading.Read read, DateTimeZone zone) =>
        new(read.Cdr, read.Cdr.Tariffs, RatingPolicy.Default, zone);

    private RatingRequest Request(CdrReading.Read read) => Request(read, zone);

    private CdrReading.Read Read(byte[] bytes) => (CdrReading.Read)CdrReader.Read(bytes, reading);
}
