using System.Globalization;
using System.Runtime.InteropServices;
using Settlement.Bench.Rating;

// Rates per CPU second of one thread, median of the rounds; every round rates each of the 1,000 CDRs many times.
var seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 1.0;
var folder = args.Length > 1 ? args[1] : null;
Console.WriteLine(
    $"machine {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {CpuName()}; one thread, 5 rounds of {seconds} s");
var only = args.Length > 2 ? args[2] : ""; // for a profiler: A, B or C
foreach (var input in Input.All.Where(input => only.Length == 0 || input.Name == only))
{
    if (folder is not null)
    {
        File.WriteAllLines(Path.Combine(folder, input.Name + ".jsonl"), input.Cdrs.Select(System.Text.Encoding.UTF8.GetString));
    }

    var bench = new Bench(input);
    Console.WriteLine($"input {input.Name}: 1000 CDRs, mean {input.MeanBytes} bytes with tariff, zone {input.Zone}, digest {bench.Digest()}");
    bench.Measure("rate (parsed)", bench.Rate, seconds);
    if (only.Length > 0)
    {
        continue;
    }

    bench.Measure("rate + compare with the claim", bench.RateAndCompare, seconds);
    bench.Measure("parse", bench.Parse, seconds);
    bench.Measure("parse + rate + JSON report", bench.ParseRateReport, seconds);
}

static string CpuName() => File.Exists("/proc/cpuinfo")
    ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? ""
    : "";
