using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Settlement.Domain;

namespace Settlement.Api.V1;

/// <summary>A page of a list and where the next one begins.</summary>
/// <param name="Next">Opaque; give it back as <c>cursor</c>. Null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>How lists are paged: by the key of the last item seen, so that each page costs the same.</summary>
internal static class Paging
{
    public const int Usual = 100;

    public const int Most = 500;

    private static readonly Refusal Unreadable = new(
        "cursor.malformed", "This cursor was not given out here; start without one.");

    /// <summary>How many items, or why that cannot be.</summary>
    public static int Limit(int? wanted, out Refusal? refusal)
    {
        refusal = wanted is < 1 or > Most
            ? new Refusal("limit.out-of-range", $"A page has 1 to {Most} items.")
            : null;
        return wanted ?? Usual;
    }

    public static string Cursor<TKey>(TKey key) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(key));

    public static TKey? Key<TKey>(string? cursor, out Refusal? refusal)
        where TKey : class
    {
        refusal = null;
        if (string.IsNullOrEmpty(cursor))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<TKey>(Base64Url.DecodeFromChars(cursor)) ?? throw new JsonException("null");
        }
        catch (Exception e) when (e is JsonException or FormatException or NotSupportedException)
        {
            refusal = Unreadable;
            return null;
        }
    }

    /// <summary>The first of the found items, with a cursor where there are more than asked for.</summary>
    public static ApiAnswer Answer<TItem, TShown, TKey>(
        HttpRequest request, IReadOnlyList<TItem> found, int limit, Func<TItem, TShown> show, Func<TItem, TKey> key)
    {
        var next = found.Count > limit ? Cursor(key(found[limit - 1])) : null;
        var page = new Page<TShown>([.. found.Take(limit).Select(show)], next);
        return next is null ? ApiAnswer.Of(page) : Linked(request, page, next);
    }

    private static ApiAnswer Linked<TShown>(HttpRequest request, Page<TShown> page, string next)
    {
        var query = QueryString.Create(request.Query.Where(item => item.Key != "cursor")
            .SelectMany(item => item.Value.Select(value => KeyValuePair.Create<string, string?>(item.Key, value)))
            .Append(KeyValuePair.Create<string, string?>("cursor", next)));
        return ApiAnswer.Of(page).LinkedTo(new StringBuilder(request.Path).Append(query).ToString());
    }
}
