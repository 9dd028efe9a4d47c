using System.Text;
using System.Text.Json;

namespace Settlement.Domain.Ocpi;

/// <summary>What names a driver: token uid and contract id, recognised in other texts of the same document.</summary>
/// <remarks>
/// Compared by letters and digits alone, without case: "CA-FLO-C00012345" is in "1/caflo c00012345". The separators of a
/// contract id are optional (ISO 15118-2 annex H), and readers write a card's bytes with colons or without.
/// </remarks>
internal readonly struct DriverWords
{
    /// <summary>A shorter identifier inside another text is chance.</summary>
    private const int ShortestInside = 6;

    /// <summary>A shorter one that is the whole text is chance too: an EVSE called 12.</summary>
    private const int ShortestWhole = 4;

    /// <summary>Of a contract id with its check digit, which many leave out.</summary>
    private const int WithCheckDigit = 15;

    private readonly string uid;
    private readonly string contract;

    public DriverWords(string? uid, string? contract)
    {
        this.uid = Bare(uid);
        var bare = Bare(contract);
        this.contract = bare.Length == WithCheckDigit ? bare[..^1] : bare;
    }

    /// <summary>True: the text holds one of them, and must not be stored in the clear.</summary>
    public bool AreIn(string? text) => text is not null && (IsIn(text, uid) || IsIn(text, contract));

    /// <summary>As <see cref="AreIn"/>, of JSON: escaped or as they are, each name and each value for itself too.</summary>
    public bool AreInJson(string json)
    {
        if (AreIn(json))
        {
            return true;
        }

        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        while (reader.Read())
        {
            var text = reader.TokenType switch
            {
                JsonTokenType.PropertyName or JsonTokenType.String => reader.GetString(),
                JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
                _ => null,
            };
            if (AreIn(text) || text?.Split('/').Any(AreIn) == true) // a name is its whole place
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsIn(string text, string word) =>
        word.Length >= ShortestWhole && text.Length >= word.Length && Find(text, word) is var (from, to)
        && (word.Length >= ShortestInside || IsBare(text.AsSpan(0, from)) && IsBare(text.AsSpan(to)));

    // the first character found fast, the rest one by one
    private static (int From, int To)? Find(ReadOnlySpan<char> text, string word)
    {
        var (lower, upper) = (word[0], char.ToUpperInvariant(word[0]));
        for (var from = 0; text.Length - from >= word.Length; from++)
        {
            var next = text[from..].IndexOfAny(lower, upper);
            if (next < 0)
            {
                return null;
            }

            from += next;
            if (End(text[from..], word) is { } length)
            {
                return (from, from + length);
            }
        }

        return null;
    }

    private static int? End(ReadOnlySpan<char> text, string word)
    {
        var matched = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (!char.IsLetterOrDigit(text[at]))
            {
                continue;
            }

            if (char.ToLowerInvariant(text[at]) != word[matched])
            {
                return null;
            }

            if (++matched == word.Length)
            {
                return at + 1;
            }
        }

        return null;
    }

    private static bool IsBare(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c))
            {
                return false;
            }
        }

        return true;
    }

    private static string Bare(string? text)
    {
        if (text is null or "#NA") // what a CPO without a contract id writes
        {
            return "";
        }

        Span<char> bare = text.Length <= 256 ? stackalloc char[text.Length] : new char[text.Length];
        var length = 0;
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c))
            {
                bare[length++] = char.ToLowerInvariant(c);
            }
        }

        return bare[..length].ToString();
    }
}
