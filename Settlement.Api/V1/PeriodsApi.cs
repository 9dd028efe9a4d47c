using NodaTime;
using Settlement.Api.People;
using Settlement.Api.Periods;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.People;
using Settlement.Domain.Periods;
using Period = Settlement.Domain.Periods.Period;

namespace Settlement.Api.V1;

/// <summary>The month-end: where a month stands, its draft and tie-outs, and its steps.</summary>
internal static class PeriodsApi
{
    private const string One = "/periods/{month}/{tenant}";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapRead("/periods/{month}", Right.Read, List,
            "Relationships with movement in a month, and how far each is")
            .Gives<IReadOnlyList<PeriodAnswer>>();
        api.MapRead(One, Right.Read, Get, "How far a month is, and who did what").Gives<PeriodAnswer>();
        api.MapRead(One + "/draft", Right.Read, Draft,
            "The statement as prepared or issued; of an open month as it would be now")
            .Gives<DraftAnswer>();
        api.MapRead(One + "/tie-outs", Right.Read, Ties, "Every number of the draft reached two ways")
            .Gives<IReadOnlyList<TieAnswer>>();
        api.MapRead(One + "/changes", Right.Read, Changes,
            "What changed since the statement, CDR by CDR, with its cause")
            .Gives<IReadOnlyList<ChangeAnswer>>();
        foreach (var (step, right) in CloseSteps.All)
        {
            api.MapWrite($"{One}/{step}", right, Take(step), $"The step '{step}' of the month-end")
                .Accepts<StepRequest>("application/json").Gives<PeriodAnswer>();
        }
    }

    private static async Task<ApiAnswer> List(string month, Engine engine, CancellationToken stop)
    {
        if (Output.Month(month, out var refusal) is not { } wanted)
        {
            return ApiAnswer.No(refusal!);
        }

        var answers = new List<PeriodAnswer>();
        foreach (var tenant in await engine.Reports.TenantsWithMovement(wanted, stop))
        {
            answers.Add(await Answer(Relationship.Parse(tenant)!.Value, wanted, engine, stop));
        }

        return ApiAnswer.Of(answers);
    }

    private static Task<ApiAnswer> Get(string month, string tenant, Engine engine, CancellationToken stop) =>
        With(month, tenant, engine, async (relationship, wanted) =>
            ApiAnswer.Of(await Answer(relationship, wanted, engine, stop)), stop);

    private static Task<ApiAnswer> Draft(string month, string tenant, Engine engine, CancellationToken stop) =>
        With(month, tenant, engine, async (relationship, wanted) =>
        {
            var (period, draft, refusal) = await engine.Closing.Shown(relationship, wanted, engine.Now, stop);
            return draft is null
                ? ApiAnswer.No(refusal ?? new Refusal("statement.none", $"{wanted.Text()} was closed without a statement."))
                : ApiAnswer.Of(DraftAnswer.Of(draft, period));
        }, stop);

    private static Task<ApiAnswer> Ties(string month, string tenant, Engine engine, CancellationToken stop) =>
        With(month, tenant, engine, async (relationship, wanted) =>
        {
            var (period, draft, refusal) = await engine.Closing.Shown(relationship, wanted, engine.Now, stop);
            return draft is null
                ? ApiAnswer.No(refusal ?? new Refusal("statement.none", $"{wanted.Text()} was closed without a statement."))
                : ApiAnswer.Of((await engine.Closing.TieOuts(period, draft, stop))
                    .Select(tie => new TieAnswer(tie.Name, tie.Subject, tie.Text(tie.One), tie.Text(tie.Other), tie.Holds)).ToList());
        }, stop);

    private static Task<ApiAnswer> Changes(string month, string tenant, Engine engine, CancellationToken stop) =>
        With(month, tenant, engine, async (relationship, wanted) => ApiAnswer.Of(
            (await engine.Closing.Changes(relationship, wanted, 10_000, stop)).Select(change => new ChangeAnswer(
                change.Number, change.Cause, $"{change.Creditor}", $"{change.Debtor}", change.CdrId, change.Currency,
                new Money(change.Change, Currency.Of(change.Currency)).Text(), change.Period.Text())).ToList()), stop);

    private static Delegate Take(string step) =>
        (string month, string tenant, StepRequest? request, HttpContext http, Engine engine, CancellationToken stop) =>
            With(month, tenant, engine, async (relationship, wanted) =>
            {
                var date = Output.Date(request?.Date, out var malformed);
                if (malformed is not null)
                {
                    return ApiAnswer.No(malformed);
                }

                var asked = new StepAsked(relationship, wanted, http.Actor(), date, request?.Reason ?? "");
                return await CloseSteps.Take(engine, step, asked, stop) is { } refusal
                    ? ApiAnswer.No(StatusCodes.Status409Conflict, refusal)
                    : ApiAnswer.Of(await Answer(relationship, wanted, engine, stop));
            }, stop);

    private static async Task<ApiAnswer> With(
        string month, string tenant, Engine engine, Func<Relationship, YearMonth, Task<ApiAnswer>> answer,
        CancellationToken stop)
    {
        if (Output.Month(month, out var refusal) is not { } wanted)
        {
            return ApiAnswer.No(refusal!);
        }

        return await MoneyApi.With(tenant, engine, relationship => answer(relationship, wanted), stop);
    }

    private static async Task<PeriodAnswer> Answer(
        Relationship relationship, YearMonth month, Engine engine, CancellationToken stop)
    {
        var period = (await engine.Closing.Book(relationship, stop)).Month(month);
        return PeriodAnswer.Of(relationship, period, await engine.Closing.History(relationship, month, stop));
    }
}

/// <param name="Date">Document date of prepare, 2026-11-03; today where it is not given.</param>
/// <param name="Reason">Why a month must be opened again.</param>
public sealed record StepRequest(string? Date, string? Reason);

/// <param name="State">open, soft-closed, cut off, prepared, approved, issued, hard-closed.</param>
public sealed record PeriodAnswer(
    string Tenant, string Month, string State, int Version, string? Digest, string? PreparedBy, string? ApprovedBy,
    IReadOnlyList<string> Documents, IReadOnlyList<StepAnswer> History)
{
    public static PeriodAnswer Of(Relationship relationship, Period period, IReadOnlyList<PeriodStep> history) => new(
        relationship.ToString(), period.Month.Text(), ClosePeriod.Word(period.State), period.Version, period.Digest,
        period.PreparedBy, period.ApprovedBy, [.. period.Issued.SelectMany(issued => issued.Numbers)],
        [.. history.Select(step => new StepAnswer(step.At.ToString(), step.By, step.What))]);
}

public sealed record StepAnswer(string At, string By, string What);

public sealed record TieAnswer(string Name, string Subject, string One, string Other, bool Holds);

public sealed record ChangeAnswer(
    long Number, string Cause, string Creditor, string Debtor, string CdrId, string Currency, string Change, string Period);

/// <param name="Documents">Amounts as decimal strings in the document's currency.</param>
public sealed record DraftAnswer(
    string Tenant, string Month, int Version, string State, string DocumentDate, string DueDate, long CutOff, long Lines,
    string MerkleRoot, string PreviousRoot, IReadOnlyList<DocumentAnswer> Documents, IReadOnlyList<SetOffAnswer> Netting,
    IReadOnlyList<AccountAnswer> Accounts)
{
    public static DraftAnswer Of(StatementDraft draft, Period period) => new(
        draft.Relationship.ToString(), draft.Month.Text(), draft.Version, ClosePeriod.Word(period.State),
        Figures.Day(draft.DocumentDate), Figures.Day(draft.DueDate), draft.CutOff, draft.Lines, draft.MerkleRoot,
        draft.PreviousRoot,
        [.. draft.Documents.Select((document, i) => new DocumentAnswer(
            period.Issued.LastOrDefault(issued => issued.Draft == draft)?.Numbers[i], document.Kind.ToString(),
            $"{document.Supplier}", $"{document.Customer}", document.Currency, document.Sessions, document.EnergyKwh,
            Text(document.Net, document.Currency), Text(document.Tax, document.Currency), Text(document.Due, document.Currency),
            [.. document.Amends.Select(amended => amended.Number)]))],
        [.. draft.Netting.Select(set => new SetOffAnswer(
            set.Currency, Text(set.OwedByA, set.Currency), Text(set.OwedByB, set.Currency), Text(set.Amount, set.Currency),
            set.Because))],
        [.. draft.Accounts.Select(roll => new AccountAnswer(
            roll.Account, roll.Currency, Text(roll.Opening, roll.Currency), Text(roll.Closing, roll.Currency)))]);

    private static string Text(long minor, string currency) => new Money(minor, Currency.Of(currency)).Text();
}

/// <param name="Number">Null before it is issued.</param>
public sealed record DocumentAnswer(
    string? Number, string Kind, string Supplier, string Customer, string Currency, long Sessions, decimal EnergyKwh,
    string Net, string Tax, string Due, IReadOnlyList<string> Amends);

public sealed record SetOffAnswer(string Currency, string OwedByA, string OwedByB, string Amount, string Because);

/// <summary>Debit less credit.</summary>
public sealed record AccountAnswer(string Account, string Currency, string Opening, string Closing);
