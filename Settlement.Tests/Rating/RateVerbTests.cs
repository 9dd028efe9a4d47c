using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Settlement.Tests.Rating;

/// <summary>The command line itself, as a script would call it.</summary>
public sealed class RateVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("rate").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("2.1.1")]
    [InlineData("2.2.1")]
    [InlineData("2.3.0")]
    public void Many_worked_examples_in_one_file_give_one_object_each_in_order(string version)
    {
        var examples = Examples(version, expired: false);
        var file = Write("many.jsonl", string.Join('\n', examples.Select(example => example.Cdr)));
        var (exit, output, _) = Run("rate", file, "--lines", "--zone", "UTC", "--ocpi", version);
        var rated = output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        rated.Select(json => json.GetProperty("cdr").GetString()).ShouldBe(examples.Select(example => example.Id));
        rated.Select(Total).ShouldBe(examples.Select(example => example.Total), Show(rated));
        // the example of an inclusive price claims nothing, and what claims nothing is held
        rated.Where(json => json.GetProperty("held").GetArrayLength() > 0)
            .Select(json => json.GetProperty("cdr").GetString())
            .ShouldBe(version == "2.3.0" ? ["CDR-T08-north-american-tax-inclusive"] : []);
        exit.ShouldBe(version == "2.3.0" ? 1 : 0);
    }

    [Fact]
    public void An_expired_reservation_must_be_told()
    {
        foreach (var (id, cdr, total) in Examples("2.2.1", expired: true))
        {
            var (exit, output, _) = Run("rate", Write(id, cdr), "--json", "--zone", "UTC", "--reservation-expired");
            Total(JsonDocument.Parse(output).RootElement).ShouldBe(total);
            exit.ShouldBe(0);
        }
    }

    [Fact]
    public void A_person_reads_lines_with_their_reasons()
    {
        var (_, output, _) = Run("rate", Write("t", Example("T05a-max-price-applied-50kwh", "2.2.1")), "--zone", "UTC");
        output.ShouldBe(
            """
            CDR CDR-T05a-max-price-applied-50kwh  2019-01-10T10:00:00Z to 2019-01-10T12:00:00Z  EUR

            period  what    quantity  billed     price  amount  VAT  why
                 0  FLAT           1       1       0.5    0.50  20%  element 0 applies always; once
                 0  ENERGY    50 kWh  50 kWh  0.25/kWh   12.50  10%  element 0 applies always
                    LIMIT                                -3.00    -  max_price of the tariff: the session total 13.00 becomes 10

            before tax  10.00 EUR
            after tax   11.00 EUR
            claim       Equal: claimed 10 and rated 10 EUR before tax. Settled: 10.00 EUR.

            """);
    }

    [Fact]
    public void A_mismatch_is_done_and_found()
    {
        var cdr = Example("T01-energy-20kwh", "2.2.1").Replace("\"excl_vat\":5.0", "\"excl_vat\":5.5", StringComparison.Ordinal);
        var (exit, output, _) = Run("rate", Write("m", cdr), "--json");
        exit.ShouldBe(1);
        var json = JsonDocument.Parse(output).RootElement;
        json.GetProperty("difference").GetProperty("before_taxes").GetString().ShouldBe("0.5");
        json.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("code").GetString())
            .ShouldContain("claim.differs");
    }

    [Theory]
    [InlineData("{", "file.truncated")]
    [InlineData("[]", "file.empty")]
    [InlineData("", "file.empty")]
    public void What_cannot_be_read_is_refused_in_one_line(string content, string code)
    {
        var (exit, output, errors) = Run("rate", Write("bad", content), "--json");
        (exit, output).ShouldBe((2, ""));
        errors.TrimEnd('\n').ShouldNotContain("\n");
        errors.ShouldContain(code);
    }

    [Theory]
    [InlineData("policy.unknown", "--policy", "flat=twice")]
    [InlineData("zone.unknown", "--zone", "Toronto")]
    [InlineData("usage.wrong", "--ocpi", "9")]
    [InlineData("file.unreadable", "--tariff", "/no/such/file")]
    public void Wrong_use_is_refused_with_a_code(string code, string option, string value)
    {
        var (exit, _, errors) = Run("rate", Write("c", Example("T01-energy-20kwh", "2.2.1")), option, value);
        exit.ShouldBe(2);
        errors.ShouldContain($"({code})");
    }

    [Fact]
    public void A_tariff_is_linted_and_told_in_words()
    {
        var file = Write("tariff", JsonDocument.Parse(Example("T13b-complex-saturday", "2.3.0")).RootElement
            .GetProperty("tariffs").GetRawText());
        var (exit, output, _) = Run("lint", file, "--json");
        exit.ShouldBe(1);
        var json = JsonDocument.Parse(output).RootElement;
        json.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("code").GetString())
            .ShouldContain("lint.gap");
        json.GetProperty("words").GetProperty("fr").GetArrayLength().ShouldBe(json.GetProperty("words").GetProperty("en").GetArrayLength());
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    private static string Example(string name, string version)
    {
        var file = Path.Combine(Checkout.Vectors("Spec"), name + ".json");
        using var vector = JsonDocument.Parse(File.ReadAllBytes(file));
        return JsonSerializer.Serialize(vector.RootElement.GetProperty("cdr").GetProperty(version));
    }

    private static List<(string Id, string Cdr, (string?, string?) Total)> Examples(string version, bool expired)
    {
        var examples = new List<(string, string, (string?, string?))>();
        foreach (var file in Directory.GetFiles(Checkout.Vectors("Spec"), "*.json").Order(StringComparer.Ordinal))
        {
            using var vector = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = vector.RootElement;
            var isExpired = root.TryGetProperty("reservation", out var reservation) && reservation.GetProperty("expired").GetBoolean();
            if (root.GetProperty("kind").GetString() == "rating" && root.GetProperty("cdr").TryGetProperty(version, out var cdr)
                && isExpired == expired)
            {
                var expected = root.GetProperty("expected");
                examples.Add((
                    cdr.GetProperty("id").GetString()!, JsonSerializer.Serialize(cdr),
                    (Rounded(expected, "total_before_tax"), Rounded(expected, "total_after_tax"))));
            }
        }

        return examples;
    }

    private static (string?, string?) Total(JsonElement rated)
    {
        var total = rated.GetProperty("total");
        return (Rounded(total, "before_taxes"), Rounded(total, "after_taxes"));
    }

    /// <summary>The examples show two to five decimals: two are compared here, all in the test of the rater.</summary>
    private static string? Rounded(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? Math.Round(
                decimal.Parse(value.GetString()!, System.Globalization.CultureInfo.InvariantCulture), 2,
                MidpointRounding.AwayFromZero).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)
            : null;

    private static string Show(IEnumerable<JsonElement> rated) => string.Join('\n', rated);

    private static (int Exit, string Output, string Errors) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "settlement.dll"));
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}
