using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Settlement.Domain.Ocpi;

/// <summary>The members of one object that were seen: a second one of a name is refused.</summary>
internal struct SeenMembers
{
    private ulong known;
    private HashSet<string>? others;

    public bool AddKnown(int index)
    {
        var bit = 1UL << index;
        var fresh = (known & bit) == 0;
        known |= bit;
        return fresh;
    }

    public bool AddOther(string name) => (others ??= new(StringComparer.Ordinal)).Add(name);
}

/// <summary>
/// Walks one JSON document forward, leniently: null is absent, unknown members are counted, what is not of
/// the expected kind is a finding. Malformed JSON ends it with a <see cref="JsonException"/>.
/// </summary>
internal ref partial struct JsonCursor
{
    private readonly ReadOnlySpan<byte> document;
    private Utf8JsonReader reader;
    private int origin; // where in the document the reader's span begins

    public JsonCursor(ReadOnlySpan<byte> document, ReadingNotes notes)
    {
        this.document = document;
        Notes = notes;
        reader = new Utf8JsonReader(document, isFinalBlock: true, default);
    }

    public ReadingNotes Notes { get; }

    /// <summary>Where the token just read ends.</summary>
    private readonly int Position => origin + (int)reader.BytesConsumed;

    /// <summary>Reads the first token; false where the document is no object.</summary>
    public bool StartObject() => reader.Read() && reader.TokenType == JsonTokenType.StartObject;

    /// <summary>Nothing may follow the document, and every text in it can be read.</summary>
    public void Finish()
    {
        while (reader.Read())
        {
        }

        if (Notes.Refusal is null && JsonText.WhereHalfPair(document) is { } half)
        {
            Notes.RefuseWhole("json.not-utf8", half);
        }
    }

    /// <summary>
    /// Moves to the value of the next known member that is not null; false at the object's end.
    /// </summary>
    public bool NextMember<TField>(NameTable<TField> names, ref SeenMembers seen, out TField field)
        where TField : struct, Enum
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var index = FindName(names);
            if (index >= 0 && index < names.Fields)
            {
                if (!seen.AddKnown(index))
                {
                    RefuseDuplicate(names[index].ToString());
                }

                reader.Read();
                if (reader.TokenType != JsonTokenType.Null)
                {
                    field = names[index];
                    return true;
                }

                continue;
            }

            var name = PlainText("");
            if (!seen.AddOther(name))
            {
                RefuseDuplicate(name);
            }

            reader.Read();
            if (index == NameTable<TField>.Unknown)
            {
                Notes.Unknown(name);
                if (reader.TokenType != JsonTokenType.Null)
                {
                    Strangers?.Add(name);
                }
            }

            if (Notes.KeepsUnread && reader.TokenType != JsonTokenType.Null)
            {
                Notes.Keep(name, Raw(), isKnown: false);
            }
            else
            {
                SkipValue();
            }
        }

        field = default;
        return false;
    }

    /// <summary>Where set, collects the unknown members that are not null.</summary>
    public List<string>? Strangers { get; set; }

    /// <summary>True inside an object or list named so; else the value is skipped with a finding.</summary>
    public bool EnterObject(string name) => Enter(name, JsonTokenType.StartObject);

    public bool EnterArray(string name) => Enter(name, JsonTokenType.StartArray);

    /// <summary>
    /// Moves to the next element that is not null; false at the list's end, which also leaves it.
    /// </summary>
    public bool NextElement()
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Notes.Step();
            if (reader.TokenType != JsonTokenType.Null)
            {
                return true;
            }
        }

        Notes.Leave();
        return false;
    }

    /// <summary>True where the list's element just read is an object; else skipped with a finding.</summary>
    public bool IsObject()
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            return true;
        }

        WrongKind("", "an object");
        return false;
    }

    /// <summary>
    /// Takes the list's next element without reading it, where it begins with the very bytes of a tariff read
    /// before: a JSON object ends where it ends, so equal bytes are the equal whole object.
    /// </summary>
    public bool TryTakeKnown(TariffCache cache, [NotNullWhen(true)] out KnownTariff? known)
    {
        var first = reader.TokenType == JsonTokenType.StartArray;
        var at = AfterBlanks(Position);
        if (!first && at < document.Length && document[at] == ',')
        {
            at = AfterBlanks(at + 1);
        }

        known = cache.Find(document[at..]);
        if (known is null)
        {
            return false;
        }

        // The reader cannot jump. It is shown an empty object instead, and goes on behind the known one.
        reader = new Utf8JsonReader(first ? "{}"u8 : ",{}"u8, isFinalBlock: false, reader.CurrentState);
        reader.Read();
        reader.Read();
        origin = at + known.Length;
        reader = new Utf8JsonReader(document[origin..], isFinalBlock: true, reader.CurrentState);
        Notes.Step();
        return true;
    }

    private readonly int AfterBlanks(int at)
    {
        while (at < document.Length && document[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }

        return at;
    }

    public readonly bool IsScalar =>
        reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray);

    /// <summary>The value's own bytes; it is walked, so that nothing malformed hides in it.</summary>
    public ReadOnlySpan<byte> Raw()
    {
        var start = Mark;
        SkipValue();
        return document[start..Position];
    }

    /// <summary>Where in the document the token just read begins.</summary>
    public readonly int Mark => origin + (int)reader.TokenStartIndex;

    /// <summary>Keeps all from a mark up to here: it was read and is nothing that a CDR can hold.</summary>
    public readonly void KeepSince(int mark, bool isKnown) => Notes.Keep("", document[mark..Position], isKnown);

    /// <summary>The bytes of the number, text or truth value just read.</summary>
    private readonly ReadOnlySpan<byte> Scalar => document[Mark..Position];

    /// <summary>Skips the value just begun; duplicate members are refused in there too.</summary>
    public void SkipValue()
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var names = new HashSet<string>(StringComparer.Ordinal);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = PlainText("");
                    if (!names.Add(name))
                    {
                        RefuseDuplicate(name);
                    }

                    reader.Read();
                    SkipValue();
                }

                break;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    SkipValue();
                }

                break;
            case JsonTokenType.String when reader.ValueIsEscaped:
                PlainText("");
                break;
        }
    }

    private bool Enter(string name, JsonTokenType kind)
    {
        if (reader.TokenType == kind)
        {
            Notes.Enter(name);
            return true;
        }

        WrongKind(name, kind == JsonTokenType.StartArray ? "a list" : "an object");
        return false;
    }

    private void WrongKind(string name, string expected)
    {
        Notes.Find(IntakeFindings.FieldWrongKind, name, $"is {reader.TokenType}, not {expected}; left out");
        Notes.Keep(name, Raw(), isKnown: true);
    }

    private readonly int FindName<TField>(NameTable<TField> names) where TField : struct, Enum
    {
        if (!reader.ValueIsEscaped)
        {
            return names.Find(reader.ValueSpan);
        }

        // Unescaping never lengthens; a name longer than this is none of ours.
        Span<byte> plain = stackalloc byte[256];
        if (reader.ValueSpan.Length > plain.Length)
        {
            return NameTable<TField>.Unknown;
        }

        try
        {
            return names.Find(plain[..reader.CopyString(plain)]);
        }
        catch (InvalidOperationException)
        {
            return NameTable<TField>.Unknown; // half a surrogate pair: refused when its text is taken
        }
    }

    private void RefuseDuplicate(string name) =>
        Notes.Refuse(
            "json.duplicate-member", name, "the member occurs twice; which one counts cannot be known");

    /// <summary>The text of the current name or string. Half a surrogate pair is no text: refused.</summary>
    private string PlainText(string field)
    {
        try
        {
            return reader.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            Notes.Refuse("json.not-utf8", field, "a text contains half a surrogate pair");
            return "";
        }
    }
}
