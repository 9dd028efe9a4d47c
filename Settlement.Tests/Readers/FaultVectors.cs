namespace Settlement.Tests.Readers;

/// <summary>Documents and files that broke something once: the folder Vectors.</summary>
internal static class FaultVectors
{
    public static string Path(params string[] parts) =>
        System.IO.Path.Combine([Checkout.Root, "Settlement.Tests", "Vectors", .. parts]);

    public static byte[] Fault(string name) => File.ReadAllBytes(Path("Faults", name));
}
