using NodaTime;
using Settlement.Api.Export;
using Settlement.Api.Intake;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Reconciliation;
using Settlement.Domain.Statements;
using Settlement.Projections.Statements;
using Settlement.Projections.Tables;

namespace Settlement.Api.Pages;

/// <summary>The address of every page; no page writes one by hand.</summary>
public static class Links
{
    public static string Report(YearMonth month, string? relationship = null, int page = 1, string? books = null) =>
        $"/reports/{Ids.Text(month)}"
        + Query(("relationship", relationship), ("books", books), ("page", page > 1 ? $"{page}" : null));

    public static string ReportFile(
        YearMonth month, string format, string? relationship = null, string? books = null, string? part = null) =>
        $"/reports/{Ids.Text(month)}.{format}" + Query(("relationship", relationship), ("books", books), ("part", part));

    public static string Lines(YearMonth month, Direction direction, string? place = null) =>
        Lines(Filter(month, direction, place));

    /// <param name="from">Which of all lines the first one shown is, for the reader only.</param>
    public static string Lines(LineFilter filter, long after = 0, long from = 1) => "/lines" + Query(
        ("tenant", filter.Tenant), ("month", Ids.Text(filter.Month)), ("cpo", filter.Cpo?.ToString()),
        ("emsp", filter.Emsp?.ToString()), ("currency", filter.Currency), ("place", filter.Place),
        ("after", after > 0 ? $"{after}" : null), ("from", from > 1 ? $"{from}" : null));

    public static LineFilter Filter(YearMonth month, Direction direction, string? place = null) => new(
        direction.Relationship.ToString(), month, direction.Creditor, direction.CurrencyCode, place,
        direction.Debtor);

    public static string Held(HeldFilter filter, HeldKey? after = null) => "/held" + Query(
        [
            .. Fields(filter),
            ("after", after is null ? null : $"{after.Tenant}/{Ids.Text(after.Month)}/{after.State}/{after.Stream}"),
        ]);

    /// <summary>A filter as fields of an address or of a form.</summary>
    public static IReadOnlyList<(string Name, string? Value)> Fields(HeldFilter filter) =>
    [
        ("month", filter.Month is { } month ? Ids.Text(month) : null), ("tenant", filter.Tenant),
        ("reason", filter.Reason), ("state", filter.State), ("cpo", filter.Cpo?.ToString()),
        ("emsp", filter.Emsp?.ToString()), ("currency", filter.Currency),
    ];

    public static string Held(YearMonth month, HeldTotal total) => Held(new HeldFilter(
        month, total.Relationship.ToString(), total.Reason, total.State, total.Creditor, total.Debtor,
        total.Currency));

    public static string Unread(long after = 0) =>
        "/held/documents" + Query(("after", after > 0 ? $"{after}" : null));

    /// <summary>Where the form that rejects a document that could not be read goes.</summary>
    public static string RejectUnread(long number) => $"/held/documents/{number}/reject";

    /// <summary>What a bulk decision on what a filter finds would come to.</summary>
    public static string HeldBulk(HeldFilter filter, BulkAction action = BulkAction.ReleaseLower) =>
        "/held/bulk" + Query([("action", action.Name()), .. Fields(filter)]);

    /// <summary>Where the form of a decision on one CDR goes.</summary>
    public static string Decide(string decision, string tenant, CdrKey key) => $"/held/{decision}/{tenant}/{Path(key)}";

    public static string Corrections() => "/corrections";

    /// <summary>One correction; a step is posted below it.</summary>
    public static string Correction(Relationship relationship, string id, string? step = null) =>
        $"/corrections/{relationship}/{id}{(step is null ? "" : "/" + step)}";

    public static string Agreements() => "/agreements";

    public static string Agreement(string tenant) => $"/agreements/{tenant}";

    /// <summary>The month-end of all relationships.</summary>
    public static string Close(YearMonth month) => $"/close/{Ids.Text(month)}";

    /// <summary>The month-end of one relationship; a step is posted below it.</summary>
    public static string Close(Relationship relationship, YearMonth month, string? step = null) =>
        $"/close/{Ids.Text(month)}/{relationship}{(step is null ? "" : "/" + step)}";

    /// <summary>A month's journal for another program, in one party's books.</summary>
    /// <param name="sha256">Only this file of a general ledger: refused where it would be another one now.</param>
    public static string Export(
        YearMonth month, string kind, PartyId books, PartyId? partner = null, GlShape? shape = null, string? sha256 = null) =>
        $"/api/v1/exports/{Ids.Text(month)}/{kind}" + Query(
            ("books", books.ToString()), ("partner", partner?.ToString()), ("shape", shape?.Name()), ("sha256", sha256));

    public static string Statements(YearMonth month, int page = 1) =>
        $"/statements/{Ids.Text(month)}" + Query(("page", page > 1 ? $"{page}" : null));

    public static string Statement(PartyId to, PartyId counterparty, YearMonth month) =>
        $"/statements/{to}/{counterparty}/{Ids.Text(month)}";

    public static string StatementFile(PartyId to, PartyId counterparty, YearMonth month, string format) =>
        $"{Statement(to, counterparty, month)}.{format}";

    public static string DocumentFile(string number, string format) => $"/documents/{number}.{format}";

    /// <summary>A document that has no number yet.</summary>
    public static string DocumentFile(Relationship relationship, YearMonth month, int place, string format) =>
        $"{Close(relationship, month)}/documents/{place}.{format}";

    public static string Cdr(string tenant, PartyId owner, string id) => $"/cdrs/{tenant}/{Path(new CdrKey(owner, id))}";

    public static string Tax(string? place = null) => "/tax" + Query(("place", place));

    public static string TaxRules(string? place = null) => "/tax/rules" + Query(("place", place));

    public static string TaxReport(PartyId party, YearMonth month) => $"/tax/report/{party}/{Ids.Text(month)}";

    public static string TaxReportFile(PartyId party, YearMonth month, string format) =>
        $"{TaxReport(party, month)}.{format}";

    public static string Disputes(string? tenant = null, string? state = null, long? before = null) => "/disputes" + Query(
        ("tenant", tenant), ("state", state), ("before", before is { } number ? $"{number}" : null));

    /// <summary>The form that disputes a CDR, filled with it.</summary>
    public static string Disputing(string tenant, CdrKey cdr) =>
        "/disputes" + Query(("tenant", tenant), ("cdr", cdr.ToString())) + "#open";

    public static string Dispute(Relationship relationship, CdrKey cdr) => $"/disputes/{relationship}/{Path(cdr)}";

    public static string Payments(Relationship? relationship = null, LocalDate? asOf = null) => "/payments" + Query(
        ("tenant", relationship?.ToString()), ("as-of", asOf is { } day ? Figures.Day(day) : null));

    public static string Fx(string? series = null) => "/fx" + Query(("series", series));

    public static string Reconcile(string? relationship = null, YearMonth? month = null) => "/reconcile" + Query(
        ("relationship", relationship), ("month", month is { } wanted ? Ids.Text(wanted) : null));

    public static string Reconciliation(string id, ReconciliationCategory? category = null, int page = 1) =>
        $"/reconcile/{id}" + Query(("category", category?.ToString()), ("page", page > 1 ? $"{page}" : null));

    public static string ReconciliationFile(string id, string format) => $"/reconcile/{id}.{format}";
    public static string Partners() => "/partners";

    public static string InvoiceRecords() => "/partners/invoice-records";

    public static string Completeness(YearMonth month, string? relationship = null) =>
        $"/partners/completeness/{Ids.Text(month)}" + Query(("relationship", relationship));

    public static string Status(int page = 1) => "/status" + Query(("page", page > 1 ? $"{page}" : null));

    /// <summary>An id may hold slashes and anything else; each of its parts is escaped for itself.</summary>
    private static string Path(CdrKey cdr) =>
        $"{cdr.Owner}/{string.Join('/', cdr.Id.Split('/').Select(Uri.EscapeDataString))}";

    private static string Query(params (string Name, string? Value)[] items)
    {
        var given = items.Where(item => item.Value is not null)
            .Select(item => $"{item.Name}={Uri.EscapeDataString(item.Value!)}").ToList();
        return given.Count == 0 ? "" : "?" + string.Join('&', given);
    }
}
