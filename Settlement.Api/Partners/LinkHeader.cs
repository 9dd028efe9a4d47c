namespace Settlement.Api.Partners;

/// <summary>One link of a Link header: its target as written, and its parameters in order, names in lower case.</summary>
public sealed record WebLink(string Target, IReadOnlyList<(string Name, string Value)> Parameters)
{
    /// <summary>Whether the first <c>rel</c> names this relation; a link with an anchor is about another page.</summary>
    public bool Is(string relation) =>
        Parameters.All(parameter => parameter.Name != "anchor")
        && Parameters.FirstOrDefault(parameter => parameter.Name == "rel").Value is { } relations
        && relations.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Contains(relation, StringComparer.OrdinalIgnoreCase);
}

/// <summary>
/// Reads Link headers by their grammar (RFC 8288 §3, appendix B): commas and semicolons inside <c>&lt;…&gt;</c> and quotes
/// belong to them. What follows a fault in a header is left out.
/// </summary>
public static class LinkHeader
{
    /// <summary>The target of the first link to the next page; null: there is none.</summary>
    public static string? Next(IEnumerable<string> headers) =>
        headers.SelectMany(Read).FirstOrDefault(link => link.Is("next"))?.Target;

    public static IReadOnlyList<WebLink> Read(string header)
    {
        var links = new List<WebLink>();
        var at = 0;
        while (true)
        {
            while (at < header.Length && header[at] is ' ' or '\t' or ',')
            {
                at++;
            }

            if (at == header.Length || header[at] != '<' || header.IndexOf('>', at) is not (> 0 and var end))
            {
                return links;
            }

            var target = header[(at + 1)..end];
            at = end + 1;
            links.Add(new WebLink(target, Parameters(header, ref at)));
            if (at < header.Length && header[at] != ',')
            {
                return links;
            }
        }
    }

    private static List<(string, string)> Parameters(string header, ref int at)
    {
        var parameters = new List<(string, string)>();
        while (true)
        {
            Blanks(header, ref at);
            if (at == header.Length || header[at] != ';')
            {
                return parameters;
            }

            at++;
            Blanks(header, ref at);
            var name = Until(header, ref at, " \t=;,").ToLowerInvariant();
            Blanks(header, ref at);
            var value = "";
            if (at < header.Length && header[at] == '=')
            {
                at++;
                Blanks(header, ref at);
                value = at < header.Length && header[at] == '"' ? Quoted(header, ref at) : Until(header, ref at, " \t;,");
            }

            if (name.Length > 0)
            {
                parameters.Add((name, value));
            }
        }
    }

    private static void Blanks(string header, ref int at)
    {
        while (at < header.Length && header[at] is ' ' or '\t')
        {
            at++;
        }
    }

    private static string Until(string header, ref int at, string ends)
    {
        var from = at;
        while (at < header.Length && !ends.Contains(header[at], StringComparison.Ordinal))
        {
            at++;
        }

        return header[from..at];
    }

    private static string Quoted(string header, ref int at)
    {
        var text = new System.Text.StringBuilder();
        for (at++; at < header.Length && header[at] != '"'; at++)
        {
            at += header[at] == '\\' && at + 1 < header.Length ? 1 : 0;
            text.Append(header[at]);
        }

        at = Math.Min(at + 1, header.Length);
        return text.ToString();
    }
}
