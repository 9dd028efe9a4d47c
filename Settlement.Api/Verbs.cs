using Settlement.Api.Agreements;
using Settlement.Api.Auth;
using Settlement.Api.Corrections;
using Settlement.Api.Demo;
using Settlement.Api.Disputes;
using Settlement.Api.Export;
using Settlement.Api.Fx;
using Settlement.Api.Intake;
using Settlement.Api.Ledger;
using Settlement.Api.Partners;
using Settlement.Api.People;
using Settlement.Api.Privacy;
using Settlement.Api.Payments;
using Settlement.Api.Periods;
using Settlement.Api.Rating;
using Settlement.Api.Reconciliation;
using Settlement.Api.Serve;
using Settlement.Api.Statements;
using Settlement.Api.Tax;

namespace Settlement.Api;

/// <summary>The command line, in the order --help lists it. Only the verb that is called gets made.</summary>
public static class Verbs
{
    public static IReadOnlyList<Verb> All { get; } =
    [
        new("run", RunVerb.Create),
        new("serve", RunVerb.CreateServe),
        new("rate", RateVerb.Create),
        new("lint", LintVerb.Create),
        new("tax", TaxVerb.Create),
        new("import", ImportVerb.Create),
        new("tariffs", ReferenceVerbs.Tariffs),
        new("locations", ReferenceVerbs.Locations),
        new("fx", FxVerb.Create),
        new("report", ReportVerb.Create),
        new("statement", StatementVerb.Create),
        new("document", DocumentVerb.Create),
        new("tax-report", TaxReportVerb.Create),
        new("export", ExportVerb.Create),
        new("held", HeldVerb.Create),
        new("correct", CorrectVerb.Create),
        new("agreements", AgreementsVerb.Create),
        new("close", CloseVerb.Create),
        new("reconcile", ReconcileVerb.Create),
        new("invoice-records", InvoiceRecordsVerb.Create),
        new("dispute", DisputeVerb.Create),
        new("payments", PaymentsVerb.Create),
        new("opening", OpeningVerb.Create),
        new("explain", ExplainVerb.Create),
        new("verify", VerifyVerb.Create),
        new("status", StatusVerb.Create),
        new("workers", StatusVerb.CreateFormer),
        new("rebuild", RebuildVerb.Create),
        new("parties", PartiesVerb.Create),
        new("rules", RulesVerb.Create),
        new("token", TokenVerb.Create),
        new("tokens", TokensVerb.Create),
        new("partners", PartnersVerb.Create),
        new("users", UsersVerb.Create),
        new("erase", EraseVerb.Create),
        new("rotate-key", RotateKeyVerb.Create),
        new("seed", SeedVerb.Create),
        new("migrate", MigrateVerb.Create),
    ];
}
