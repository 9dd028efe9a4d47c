using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Ocpi;

/// <summary>Which versions, and which endpoints in each (OCPI 2.2.1 §6).</summary>
public static class VersionsEndpoint
{
    public static Task<OcpiAnswer> Versions(OcpiCall call) => Task.FromResult(OcpiAnswer.List(
        OcpiEndpoints.Versions,
        (json, version) =>
        {
            json.WriteStartObject();
            json.WriteString("version", version.Name());
            json.WriteString("url", $"{call.Base}/ocpi/{version.Name()}");
            json.WriteEndObject();
        }));

    public static Task<OcpiAnswer> Details(OcpiCall call) => Task.FromResult(OcpiAnswer.Of(json =>
    {
        var isOld = call.Version == OcpiVersion.V211; // no roles yet: one endpoint per module
        var endpoints = OcpiEndpoints.All
            .Where(route => route.Version == call.Version && route.Module != "details")
            .Select(route => (route.Module, Role: isOld ? InterfaceRole.SENDER : route.Role)).Distinct();
        json.WriteStartObject();
        json.WriteString("version", call.Version.Name());
        json.WriteStartArray("endpoints");
        foreach (var (module, role) in endpoints)
        {
            json.WriteStartObject();
            json.WriteString("identifier", module);
            if (!isOld)
            {
                json.WriteString("role", role.ToString());
            }

            json.WriteString("url", call.Url(module));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (call.Version == OcpiVersion.V230)
        {
            // EVRF-001: for every party here, tariffs and CDRs with loitering fees are read, rated and given out again
            json.WriteStartObject("features");
            json.WriteStartObject("loitering");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }));
}
