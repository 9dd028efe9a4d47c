using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// What is noticed while a document is read: findings with their place, unknown names, a refusal.
/// </summary>
public sealed class ReadingNotes
{
    /// <summary>One document cannot fill the store with findings.</summary>
    public const int MaxFindings = 100;

    /// <summary>Elements of all lists of one document: 10 MB of <c>{}</c> would fill the memory with empty objects.</summary>
    public const int MaxElements = 250_000;

    /// <summary>Bytes of members that are not read, kept of one document; of more only a digest.</summary>
    public const int MaxKept = 256 * 1024;

    private const int MaxNames = 20;
    private readonly List<(string Name, int Index)> path = new(8);
    private int elements;
    private int keptBytes;
    private List<Finding>? findings;
    private List<string>? unknownNames;
    private List<(string Place, string Json, bool IsKnown)>? unread;

    /// <summary>
    /// The first reason why the document cannot be used; reading goes on to tell what else can be told.
    /// </summary>
    public Refusal? Refusal { get; private set; }

    public int UnknownFields { get; private set; }

    public IReadOnlyList<Finding> Findings => findings ?? (IReadOnlyList<Finding>)[];

    public IReadOnlyList<string> UnknownFieldNames => unknownNames ?? (IReadOnlyList<string>)[];

    /// <summary>Whether the values of members that are not read are kept.</summary>
    internal bool KeepsUnread { get; init; }

    /// <summary>What is kept is sealed with the driver's data; else it stands in the clear.</summary>
    internal bool IsSealed { get; init; }

    /// <summary>Keeps a value that is not read, as it is written.</summary>
    /// <param name="isKnown">OCPI knows the member; its value is not one that it can have.</param>
    internal void Keep(string name, ReadOnlySpan<byte> json, bool isKnown)
    {
        if (!KeepsUnread)
        {
            return;
        }

        if (json.Length > MaxKept - keptBytes)
        {
            Find(IntakeFindings.FieldTooLarge, name,
                $"{json.Length} bytes that are not read; of what is beyond {MaxKept} bytes a document its "
                + $"{(IsSealed ? "SHA-256" : "length")} is kept");
            (unread ??= []).Add((Pointer(name), InPlaceOf(json), isKnown));
            return;
        }

        keptBytes += json.Length;
        (unread ??= []).Add((Pointer(name), Encoding.UTF8.GetString(json), isKnown));
    }

    /// <summary>
    /// Sealed, two values that differ still differ by it. In the clear no digest of what may name a driver is kept: who
    /// knows the rest of the text could find the name by trying.
    /// </summary>
    private string InPlaceOf(ReadOnlySpan<byte> json) => IsSealed
        ? string.Create(CultureInfo.InvariantCulture,
            $$"""{"bytes":{{json.Length}},"sha256":"{{Convert.ToHexStringLower(SHA256.HashData(json))}}"}""")
        : string.Create(CultureInfo.InvariantCulture, $$"""{"bytes":{{json.Length}}}""");

    /// <summary>What was kept, by its place, as one JSON object; null where nothing was.</summary>
    /// <param name="onlyKnown">Only members that OCPI knows.</param>
    internal string? Unread(bool onlyKnown = false, IEnumerable<KeyValuePair<string, string>>? more = null)
    {
        if (unread is null && more is null)
        {
            return null; // nearly every document is read whole
        }

        var kept = (unread ?? []).Where(value => value.IsKnown || !onlyKnown)
            .Select(value => KeyValuePair.Create(value.Place, value.Json)).Concat(more ?? []).ToList();
        if (kept.Count == 0)
        {
            return null;
        }

        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            var times = new Dictionary<string, int>(StringComparer.Ordinal);
            json.WriteStartObject();
            foreach (var (place, value) in kept)
            {
                var time = times[place] = times.GetValueOrDefault(place) + 1;
                json.WritePropertyName(time == 1 ? place : $"{place}#{time}");
                json.WriteRawValue(value);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    internal void Enter(string name) => path.Add((name, -1));

    internal void Leave() => path.RemoveAt(path.Count - 1);

    /// <summary>The next element of the list entered last.</summary>
    /// <exception cref="JsonException">There are too many; the refusal says so.</exception>
    internal void Step()
    {
        path[^1] = (path[^1].Name, path[^1].Index + 1);
        if (++elements > MaxElements)
        {
            Refuse("json.too-many-elements", "", $"the document has more than {MaxElements} elements in its lists");
            throw new JsonException();
        }
    }

    internal int Index => path[^1].Index;

    internal void Find(string code, string name, string detail) =>
        Add(new Finding(code, Pointer(name), detail));

    internal void Add(Finding finding)
    {
        findings ??= [];
        if (findings.Count < MaxFindings - 1)
        {
            findings.Add(finding);
        }
        else if (findings.Count == MaxFindings - 1)
        {
            findings.Add(new Finding(
                IntakeFindings.FindingsTruncated, "",
                $"more than {MaxFindings - 1} findings; the rest is left out"));
        }
    }

    internal void Refuse(string code, string name, string reason) =>
        Refusal ??= new Refusal(code, $"{Pointer(name)}: {reason}");

    /// <summary>Refuses for a member that is needed: for what was found wrong with it, else because it is not there.</summary>
    internal void RefuseMissing(string code, string name, string consequence)
    {
        var place = Pointer(name);
        var found = findings?.FindLast(finding => finding.Pointer == place && IntakeFindings.Holds(finding));
        Refuse(found?.Code ?? code, name, $"{found?.Detail ?? "missing"}; {consequence}");
    }

    internal void RefuseWhole(string code, string reason) => Refusal ??= new Refusal(code, reason);

    internal void Unknown(string name)
    {
        UnknownFields++;
        unknownNames ??= [];
        if (unknownNames.Count < MaxNames)
        {
            unknownNames.Add(name.Length <= 60 ? name : name[..60]);
        }
    }

    internal void Unknown(int count, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            Unknown(name);
        }

        UnknownFields += count - names.Count;
    }

    /// <summary>
    /// Takes a driver's identifiers out of everything that was noticed, wherever a partner wrote them.
    /// </summary>
    internal void Redact(IReadOnlyList<string> secrets)
    {
        for (var i = 0; i < findings?.Count; i++)
        {
            var finding = findings[i];
            findings[i] = finding with { Pointer = Hide(finding.Pointer), Detail = Hide(finding.Detail) };
        }

        for (var i = 0; i < unknownNames?.Count; i++)
        {
            unknownNames[i] = Hide(unknownNames[i]);
        }

        Refusal = Refusal is null ? null : Refusal with { Message = Hide(Refusal.Message) };

        string Hide(string text)
        {
            foreach (var secret in secrets)
            {
                text = text.Replace(secret, "[driver]", StringComparison.OrdinalIgnoreCase);
            }

            return text;
        }
    }

    /// <summary>The place of a member of the object being read, as an RFC 6901 pointer.</summary>
    private string Pointer(string name)
    {
        var text = new StringBuilder();
        foreach (var (part, index) in path)
        {
            text.Append('/').Append(Escape(part));
            if (index >= 0)
            {
                text.Append('/').Append(index.ToString(CultureInfo.InvariantCulture));
            }
        }

        return name.Length == 0 ? text.ToString() : text.Append('/').Append(Escape(name)).ToString();
    }

    private static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
