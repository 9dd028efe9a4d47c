using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Settlement.Api.Disputes;
using Settlement.Api.People;
using Settlement.Api.Periods;
using Settlement.Api.Serve;
using Settlement.Domain;
using Settlement.Domain.People;

namespace Settlement.Api.Pages;

/// <summary>The pages people read: GET only, made on the server, nothing to run in the browser.</summary>
public static class PageEndpoints
{
    private const string Private = "no-cache, no-store, private";

    // what programs ask, not people: their answers are their own
    private static readonly string[] Machines = ["/ocpi", "/api", "/health"];

    private static readonly string[] Reading = ["GET", "HEAD"];

    public static void Map(WebApplication app)
    {
        Styles.Map(app);
        var pages = app.MapGroup("").AddEndpointFilter(KeepNothing).Needs(Right.Read);
        pages.MapMethods("/", Reading, ReportEndpoint.Home);
        pages.MapMethods("/reports/{month}", Reading, ReportEndpoint.Get);
        pages.MapMethods("/reports/{month}.{format}", Reading, ReportEndpoint.Download);
        pages.MapMethods("/lines", Reading, LinesEndpoint.Get);
        pages.MapMethods("/held", Reading, HeldEndpoint.Get);
        MapHeld(pages);
        MapCorrections(pages);
        MapAgreements(pages);
        pages.MapMethods("/cdrs/{tenant}/{owner}/{**id}", Reading, CdrEndpoint.Get);
        pages.MapMethods("/statements/{month}", Reading, StatementEndpoint.List);
        const string Statement = "/statements/{party}/{counterparty}/{month}";
        pages.MapMethods(Statement, Reading, StatementEndpoint.Get);
        pages.MapMethods(Statement + ".{format}", Reading, StatementEndpoint.Download);
        pages.MapMethods("/close", Reading, CloseEndpoint.Home);
        pages.MapMethods("/close/{month}", Reading, CloseEndpoint.List);
        pages.MapMethods("/close/{month}/{tenant}", Reading, CloseEndpoint.Get);
        foreach (var (step, right) in CloseSteps.All)
        {
            pages.MapForm($"/close/{{month}}/{{tenant}}/{step}", right, CloseEndpoint.Step(step));
        }

        pages.MapForm("/close/{month}/{tenant}/export", Right.PreparePeriod, CloseEndpoint.Export);
        pages.MapMethods("/documents/{number}.{format}", Reading, DocumentEndpoint.Get);
        pages.MapMethods("/close/{month}/{tenant}/documents/{place:int}.{format}", Reading, DocumentEndpoint.Preliminary);
        pages.MapMethods("/tax/report/{party}/{month}", Reading, TaxEndpoint.Report);
        pages.MapMethods("/tax/report/{party}/{month}.{format}", Reading, TaxEndpoint.Download);
        pages.MapMethods("/partners/completeness/{month}", Reading, CompletenessEndpoint.Get);
        pages.MapMethods("/partners/invoice-records", Reading, PartnersEndpoint.Records);
        pages.MapMethods("/reconcile", Reading, ReconcileEndpoint.Form);
        pages.MapMethods("/reconcile/{id}", Reading, ReconcileEndpoint.Get);
        pages.MapMethods("/reconcile/{id}.{format}", Reading, ReconcileEndpoint.Download);
        pages.MapForm("/reconcile", Right.Dispute, ReconcileEndpoint.Compare)
            .WithMetadata(new RequestSizeLimitAttribute(ReconcileEndpoint.MostBytes));
        pages.MapMethods("/disputes", Reading, DisputeEndpoint.List);
        pages.MapMethods("/disputes/{tenant}/{owner}/{**id}", Reading, DisputeEndpoint.Get);
        pages.MapForm("/disputes", Right.Dispute, DisputeEndpoint.Open);
        pages.MapForm(
            "/disputes/answer", Right.Dispute,
            DisputeEndpoint.Step([.. DisputeSteps.Names.Where(step => step != "credit")]));
        pages.MapForm("/disputes/credit", Right.ApproveCorrection, DisputeEndpoint.Step("credit"));
        pages.MapMethods("/payments", Reading, PaymentEndpoint.Get);
        pages.MapForm("/payments", Right.RecordPayment, PaymentEndpoint.Record);
        pages.MapForm("/payments/import", Right.RecordPayment, PaymentEndpoint.Import)
            .WithMetadata(new RequestSizeLimitAttribute(BodyLimits.Document));
        pages.MapForm("/payments/apply", Right.RecordPayment, PaymentEndpoint.Apply);
        pages.MapForm("/payments/return", Right.RecordPayment, PaymentEndpoint.Return);
        pages.MapForm("/payments/refund", Right.RecordPayment, PaymentEndpoint.Refund);
        pages.MapForm("/payments/offset", Right.RecordPayment, PaymentEndpoint.Offset);
        pages.MapForm("/payments/write-off", Right.ProposeCorrection, PaymentEndpoint.AskWriteOff);
        pages.MapForm("/payments/write-off/approve", Right.ApproveCorrection, PaymentEndpoint.ApproveWriteOff);
        pages.MapForm("/payments/opening", Right.ProposeCorrection, PaymentEndpoint.AskOpening);
        pages.MapForm("/payments/opening/approve", Right.ApproveCorrection, PaymentEndpoint.ApproveOpening);
        pages.MapMethods("/tax", Reading, TaxEndpoint.Ask);
        pages.MapMethods("/tax/rules", Reading, TaxEndpoint.Rules);
        pages.MapMethods("/status", Reading, StatusEndpoint.Get).Needs(Right.ReadSystem);
        pages.MapMethods("/workers", Reading, () => Results.Redirect(Links.Status(), permanent: true)).Needs(Right.ReadSystem);
        pages.MapMethods("/partners", Reading, PartnersEndpoint.Get).Needs(Right.ReadSystem);
        pages.MapMethods("/fx", Reading, FxEndpoint.Get);
        pages.MapForm("/fx", Right.ProposeReference, FxEndpoint.Import)
            .WithMetadata(new RequestSizeLimitAttribute(BodyLimits.Document));
    }

    private static void MapHeld(IEndpointRouteBuilder pages)
    {
        pages.MapMethods("/held/documents", Reading, HeldEndpoint.Unread);
        pages.MapForm("/held/documents/review", Right.ReleaseHeld, HeldForms.Documents);
        pages.MapForm("/held/documents/{number}/reject", Right.ReleaseHeld, HeldForms.RejectDocument);
        pages.MapMethods("/held/bulk", Reading, HeldForms.Preview);
        pages.MapForm("/held/bulk", Right.ReleaseHeld, HeldForms.Bulk);
        pages.MapForm("/held/release/{tenant}/{owner}/{**id}", Right.ReleaseHeld, HeldForms.Release);
        pages.MapForm("/held/propose/{tenant}/{owner}/{**id}", Right.ReleaseHeld, HeldForms.Propose);
        pages.MapForm("/held/approve/{tenant}/{owner}/{**id}", Right.ApproveCorrection, HeldForms.Approve);
        pages.MapForm("/held/reject/{tenant}/{owner}/{**id}", Right.ReleaseHeld, HeldForms.Reject);
        pages.MapForm("/held/choose/{tenant}/{owner}/{**id}", Right.ReleaseHeld, HeldForms.Choose);
        pages.MapForm("/held/another-session/{tenant}/{owner}/{**id}", Right.ReleaseHeld, HeldForms.AnotherSession);
        pages.MapForm("/held/look-again/{tenant}/{owner}/{**id}", Right.ReleaseHeld, HeldForms.LookAgain);
    }

    private static void MapCorrections(IEndpointRouteBuilder pages)
    {
        pages.MapMethods("/corrections", Reading, CorrectionsEndpoint.List);
        pages.MapForm("/corrections", Right.ProposeCorrection, CorrectionsEndpoint.Propose);
        pages.MapMethods("/corrections/preview", Reading, CorrectionsEndpoint.Preview);
        const string Correction = "/corrections/{tenant}/{id}";
        pages.MapMethods(Correction, Reading, CorrectionsEndpoint.Get);
        pages.MapForm(Correction + "/approve", Right.ApproveCorrection, CorrectionsEndpoint.Step("approve"));
        pages.MapForm(Correction + "/apply", Right.ProposeCorrection, CorrectionsEndpoint.Step("apply"));
        pages.MapForm(Correction + "/withdraw", Right.ProposeCorrection, CorrectionsEndpoint.Step("withdraw"));
    }

    private static void MapAgreements(IEndpointRouteBuilder pages)
    {
        pages.MapMethods("/agreements", Reading, AgreementsEndpoint.List);
        pages.MapMethods("/agreements/open", Reading, AgreementsEndpoint.Open);
        pages.MapMethods("/agreements/{tenant}", Reading, AgreementsEndpoint.Get);
        pages.MapForm("/agreements/{tenant}", Right.AmendAgreement, AgreementsEndpoint.Amend);
    }

    /// <summary>Before routing: whatever breaks behind it is told in words.</summary>
    public static void UseFailures(WebApplication app) =>
        app.UseWhen(http => IsPage(http.Request.Path), pages => pages.Use(PageFailures.Answer));

    private static bool IsPage(PathString path) =>
        !Machines.Any(prefix => path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));

    internal static ValueTask<object?> KeepNothing(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        context.HttpContext.Response.Headers.CacheControl = Private;
        return next(context);
    }
}

/// <summary>Answers that every page can give.</summary>
internal static class PageAnswer
{
    public static IResult Unknown(Refusal refusal) => Problem(StatusCodes.Status404NotFound, refusal);

    public static IResult Unknown(string code, string message) => Unknown(new Refusal(code, message));

    public static IResult UnknownRelationship(string? tenant) =>
        Unknown("relationship.unknown", $"No relationship '{tenant}' has anything to settle.");

    public static IResult Malformed(Refusal refusal) => Problem(StatusCodes.Status400BadRequest, refusal);

    public static IResult Problem(int status, Refusal refusal) =>
        Page<ProblemPage>(new { Status = status, Refusal = refusal }, status);

    public static IResult Page<TPage>(object parameters, int status = StatusCodes.Status200OK)
        where TPage : Microsoft.AspNetCore.Components.IComponent =>
        new RazorComponentResult<TPage>(parameters) { StatusCode = status };
}
