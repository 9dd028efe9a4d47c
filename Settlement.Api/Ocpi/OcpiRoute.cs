using Settlement.Domain.Intake;

namespace Settlement.Api.Ocpi;

/// <summary>Which side of a module an endpoint is (OCPI 2.2.1 §6.2.3, InterfaceRole).</summary>
public enum InterfaceRole
{
    SENDER,
    RECEIVER,
}

/// <summary>One endpoint: everything that is made of the table of endpoints is made of these.</summary>
/// <param name="Version">Null: the versions endpoint, which belongs to none.</param>
/// <param name="Module">OCPI's identifier of the module.</param>
/// <param name="Path">Below <c>/ocpi</c>, with ASP.NET's placeholders.</param>
public sealed record OcpiRoute(
    OcpiVersion? Version, string Module, InterfaceRole Role, string Method, string Path,
    Func<OcpiCall, Task<OcpiAnswer>> Run)
{
    /// <summary>Token A opens it.</summary>
    public bool IsOpenToRegistration => Module is "versions" or "details" or "credentials";

    public bool TakesBody => Method is "POST" or "PUT" or "PATCH";

    /// <summary>Only functional modules are routed between parties (OCPI 2.2.1 §4.2).</summary>
    public bool IsFunctional => !IsOpenToRegistration;

    public string Pattern => $"/ocpi{Path}";
}
