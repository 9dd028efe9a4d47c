using NodaTime;
using Settlement.Api.Export;
using Settlement.Api.People;
using Settlement.Api.Periods;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Books;
using Settlement.Domain.Periods;
using Settlement.Domain.Statements;
using Period = Settlement.Domain.Periods.Period;

namespace Settlement.Api.Pages;

/// <summary>One relationship's month-end as its page shows it.</summary>
/// <param name="Draft">As prepared or issued; of an open month as it would be now.</param>
/// <param name="Problem">Why there is no draft.</param>
/// <param name="Changes">What came about this month's CDRs after its statement was cut.</param>
/// <param name="Held">Received and not owed: a memo, nothing of it is on the statement.</param>
public sealed record CloseView(
    Relationship Relationship, YearMonth Month, Period Period, Agreement Agreement, ReferenceBook Book,
    IReadOnlyList<PeriodStep> History, StatementDraft? Draft, Refusal? Problem, IReadOnlyList<TieOut> Ties,
    IReadOnlyList<HeldTotal> Held, IReadOnlyList<RunChange> Changes, IReadOnlyList<YearMonth> Months)
{
    /// <summary>What went into either party's general ledger.</summary>
    public IReadOnlyList<ExportFact.LedgerExported> Exports { get; init; } = [];

    public bool IsPreliminary => Period.State is PeriodState.Open or PeriodState.SoftClosed or PeriodState.Cut;
}

/// <summary>The month-end: a checklist, the tie-outs, what will be issued, and the next step.</summary>
internal static class CloseEndpoint
{
    public const int MostChanges = 200;

    public static async Task<IResult> Home(Engine engine, CancellationToken stop) =>
        await FirstMonth.Of(engine, stop) is { } month
            ? Results.Redirect(Links.Close(month))
            : PageAnswer.Page<EmptyPage>(new { });

    public static async Task<IResult> List(string month, Engine engine, CancellationToken stop)
    {
        if (Output.Month(month, out var refusal) is not { } wanted)
        {
            return PageAnswer.Unknown(refusal!);
        }

        var rows = new List<(Relationship, Period)>();
        foreach (var tenant in await engine.Reports.TenantsWithMovement(wanted, stop))
        {
            var relationship = Relationship.Parse(tenant)!.Value;
            rows.Add((relationship, (await engine.Closing.Book(relationship, stop)).Month(wanted)));
        }

        return rows is [var (only, _)]
            ? Results.Redirect(Links.Close(only, wanted))
            : PageAnswer.Page<CloseListPage>(new
            {
                Month = wanted,
                Rows = (IReadOnlyList<(Relationship, Period)>)rows,
                Months = await engine.Reports.Months(stop),
            });
    }

    public static async Task<IResult> Get(string month, string tenant, Engine engine, CancellationToken stop)
    {
        var (relationship, wanted, problem) = await Find(month, tenant, engine, stop);
        return problem ?? PageAnswer.Page<ClosePage>(new { View = await View(relationship, wanted, engine, stop), Refused = (Refusal?)null });
    }

    /// <summary>Takes a step and shows the month after it; a refusal is told on the same page.</summary>
    public static Delegate Step(string step) =>
        async (string month, string tenant, HttpRequest request, Engine engine, CancellationToken stop) =>
        {
            var (relationship, wanted, problem) = await Find(month, tenant, engine, stop);
            if (problem is not null)
            {
                return problem;
            }

            var form = await request.ReadFormAsync(stop);
            var date = Output.Date(form["date"], out var refused);
            if (date is null && step == "prepare")
            {
                // the form always sends one: an empty field is a slip, not a wish for today
                refused ??= new Refusal("date.missing", "Enter the document date.");
            }

            refused ??= await CloseSteps.Take(
                engine, step,
                new StepAsked(relationship, wanted, request.HttpContext.Actor(), date, form["reason"].ToString()), stop);
            return await Answer(relationship, wanted, refused, Links.Close(relationship, wanted), engine, stop);
        };

    /// <summary>Marks the month as exported into one party's general ledger; its file is a link on the page then.</summary>
    public static async Task<IResult> Export(
        string month, string tenant, HttpRequest request, Engine engine, CancellationToken stop)
    {
        var (relationship, wanted, problem) = await Find(month, tenant, engine, stop);
        if (problem is not null)
        {
            return problem;
        }

        var form = await request.ReadFormAsync(stop);
        var refused = await Export(relationship, wanted, form, request.HttpContext.Actor(), engine, stop);
        return await Answer(relationship, wanted, refused, Links.Close(relationship, wanted) + "#exports", engine, stop);
    }

    // done: on to the page; refused: the page with the reason on it
    private static async Task<IResult> Answer(
        Relationship relationship, YearMonth month, Refusal? refused, string done, Engine engine, CancellationToken stop) =>
        refused is null
            ? Results.Redirect(done)
            : PageAnswer.Page<ClosePage>(
                new { View = await View(relationship, month, engine, stop), Refused = refused },
                StatusCodes.Status409Conflict);

    private static async Task<Refusal?> Export(
        Relationship relationship, YearMonth month, IFormCollection form, string actor, Engine engine, CancellationToken stop)
    {
        if (Output.Party(form["books"].ToString(), out var malformed) is not { } books)
        {
            return malformed;
        }

        if (!relationship.Has(books))
        {
            return new Refusal("relationship.unknown", $"{books} is not a party of {relationship}.");
        }

        var name = form["shape"].ToString();
        return GlShapes.Of(name) is not { } shape
            ? GlShapes.Unknown(name)
            : (await GlExport.Make(
                engine,
                new GlAsked(month, books, relationship.Other(books), shape, GlAccounts.OwnNames)
                {
                    Actor = actor,
                    Again = form["again"] == "yes",
                },
                stop)).Refusal;
    }

    internal static async Task<(Relationship Relationship, YearMonth Month, IResult? Problem)> Find(
        string month, string tenant, Engine engine, CancellationToken stop)
    {
        if (Output.Month(month, out var refusal) is not { } wanted)
        {
            return (default, default, PageAnswer.Unknown(refusal!));
        }

        return await engine.Books.Known(Relationship.OfTenant(tenant), stop) is { } relationship
            ? (relationship, wanted, null)
            : (default, default, PageAnswer.UnknownRelationship(tenant));
    }

    private static async Task<CloseView> View(
        Relationship relationship, YearMonth month, Engine engine, CancellationToken stop)
    {
        var closing = engine.Closing;
        var (period, draft, problem) = await closing.Shown(relationship, month, engine.Now, stop);
        var agreement = await closing.Agreement(relationship, month, stop);
        var report = await engine.Reports.Report(month, [relationship.ToString()], stop);
        return new CloseView(
            relationship, month, period, agreement, await engine.Books.Current(stop),
            await closing.History(relationship, month, stop), draft, problem,
            draft is null ? [] : await closing.TieOuts(period, draft, stop), report.Held,
            await closing.Changes(relationship, month, MostChanges + 1, stop),
            await engine.Reports.Months(stop))
        {
            Exports =
            [
                .. await engine.Exports.Done(relationship.ToString(), relationship.A, month, stop),
                .. await engine.Exports.Done(relationship.ToString(), relationship.B, month, stop),
            ],
        };
    }
}
