#pragma warning disable RS0030 // the program's own data, compiled into it: no file of the machine is read
using System.Text;

namespace Settlement.Domain;

/// <summary>Data that is part of the program: currencies, tax rules.</summary>
public static class EmbeddedText
{
    /// <summary>Reads a resource by its folder and file name, joined by dots.</summary>
    public static string Read(string name)
    {
        using var stream = typeof(EmbeddedText).Assembly.GetManifestResourceStream("Settlement.Domain." + name)
            ?? throw new InvalidOperationException($"{name} is not compiled into the program.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
