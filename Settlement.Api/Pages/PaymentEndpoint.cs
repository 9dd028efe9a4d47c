using NodaTime;
using Settlement.Api.Payments;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Payments;
using Settlement.Domain.Statements;
using Settlement.Projections.Statements;

namespace Settlement.Api.Pages;

/// <summary>What is open between two parties, and the money that came.</summary>
public sealed record PaymentsView(
    IReadOnlyList<Relationship> Relationships, Relationship Relationship, LocalDate AsOf, OpenItems Open,
    IReadOnlyList<AgeingRow> Ages, IReadOnlyList<Listed<PaymentState>> Payments, IReadOnlyList<TieOut> Ties,
    IReadOnlyList<WriteOff> WriteOffs, IReadOnlyList<Opening> Openings, Refusal? Refused, string? Done);

internal static class PaymentEndpoint
{
    public const int PageSize = 100;

    private const int MostBytes = 4 * 1024 * 1024;

    public static async Task<IResult> Get(HttpRequest request, Engine engine, CancellationToken stop)
    {
        var all = await engine.Books.Relationships(stop);
        var tenant = request.Query["tenant"].ToString();
        return all.Count == 0 ? PageAnswer.Page<EmptyPage>(new { })
            : tenant.Length > 0 && !all.Any(pair => pair.ToString() == tenant) ? PageAnswer.UnknownRelationship(tenant)
            : await Show(
                engine, tenant.Length > 0 ? Relationship.Parse(tenant)!.Value : all[0], request.Query["as-of"], null, null,
                stop, all);
    }

    public static Task<IResult> Record(HttpRequest request, Engine engine, CancellationToken stop) =>
        Form(request, engine, async (pair, form, by, today) =>
        {
            var (payment, refusal) = PaymentsVerb.Read(pair, new PaymentText(
                form("id"), form("payer"), form("amount"), form("currency"), form("date"), form("reference")));
            if (payment is null)
            {
                return (refusal, null);
            }

            var (lines, wrong) = PaymentFile.Remittance(form("documents").Split(',', ';'), Currency.Of(payment.Currency));
            return lines is null ? (wrong, null)
                : (await engine.Payments.Record(pair, payment, lines, today, by, stop), $"Payment {payment.Id} is recorded.");
        }, stop);

    public static Task<IResult> Import(HttpRequest request, Engine engine, CancellationToken stop) =>
        Form(request, engine, async (pair, _, by, today) =>
        {
            var (text, missing) = await Text(request, stop);
            if (text is null)
            {
                return (missing, null);
            }

            var (payments, refusal) = PaymentFile.Read(text);
            foreach (var payment in payments ?? [])
            {
                refusal ??= await engine.Payments.Record(pair, payment, [], today, by, stop);
            }

            return (refusal, $"{payments?.Count ?? 0} payments are recorded.");
        }, stop);

    public static Task<IResult> Apply(HttpRequest request, Engine engine, CancellationToken stop) =>
        Form(request, engine, async (pair, form, by, today) =>
        {
            var currency = Currency.Of((await engine.Payments.Find(pair, form("id"), stop)).Payment?.Currency ?? "CAD");
            var (lines, wrong) = PaymentFile.Remittance(form("documents").Split(',', ';'), currency);
            return lines is null ? (wrong, null)
                : (await engine.Payments.Apply(pair, form("id"), lines, today, by, stop), $"Payment {form("id")} is applied.");
        }, stop);

    public static Task<IResult> Return(HttpRequest request, Engine engine, CancellationToken stop) =>
        Form(request, engine, async (pair, form, by, today) => (
            await engine.Payments.Reverse(pair, form("id"), form("reason"), today, by, stop),
            $"Payment {form("id")} was returned; what it paid is open again."), stop);

    public static Task<IResult> Refund(HttpRequest request, Engine engine, CancellationToken stop) =>
        Form(request, engine, async (pair, form, by, today) =>
        {
            var currency = Currency.Of((await engine.Payments.Find(pair, form("id"), stop)).Payment?.Currency ?? "CAD");
            var (minor, wrong) = PaymentFile.Amount(form("amount"), currency);
            return (wrong ?? await engine.Payments.Refund(pair, form("id"), minor, today, by, stop), $"Payment {form("id")} is refunded.");
        }, stop);

    public static Task<IResult> Offset(HttpRequest request, Engine engine, CancellationToken stop) =>
        Form(request, engine, async (pair, form, by, today) =>
        {
            var item = (await engine.Payments.Open(pair, null, stop)).Find(form("credit"));
            var (minor, wrong) = PaymentFile.Amount(form("amount"), Currency.Of(item?.Currency ?? "CAD"));
            return (
                wrong ?? await engine.Payments.Offset(pair, form("credit"), form("document"), minor, today, by, stop),
                $"{form("credit")} is set against {form("document")}.");
        }, stop);

    public static Task<IResult> AskWriteOff(HttpRequest request, Engine engine, CancellationToken stop) =>
        Form(request, engine, async (pair, form, by, today) => (
            await engine.Payments.ProposeWriteOff(pair, form("document"), form("reason"), today, by, stop),
            $"{form("document")}: another person must approve it."), stop);

    public static Task<IResult> ApproveWriteOff(HttpRequest request, Engine engine, CancellationToken stop) =>
        Form(request, engine, async (pair, form, by, today) => (
            await engine.Payments.ApproveWriteOff(pair, form("document"), today, by, stop),
            $"{form("document")} is written off."), stop);

    public static Task<IResult> AskOpening(HttpRequest request, Engine engine, CancellationToken stop) =>
        Form(request, engine, async (pair, form, by, _) =>
        {
            var (text, missing) = await Text(request, stop);
            return text is null ? (missing, null)
                : (await engine.Openings.Propose(pair, form("name"), text, by, stop), $"{form("name")}: two other people must approve it.");
        }, stop);

    public static Task<IResult> ApproveOpening(HttpRequest request, Engine engine, CancellationToken stop) =>
        Form(request, engine, async (pair, form, by, _) => (
            await engine.Openings.Approve(pair, form("name"), by, stop), $"{form("name")} is approved by {by}."), stop);

    private static async Task<IResult> Form(
        HttpRequest request, Engine engine,
        Func<Relationship, Func<string, string>, string, LocalDate, Task<(Refusal? Refusal, string? Done)>> work,
        CancellationToken stop)
    {
        var form = await request.ReadFormAsync(stop);
        var (pair, unknown) = await DisputeEndpoint.Known(engine, form["tenant"].ToString(), stop);
        if (pair is not { } known)
        {
            return PageAnswer.Malformed(unknown!);
        }

        var today = await engine.Disputes.Today(known, engine.Now, stop);
        var (refusal, done) = await work(known, name => form[name].ToString().Trim(), request.HttpContext.Actor(), today);
        return await Show(engine, known, null, refusal, refusal is null ? done : null, stop);
    }

    private static async Task<(string? Text, Refusal? Refusal)> Text(HttpRequest request, CancellationToken stop)
    {
        if (await OwnForms.File(request, "file", stop) is not { } file)
        {
            return (null, new Refusal("file.missing", "Choose a file."));
        }

        if (file.Length > MostBytes)
        {
            return (null, new Refusal("file.too-large", "The file is larger than 4 MB."));
        }

        using var reader = new StreamReader(file.OpenReadStream());
        return (await reader.ReadToEndAsync(stop), null);
    }

    private static async Task<IResult> Show(
        Engine engine, Relationship pair, string? asOf, Refusal? refused, string? done, CancellationToken stop,
        IReadOnlyList<Relationship>? all = null)
    {
        var day = Output.Date(asOf, out var malformed) ?? await engine.Disputes.Today(pair, engine.Now, stop);
        refused ??= malformed;
        var (open, ages, ties) = await engine.Payments.Standing(pair, day, stop);
        var view = new PaymentsView(
            all ?? await engine.Books.Relationships(stop), pair, day, open, ages,
            await engine.Money.Payments(pair.ToString(), long.MaxValue, PageSize, stop), ties,
            await Waiting<WriteOff>(engine, pair, "write-off", stop),
            await Waiting<Opening>(engine, pair, "opening", stop), refused, done);
        return PageAnswer.Page<PaymentsPage>(
            new { View = view }, refused is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    private static async Task<IReadOnlyList<T>> Waiting<T>(
        Engine engine, Relationship pair, string kind, CancellationToken stop) =>
        [.. (await engine.Money.Waiting<T>(kind, stop, pair.ToString())).Select(listed => listed.State)];
}
