using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Settlement.Api.People;

/// <summary>
/// The keys of cookies and forms, beside the master key, readable by their owner only. Lost keys end the open
/// sessions and nothing else.
/// </summary>
internal sealed class KeyFiles(string folder) : IXmlRepository
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public IReadOnlyCollection<XElement> GetAllElements() => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*.xml").Order(StringComparer.Ordinal).Select(file => XElement.Load(file))]
        : [];

    public void StoreElement(XElement element, string friendlyName)
    {
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        var name = new string([.. friendlyName.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-')]);
        var path = Path.Combine(folder, $"{name}.xml");
        var half = $"{path}.{Environment.ProcessId}";
        using (var file = new FileStream(half, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        }))
        {
            element.Save(file);
        }

        File.Move(half, path, overwrite: true); // never half a key for another process to read
    }
}
