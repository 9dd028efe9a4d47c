using Settlement.Api.People;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using static Settlement.Api.Ocpi.InterfaceRole;

namespace Settlement.Api.Ocpi;

/// <summary>
/// All OCPI endpoints in one table. Routes, version details and the test that keeps partners apart are made from it.
/// </summary>
public static class OcpiEndpoints
{
    public static readonly IReadOnlyList<OcpiVersion> Versions = [OcpiVersion.V211, OcpiVersion.V221, OcpiVersion.V230];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    private static readonly string[] Levels = ["", "/{evse_uid}", "/{evse_uid}/{connector_id}"];

    private const string Owned = "/{country_code}/{party_id}";

    public static IReadOnlyList<OcpiRoute> All { get; } =
    [
        new(null, "versions", SENDER, "GET", "/versions", VersionsEndpoint.Versions),
        .. Versions.SelectMany(Of),
        new(null, "completeness", SENDER, "GET", "/settlement/completeness/{month}", PartnerEndpoints.Completeness),
        new(null, "statements", SENDER, "GET", "/settlement/statements", StatementsEndpoint.List),
        new(null, "statements", SENDER, "GET", $"/settlement/statements{Owned}/{{month}}/{{format}}", StatementsEndpoint.Get),
        new(null, "statements", SENDER, "GET", $"/settlement/statements{Owned}/{{month}}/proofs/{{line}}", StatementsEndpoint.Proof),
        new(null, "webhook", RECEIVER, "GET", "/settlement/webhook", PartnerEndpoints.GetWebhook),
        new(null, "webhook", RECEIVER, "PUT", "/settlement/webhook", PartnerEndpoints.PutWebhook),
        new(null, "webhook", RECEIVER, "DELETE", "/settlement/webhook", PartnerEndpoints.DeleteWebhook),
    ];

    /// <summary>Puts them all into the program. Open to people's gate: a partner's token is looked at in the frame.</summary>
    public static void Map(IEndpointRouteBuilder routes, OcpiFrame frame)
    {
        foreach (var path in All.GroupBy(route => route.Pattern, StringComparer.Ordinal))
        {
            foreach (var route in path)
            {
                routes.MapMethods(route.Pattern, [route.Method], http => frame.Run(http, route)).OpenToAll();
            }

            var others = Methods.Except(path.Select(route => route.Method));
            routes.MapMethods(path.Key, others, http => frame.NotAllowed(http, path.First() with { Method = http.Request.Method }))
                .OpenToAll();
        }

        routes.Map("/ocpi/{**rest}", http => frame.Run(http, null)).OpenToAll();
    }

    private static IEnumerable<OcpiRoute> Of(OcpiVersion version)
    {
        OcpiRoute Route(string module, InterfaceRole role, string method, string path, Func<OcpiCall, Task<OcpiAnswer>> run) =>
            new(version, module, role, method, $"/{version.Name()}{path}", run);

        return
        [
            Route("details", SENDER, "GET", "", VersionsEndpoint.Details),
            Route("credentials", SENDER, "GET", "/credentials", CredentialsEndpoint.Get),
            Route("credentials", SENDER, "POST", "/credentials", CredentialsEndpoint.Post),
            Route("credentials", SENDER, "PUT", "/credentials", CredentialsEndpoint.Put),
            Route("credentials", SENDER, "DELETE", "/credentials", CredentialsEndpoint.Delete),
            Route("cdrs", SENDER, "GET", "/cdrs", CdrsEndpoint.List),
            Route("cdrs", RECEIVER, "POST", "/cdrs", CdrsEndpoint.Post),
            Route("cdrs", RECEIVER, "GET", $"/cdrs{Owned}/{{id}}", CdrsEndpoint.Get),
            Route("tariffs", SENDER, "GET", "/tariffs", TariffsEndpoint.List),
            Route("tariffs", RECEIVER, "GET", $"/tariffs{Owned}/{{id}}", TariffsEndpoint.Get),
            Route("tariffs", RECEIVER, "PUT", $"/tariffs{Owned}/{{id}}", TariffsEndpoint.Put),
            Route("tariffs", RECEIVER, "DELETE", $"/tariffs{Owned}/{{id}}", TariffsEndpoint.Delete),
            .. version == OcpiVersion.V211
                ? [Route("tariffs", RECEIVER, "PATCH", $"/tariffs{Owned}/{{id}}", TariffsEndpoint.Patch)]
                : Array.Empty<OcpiRoute>(),
            .. Levels.SelectMany(part => new[]
            {
                Route("locations", RECEIVER, "GET", $"/locations{Owned}/{{id}}{part}", LocationsEndpoint.Get),
                Route("locations", RECEIVER, "PUT", $"/locations{Owned}/{{id}}{part}", LocationsEndpoint.Put),
                Route("locations", RECEIVER, "PATCH", $"/locations{Owned}/{{id}}{part}", LocationsEndpoint.Patch),
            }),
            Route("sessions", RECEIVER, "GET", $"/sessions{Owned}/{{id}}", SessionsEndpoint.Get),
            Route("sessions", RECEIVER, "PUT", $"/sessions{Owned}/{{id}}", SessionsEndpoint.Put),
            Route("sessions", RECEIVER, "PATCH", $"/sessions{Owned}/{{id}}", SessionsEndpoint.Patch),
            .. version == OcpiVersion.V230
                ? new[]
                {
                    Route("invoicereconciliation", SENDER, "GET", "/invoicereconciliation", InvoiceRecordsEndpoint.List),
                    Route("invoicereconciliation", RECEIVER, "POST", "/invoicereconciliation", InvoiceRecordsEndpoint.Post),
                    Route("invoicereconciliation", RECEIVER, "GET", $"/invoicereconciliation{Owned}/{{id}}", InvoiceRecordsEndpoint.Get),
                    Route("invoicereconciliation", RECEIVER, "PUT", $"/invoicereconciliation{Owned}/{{id}}", InvoiceRecordsEndpoint.Put),
                    Route("invoicereconciliation", RECEIVER, "DELETE", $"/invoicereconciliation{Owned}/{{id}}", InvoiceRecordsEndpoint.Delete),
                }
                : [],
        ];
    }
}
