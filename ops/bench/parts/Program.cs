using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using NodaTime;
using Settlement.Bench.Rating;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Rating;

// In this process: the library of this version cannot build for a newer runtime by itself.
BenchmarkRunner.Run<Settlement.Bench.Parts.RatingParts>(
    ManualConfig.Create(DefaultConfig.Instance)
        .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
        .WithOption(ConfigOptions.DisableLogFile, true),
    args);

namespace Settlement.Bench.Parts
{
    /// <summary>The parts of rating one CDR, apart; each call takes the next of 1,000 different CDRs.</summary>
    [MemoryDiagnoser]
    public class RatingParts
    {
        private readonly CdrReadOptions known = new() { Tariffs = new TariffCache() };
        private readonly CdrReadOptions unknown = new();
        private readonly JsonBytes json = new();
        private IReadOnlyList<byte[]> documents = [];
        private CdrReading.Read[] read = [];
        private RatingRequest[] requests = [];
        private RatedSession[] rated = [];
        private int next;

        /// <summary>A: tiny; B: 2 periods × 24 elements; C: 48 periods × 24 elements.</summary>
        [Params("A", "B", "C")]
        public string Shape { get; set; } = "A";

        [GlobalSetup]
        public void Prepare()
        {
            var input = Input.All.Single(each => each.Name == Shape);
            var zone = DateTimeZoneProviders.Tzdb[input.Zone];
            documents = input.Cdrs;
            read = [.. documents.Select(bytes => (CdrReading.Read)CdrReader.Read(bytes, known))];
            requests = [.. read.Select(each => new RatingRequest(each.Cdr, each.Cdr.Tariffs, RatingPolicy.Default, zone))];
            rated = [.. requests.Select(Rater.Rate)];
        }

        [Benchmark]
        public CdrReading ParseWithKnownTariff() => CdrReader.Read(documents[Next()], known);

        [Benchmark]
        public CdrReading ParseWithTariff() => CdrReader.Read(documents[Next()], unknown);

        [Benchmark]
        public RatedSession Rate() => Rater.Rate(requests[Next()]);

        [Benchmark]
        public ClaimComparison CompareWithTheClaim() => ClaimComparison.Of(rated[Next()]);

        [Benchmark]
        public int WriteReport()
        {
            var i = Next();
            json.Clear();
            RatedJson.Write(rated[i], ClaimComparison.Of(rated[i]), read[i].Findings, [], json);
            return json.Written.Length;
        }

        [Benchmark]
        public byte[] ContentDigest() => CanonicalContent.Digest(read[Next()], "key"u8);

        private int Next() => next = (next + 1) % documents.Count;
    }
}
