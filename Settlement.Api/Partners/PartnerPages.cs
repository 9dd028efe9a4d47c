using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Settlement.Domain.Ocpi;
using NodaTime;

namespace Settlement.Api.Partners;

/// <summary>A list that cannot be fetched to its end.</summary>
public sealed class PullException(string message) : Exception(message);

/// <summary>
/// Fetches a list of a partner page by page (OCPI 2.2.1 §4.1.3). It ends well only where as much came as the partner
/// said there is.
/// </summary>
public sealed class PartnerPages(PartnerHttp http)
{
    private const int MostPages = 100_000;
    private const int Limit = 500;

    /// <summary>
    /// Pages of raw objects, byte for byte, each page's objects in order; what is no object on a page is left to the
    /// reader. An empty list may come as null or not at all (OCPI 2.3.0, transport and format).
    /// </summary>
    /// <param name="from">Only what changed since; null = everything.</param>
    /// <exception cref="PullException">A page cannot be had, or the links lead astray.</exception>
    public async IAsyncEnumerable<IReadOnlyList<byte[]>> Fetch(
        string endpoint, PartnerToken token, Instant? from, [EnumeratorCancellation] CancellationToken stop)
    {
        var first = new Uri(endpoint);
        var next = With(first, from, 0);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        long? total = null;
        var came = 0L;
        for (var page = 0; next is not null; page++)
        {
            if (page == MostPages || !seen.Add(next.AbsoluteUri))
            {
                throw new PullException("The pages lead in a circle or have no end.");
            }

            using var reply = await http.Get(next.AbsoluteUri, token, stop);
            if (!reply.IsGood || Objects(reply) is not { } objects)
            {
                throw new PullException($"Page {page + 1} cannot be had: {reply.Verdict}");
            }

            yield return objects;

            // a list that got shorter moved under us: what slid over the page's edge is fetched again
            var fell = reply.Total is { } now && total is { } before && now < before ? before - now : 0;
            total = reply.Total ?? total;
            came += objects.Count;
            next = Follow(first, next, reply.Next, fell);
        }

        if (came < total)
        {
            throw new PullException(
                $"The partner reports {total} objects (X-Total-Count) but links to no further page after {came}.");
        }
    }

    /// <summary>Null: what came in the place of the list is none.</summary>
    private static List<byte[]>? Objects(PartnerReply reply) => reply switch
    {
        { Data: { ValueKind: JsonValueKind.Array } data } =>
            [.. data.EnumerateArray().Select(item => JsonMarshal.GetRawUtf8Value(item).ToArray())],
        { Data: null or { ValueKind: JsonValueKind.Null } } => [],
        _ => null,
    };

    private static Uri? Follow(Uri first, Uri current, string? link, long fell)
    {
        if (link is null)
        {
            return null;
        }

        if (!Uri.TryCreate(current, link, out var next) || next.Scheme != first.Scheme || next.Authority != first.Authority)
        {
            throw new PullException("The next page is at another server: refused.");
        }

        return fell > 0 ? Back(next, fell) : next;
    }

    private static Uri Back(Uri next, long by)
    {
        var query = next.Query.TrimStart('?').Split('&');
        for (var i = 0; i < query.Length; i++)
        {
            if (query[i].StartsWith("offset=", StringComparison.Ordinal)
                && long.TryParse(query[i]["offset=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            {
                query[i] = string.Create(CultureInfo.InvariantCulture, $"offset={Math.Max(0, offset - by)}");
            }
        }

        return new UriBuilder(next) { Query = string.Join('&', query) }.Uri;
    }

    private static Uri With(Uri endpoint, Instant? from, long offset)
    {
        var query = endpoint.Query.TrimStart('?');
        var own = string.Create(CultureInfo.InvariantCulture, $"offset={offset}&limit={Limit}");
        if (from is { } since)
        {
            own = $"date_from={Uri.EscapeDataString(OcpiWriting.Time(since, Domain.Intake.OcpiVersion.V211))}&{own}";
        }

        return new UriBuilder(endpoint) { Query = query.Length > 0 ? $"{query}&{own}" : own }.Uri;
    }
}
