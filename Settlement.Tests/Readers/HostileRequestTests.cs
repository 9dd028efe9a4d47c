using System.Text;
using FsCheck.Fluent;
using Settlement.Tests.Ocpi;

namespace Settlement.Tests.Readers;

/// <summary>Whatever a partner sends or asks for, it is answered; nothing of it is a failure of ours.</summary>
public sealed class HostileRequestTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Method, path and sound bodies.</summary>
    private static readonly (string Method, string Path, IReadOnlyList<(string, byte[])> Sound)[] Writes =
    [
        ("POST", "/ocpi/2.2.1/cdrs", Samples.Cdrs),
        ("PUT", "/ocpi/2.2.1/tariffs/US/CPI/T1", Samples.Tariffs),
        ("PATCH", "/ocpi/2.1.1/tariffs/US/CPI/CPI-FREE-USD", Samples.Tariffs),
        ("PUT", "/ocpi/2.2.1/locations/US/CPI/L1", Samples.Locations),
        ("PUT", "/ocpi/2.2.1/locations/US/CPI/CPI-ON-01/E1", Samples.Locations),
        ("PATCH", "/ocpi/2.2.1/locations/US/CPI/CPI-ON-01", Samples.Locations),
        ("PATCH", "/ocpi/2.2.1/locations/US/CPI/CPI-ON-01/CPI-ON-01-1", Samples.Locations),
        ("PUT", "/ocpi/2.2.1/sessions/US/CPI/S1", Samples.Sessions),
        ("PATCH", "/ocpi/2.2.1/sessions/US/CPI/S1", Samples.Sessions),
        ("POST", "/ocpi/2.3.0/invoicereconciliation", Samples.InvoiceRecords),
        ("PUT", "/ocpi/2.3.0/invoicereconciliation/US/CPI/R1", Samples.InvoiceRecords),
        ("PUT", "/ocpi/2.2.1/credentials", Samples.Credentials),
        ("PUT", "/ocpi/settlement/webhook", [("webhook", Encoding.UTF8.GetBytes("{\"url\":\"https://x.org/hook\"}"))]),
    ];

    [Fact]
    public async Task A_damaged_body_is_taken_held_or_refused()
    {
        await using var site = await OcpiSite.Begin();
        var token = await site.Token(OcpiSite.Cpi);
        foreach (var (method, path, sound) in Writes)
        {
            foreach (var mutant in Mutant.Of_(sound).Generator.Examples(25))
            {
                await Answered(site, token, method, path, mutant.Bytes, mutant.ToString());
            }
        }
    }

    [Fact]
    public async Task Every_document_that_broke_a_reader_once_is_answered()
    {
        await using var site = await OcpiSite.Begin();
        var token = await site.Token(OcpiSite.Cpi);
        foreach (var file in Directory.EnumerateFiles(FaultVectors.Path("Faults"), "*.*").Where(file => !file.EndsWith(".md", StringComparison.Ordinal)))
        {
            foreach (var (method, path, _) in Writes)
            {
                await Answered(site, token, method, path, await File.ReadAllBytesAsync(file, Stop), $"{method} {path} {file}");
            }
        }
    }

    [Theory]
    [InlineData("offset=9223372036854775807")]
    [InlineData("offset=9223372036854775807&limit=9223372036854775807")]
    [InlineData("offset=99999999999999999999")]
    [InlineData("offset=-1")]
    [InlineData("limit=0")]
    [InlineData("date_from=9999-12-31T23:59:59-08:00")]
    [InlineData("date_from=0001-01-01T00:00:00Z&date_to=9999-12-31T23:59:59Z")]
    [InlineData("date_from=%00&date_to=%ff")]
    [InlineData("date_from=2026-10-05T13:00:00%2B0000")]
    public async Task A_query_is_answered_or_refused(string query)
    {
        await using var site = await OcpiSite.Begin();
        var token = await site.Token(OcpiSite.Cpi);
        foreach (var path in new[] { "/ocpi/2.2.1/tariffs", "/ocpi/2.2.1/cdrs", "/ocpi/2.3.0/invoicereconciliation" })
        {
            var reply = await site.Get(token, $"{path}?{query}");
            ((int)reply.Http).ShouldBeLessThan(500, $"{path}?{query}: {reply.Body}");
        }
    }

    private static async Task Answered(
        OcpiSite site, string token, string method, string path, byte[] body, string what)
    {
        using var client = new HttpClient { BaseAddress = new Uri(site.Address) };
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation("Authorization", $"Token {token}");
        request.Content.Headers.ContentType = new("application/json");
        using var answer = await client.SendAsync(request, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        ((int)answer.StatusCode).ShouldBeLessThan(500, $"{method} {path}: {text}\n{what}");
    }
}
