using System.Net;
using System.Text.RegularExpressions;

namespace Settlement.Tests.People;

/// <summary>A browser as far as pages need one: cookies, and forms that carry the token their page gave.</summary>
public sealed partial class Browser : IDisposable
{
    public const string Password = "a long and plain pass phrase";

    private readonly HttpClient http;

    public Browser(Uri site) => http = new HttpClient(
        new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = Cookies })
    {
        BaseAddress = site,
    };

    public CookieContainer Cookies { get; } = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Signs in and stays so.</summary>
    public static async Task<Browser> SignedIn(Uri site, string name, string password = Password)
    {
        var browser = new Browser(site);
        var answer = await browser.SignIn(name, password);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect, $"{name} was not let in");
        return browser;
    }

    public Task<HttpResponseMessage> SignIn(string name, string password, string back = "/") =>
        Post("/sign-in", ("Name", name), ("Password", password), ("Return", back));

    public Task<HttpResponseMessage> Get(string path) => http.GetAsync(path, Stop);

    public Task<string> Text(string path) => http.GetStringAsync(path, Stop);

    public async Task<HttpResponseMessage> Post(string path, params (string Name, string Value)[] fields)
    {
        var token = await Token();
        using var form = new FormUrlEncodedContent(
            [.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), KeyValuePair.Create("__RequestVerificationToken", token)]);
        return await http.PostAsync(path, form, Stop);
    }

    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? content, bool withToken = true)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (withToken)
        {
            request.Headers.Add("X-Form-Token", await Token());
        }

        return await http.SendAsync(request, Stop);
    }

    public Task<HttpResponseMessage> Send(HttpRequestMessage request) => http.SendAsync(request, Stop);

    /// <summary>As our forms carry it: made for whoever is signed in here.</summary>
    public async Task<string> Token() =>
        WebUtility.HtmlDecode(TokenField().Match(await Text("/sign-in")).Groups["token"].Value);

    public void Dispose() => http.Dispose();

    [GeneratedRegex("""name="__RequestVerificationToken" value="(?<token>[^"]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TokenField();
}
