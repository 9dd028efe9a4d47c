using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ocpi;
using Settlement.Projections.Tables;

namespace Settlement.Api.Agreements;

/// <summary>
/// An amendment as people write it: a JSON object with only the terms that change, named as <c>valid_from</c>; null
/// takes a term away. Terms of one direction stand under <c>directions</c> by the CPO: <c>{"CA-FLO": {…}}</c>.
/// </summary>
public static class AgreementTerms
{
    private static readonly string[] NotAmended =
        [nameof(Agreement.Relationship), nameof(Agreement.Version), nameof(Agreement.Provisional)];

    private static readonly Dictionary<string, string> Names = Of(typeof(Agreement), NotAmended);

    private static readonly Dictionary<string, string> DirectionNames = Of(typeof(DirectionTerms), [nameof(DirectionTerms.Cpo)]);

    private static readonly string[] MayBeNull =
    [
        nameof(Agreement.MaximumAgeDays), nameof(Agreement.DisputeDefault), nameof(Agreement.SettlementCurrency),
        nameof(Agreement.ReconcileMinor), nameof(Agreement.ReconcileCapMinor),
    ];

    /// <summary>The terms that follow from changing some of those before.</summary>
    /// <param name="before">The version made last; null = there is none.</param>
    public static (Agreement? Terms, Refusal? Refusal) Apply(Relationship relationship, Agreement? before, JsonObject changes)
    {
        var based = before ?? Agreement.ProvisionalFor(relationship);
        var terms = JsonSerializer.SerializeToNode(based, RowJson.Options)!.AsObject();
        if ((before is null || !before.Provisional) && !changes.Any(term => Key(term.Key) == "validfrom"))
        {
            return (null, new("agreement.valid-from",
                "Say from which day of sessions the new terms hold: \"valid_from\": \"2026-11-01\"."));
        }

        foreach (var (name, value) in changes)
        {
            if (!Names.TryGetValue(Key(name), out var term))
            {
                return (null, UnknownTerm(name, Names));
            }

            if (term == nameof(Agreement.Directions))
            {
                if (Directions(terms, value) is { } wrong)
                {
                    return (null, wrong);
                }
            }
            else if (value is null && !MayBeNull.Contains(term))
            {
                return (null, new("agreement.malformed", $"{name}: this term cannot be empty."));
            }
            else
            {
                terms[term] = value?.DeepClone();
            }
        }

        try
        {
            var agreed = terms.Deserialize<Agreement>(RowJson.Options)!;
            return IsoText.Day(agreed.ValidFrom.Text()) is null ? (null, Malformed("valid_from")) : (agreed, null);
        }
        catch (JsonException e)
        {
            return (null, Malformed(e.Path ?? ""));
        }
        catch (NodaTime.Text.UnparsableValueException)
        {
            return (null, Malformed("valid_from"));
        }
    }

    /// <summary>Reads a file of changes.</summary>
    public static (JsonObject? Changes, Refusal? Refusal) Parse(string text)
    {
        try
        {
            using var document = JsonText.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object && !JsonText.HasNullItem(document.RootElement)
                ? (JsonObject.Create(document.RootElement.Clone()), null)
                : (null, new Refusal("agreement.malformed", "Write a JSON object with the terms that change; no item of a list can be null."));
        }
        catch (JsonException e)
        {
            return (null, new Refusal("agreement.malformed", $"Line {e.LineNumber + 1} is not JSON, or names a term twice."));
        }
    }

    private static Refusal? Directions(JsonObject terms, JsonNode? value)
    {
        if (value is not JsonObject byParty)
        {
            return new("agreement.malformed", "directions: write them by the CPO, as {\"CA-FLO\": {\"tolerance_minor\": 1}}.");
        }

        var own = terms[nameof(Agreement.Directions)]!.AsArray();
        foreach (var (party, changes) in byParty)
        {
            if (PartyId.Parse(party) is not { } cpo)
            {
                return new("agreement.party", $"directions: '{party}' is not a party; expected a form like CA-FLO.");
            }

            var known = own.FirstOrDefault(each => (string?)each!["Cpo"] == cpo.ToString())?.AsObject();
            if (changes is null)
            {
                own.Remove(known);
                continue;
            }

            if (changes is not JsonObject of)
            {
                return new("agreement.malformed", $"directions {party}: write the terms that differ there.");
            }

            if (known is null)
            {
                own.Add(known = new JsonObject { ["Cpo"] = cpo.ToString() });
            }

            foreach (var (name, term) in of)
            {
                if (!DirectionNames.TryGetValue(Key(name), out var property))
                {
                    return UnknownTerm($"directions {party}: {name}", DirectionNames);
                }

                known[property] = term?.DeepClone();
            }

            if (known.All(each => each.Key == "Cpo" || each.Value is null))
            {
                own.Remove(known); // nothing differs there any more
            }
        }

        return null;
    }

    private static Refusal Malformed(string at) => new("agreement.malformed",
        $"{at.TrimStart('$', '.')}: a value that this term cannot have; dates are 2026-11-01, numbers without quotes, lists in [].");

    private static Refusal UnknownTerm(string name, Dictionary<string, string> known) => new("agreement.unknown-term",
        $"{name}: no such term; there are {string.Join(", ", known.Values.Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))}.");

    private static Dictionary<string, string> Of(Type type, string[] except) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is { IsPublic: true } && !except.Contains(property.Name))
        .ToDictionary(property => Key(property.Name), property => property.Name, StringComparer.Ordinal);

    private static string Key(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
