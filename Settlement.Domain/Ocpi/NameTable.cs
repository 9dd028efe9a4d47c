using System.Text;

namespace Settlement.Domain.Ocpi;

/// <summary>Finds a member by its name's bytes. The names are those of the enum's values.</summary>
/// <remarks>
/// Names that OCPI knows but settlement does not need are given as ignored: they are skipped without being
/// counted as unknown.
/// </remarks>
internal sealed class NameTable<TField> where TField : struct, Enum
{
    public const int Unknown = -1;
    private readonly byte[][] names;
    private readonly TField[] fields;
    private readonly short[] slots;

    public NameTable(params string[] ignored)
    {
        fields = Enum.GetValues<TField>();
        names = [.. fields.Select(field => field.ToString()).Concat(ignored).Select(Encoding.ASCII.GetBytes)];
        var size = 64;
        while (size < names.Length * 4)
        {
            size *= 2;
        }

        slots = new short[size];
        Array.Fill(slots, (short)Unknown);
        for (short i = 0; i < names.Length; i++)
        {
            var slot = Hash(names[i]) & (size - 1);
            while (slots[slot] != Unknown)
            {
                slot = (slot + 1) & (size - 1);
            }

            slots[slot] = i;
        }
    }

    public int Fields => fields.Length;

    public TField this[int index] => fields[index];

    public int Find(ReadOnlySpan<byte> name)
    {
        var slot = Hash(name) & (slots.Length - 1);
        while (slots[slot] is var index && index != Unknown)
        {
            if (name.SequenceEqual(names[index]))
            {
                return index;
            }

            slot = (slot + 1) & (slots.Length - 1);
        }

        return Unknown;
    }

    private static int Hash(ReadOnlySpan<byte> name) =>
        name.Length == 0 ? 0 : name.Length * 31 + name[0] * 7 + name[^1] * 131 + name[name.Length / 2] * 17;
}
