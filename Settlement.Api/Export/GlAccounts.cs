using Settlement.Domain;
using Settlement.Domain.Books;

namespace Settlement.Api.Export;

/// <summary>
/// Which account of the general ledger an account of the books is. Without a file each keeps its own name, with the
/// colons that both programs read as sub-accounts. With a file (<c>account,gl_account</c>; a name that ends in * stands
/// for all that begin so, the longest one decides) an account that it does not name is refused.
/// </summary>
public sealed class GlAccounts
{
    private readonly Dictionary<string, string>? exact;
    private readonly List<(string Prefix, string Target)> prefixes = [];

    private GlAccounts(Dictionary<string, string>? exact) => this.exact = exact;

    public static GlAccounts OwnNames { get; } = new(null);

    public static (GlAccounts? Accounts, Refusal? Refusal) Read(string text, string file)
    {
        var accounts = new GlAccounts(new Dictionary<string, string>(StringComparer.Ordinal));
        var number = 0;
        foreach (var line in text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            var cells = line.Split(',', 2, StringSplitOptions.TrimEntries);
            if (line.Length == 0 || (number == 1 && cells is ["account", "gl_account"]))
            {
                continue;
            }

            if (cells is not [{ Length: > 0 } from, { Length: > 0 } to] || !accounts.Add(from, to.Trim('"')))
            {
                return (null, new Refusal("accounts.malformed",
                    $"{file}, line {number} is not account,gl_account, or names an account again."));
            }
        }

        return (accounts, null);
    }

    /// <summary>Null where the file does not name it.</summary>
    public string? Of(BookAccount account) => exact is null
        ? account.Name
        : exact.GetValueOrDefault(account.Name)
            ?? prefixes.Where(each => account.Name.StartsWith(each.Prefix, StringComparison.Ordinal))
                .OrderByDescending(each => each.Prefix.Length).Select(each => each.Target).FirstOrDefault();

    /// <summary>What the file does not name of these; nothing is exported then.</summary>
    public Refusal? Missing(IEnumerable<BookAccount> accounts)
    {
        var missing = accounts.Where(account => Of(account) is null).Select(account => account.Name)
            .Distinct(StringComparer.Ordinal).ToList();
        return missing.Count == 0
            ? null
            : new Refusal("accounts.unmapped",
                $"{missing.Count} accounts have no account in the general ledger: {string.Join(", ", missing.Take(5))}"
                + (missing.Count > 5 ? ", …" : "") + ". Add them to the file.");
    }

    private bool Add(string from, string to)
    {
        if (!from.EndsWith('*'))
        {
            return exact!.TryAdd(from, to);
        }

        if (prefixes.Exists(each => each.Prefix == from[..^1]))
        {
            return false;
        }

        prefixes.Add((from[..^1], to));
        return true;
    }
}
