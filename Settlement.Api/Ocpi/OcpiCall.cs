using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using NodaTime;
using Settlement.Api.Auth;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Projections.Partners;

namespace Settlement.Api.Ocpi;

/// <summary>One request as an endpoint sees it: who calls, what is asked, the body.</summary>
public sealed class OcpiCall(HttpContext http, OcpiServices services, OcpiRoute route, Caller caller)
{
    /// <summary>Most objects of one page.</summary>
    public const int MostPerPage = 500;

    public HttpContext Http => http;

    public OcpiServices Services => services;

    public Engine Engine => services.Engine;

    public Caller Caller => caller;

    public OcpiVersion Version => route.Version!.Value;

    public CancellationToken Stop => http.RequestAborted;

    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>
    /// A placeholder's text. The server decodes all but %2F, so that a slash inside an id and the text %2F look the same:
    /// then the path counts as it was sent.
    /// </summary>
    public string Value(string name)
    {
        var text = (string?)http.GetRouteValue(name) ?? "";
        if (!text.Contains("%2F", StringComparison.OrdinalIgnoreCase))
        {
            return text;
        }

        var sent = (http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "").Split('?', 2)[0].Split('/');
        var pattern = route.Pattern.Split('/');
        var at = Array.IndexOf(pattern, $"{{{name}}}");
        return at >= 0 && sent.Length == pattern.Length
            ? Uri.UnescapeDataString(sent[at])
            : text.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The party in the URL, where the caller speaks for it; null: not its own, or no party at all.</summary>
    public PartyId? Owner => PartyId.Of(Value("country_code"), Value("party_id")) is { } party && caller.SpeaksFor(party)
        ? party
        : null;

    /// <summary>Scheme and host as the partner reaches us.</summary>
    public string Base => services.Options.PublicUrl ?? $"{http.Request.Scheme}://{http.Request.Host}";

    public string Url(string path) => $"{Base}/ocpi/{Version.Name()}/{path}";

    /// <summary>How facts name who recorded them.</summary>
    public string Actor => $"ocpi {caller.Partner.Key}";

    /// <summary>A hub reads back only what it submitted: the stream's last fact is by it (rules-money 28).</summary>
    public async Task<bool> HasSubmitted(string bookStream) =>
        !caller.IsHub
        || (await Engine.Store.LastEvent(Agreements.Books.Tenant, bookStream, Stop))?.Actor == Actor;

    /// <summary>A hub's answer where the party itself, or an operator, sent what is there.</summary>
    public static readonly Refusal NotTheHubs = new(
        "hub.not-its-own", "The party sent this itself; a hub replaces only what it sent (nothing is changed).");

    /// <summary>Whether a hub would replace what somebody else sent (rules-money 28).</summary>
    public async Task<bool> WouldReplaceOthers(string tenant, string stream) =>
        caller.IsHub && await Engine.Store.LastEvent(tenant, stream, Stop) is { } last && last.Actor != Actor;

    public bool HasPart(string name) => http.GetRouteValue(name) is not null;

    public static string Segment(PartyId party) => $"{party.CountryCode}/{party.Code}";

    /// <summary>A page of a list with its headers, or why it cannot be told which page is asked for.</summary>
    public async Task<OcpiAnswer> Paged<T>(
        Func<PageAsked, Task<PartnerPage<T>>> read, Action<Utf8JsonWriter, T> write)
    {
        var (asked, refusal) = Page();
        if (asked is null)
        {
            return OcpiAnswer.Refused(refusal!);
        }

        var page = await read(asked);
        SetPage(asked, page.Total);
        return OcpiAnswer.List(page.Items, write);
    }

    private (PageAsked? Page, Refusal? Refusal) Page()
    {
        var query = http.Request.Query;
        var (from, wrong) = Time(query["date_from"]);
        var (to, alsoWrong) = Time(query["date_to"]);
        if ((wrong ?? alsoWrong) is { } malformed)
        {
            return (null, malformed);
        }

        if (!TryNumber(query["offset"], 0, out var offset) || !TryNumber(query["limit"], MostPerPage, out var limit)
            || limit == 0)
        {
            return (null, new Refusal("page.malformed", "offset and limit are whole numbers, limit at least 1."));
        }

        return (new PageAsked(from, to, offset, (int)Math.Min(limit, MostPerPage)), null);
    }

    /// <summary>Sets the headers of a page (OCPI 2.2.1 §4.1.3): Link with all filters, X-Total-Count, X-Limit.</summary>
    private void SetPage(PageAsked asked, long total)
    {
        var headers = http.Response.Headers;
        headers["X-Total-Count"] = total.ToString(CultureInfo.InvariantCulture);
        headers["X-Limit"] = MostPerPage.ToString(CultureInfo.InvariantCulture);
        if (asked.Offset >= total - asked.Limit)
        {
            return;
        }

        var link = new StringBuilder($"{Base}{http.Request.Path}?");
        foreach (var (name, value) in http.Request.Query)
        {
            if (name is "date_from" or "date_to")
            {
                link.Append(CultureInfo.InvariantCulture, $"{name}={Uri.EscapeDataString(value.ToString())}&");
            }
        }

        link.Append(CultureInfo.InvariantCulture, $"offset={asked.Offset + asked.Limit}&limit={asked.Limit}");
        headers.Link = $"<{link}>; rel=\"next\"";
    }

    private static (Instant? Time, Refusal? Refusal) Time(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return default;
        }

        // an unescaped plus sign of an offset arrives as a blank
        return OcpiWriting.ReadTime(text) is { } time
            ? (time, null)
            : (null, new Refusal("page.malformed", "date_from and date_to are times as 2026-10-01T00:00:00Z."));
    }

    private static bool TryNumber(string? text, long otherwise, out long number)
    {
        number = otherwise;
        return string.IsNullOrEmpty(text)
            || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
