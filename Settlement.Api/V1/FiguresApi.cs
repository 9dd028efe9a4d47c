using NodaTime;
using Settlement.Api.Export;
using Settlement.Api.Pages;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Fx;
using Settlement.Domain.Ledger;
using Settlement.Domain.People;

namespace Settlement.Api.V1;

/// <summary>Exchange rates, and months for other programs.</summary>
internal static class FiguresApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapReadAtOnce("/fx/series", Right.Read, Series, "The newest observation of each series").Gives<IReadOnlyList<ObservationAnswer>>();
        api.MapReadAtOnce("/fx/rates/{from}/{to}/{on}", Right.Read, Rate, "The rate that held on a day, with where it comes from").Gives<RateAnswer>();
        api.MapRead("/exports/{month}/{kind}", Right.Read, Export, "A month as hledger or beancount journal or as GL journal (kind: hledger, beancount, gl; a copy to look at)");
        api.MapWrite("/exports/{month}/gl", Right.PreparePeriod, Post, "Marks a month's GL journal as exported, once; the answer says where its file is")
            .Accepts<GlRequest>("application/json").Gives<GlAnswer>();
    }

    private static async Task<ApiAnswer> Series(Engine engine, CancellationToken stop) =>
        ApiAnswer.Of((await engine.Books.Current(stop)).Fx.Newest.Select(ObservationAnswer.Of).ToList());

    private static async Task<ApiAnswer> Rate(
        string from, string to, string on, bool? average, Engine engine, CancellationToken stop)
    {
        if (Currency.Find(from.ToUpperInvariant()) is not { } first || Currency.Find(to.ToUpperInvariant()) is not { } second)
        {
            return ApiAnswer.No(new Refusal("currency.unknown", $"{from} or {to} is no currency of ISO 4217 that is known here."));
        }

        if (IsoText.Day(on) is not { } day)
        {
            return ApiAnswer.No(new Refusal("day.malformed", "A day is written as 2026-10-31."));
        }

        var lookup = new FxLookup(average == true ? FxFrequency.MonthlyAverage : FxFrequency.Daily);
        var (rate, refusal) = (await engine.Books.Current(stop)).Fx.Find(first, second, day, lookup);
        return rate is null ? ApiAnswer.No(StatusCodes.Status404NotFound, refusal!) : ApiAnswer.Of(RateAnswer.Of(rate));
    }

    private sealed record Wanted(YearMonth Month, PartyId? Books, PartyId? Partner, GlShape Shape);

    private static (Wanted? Wanted, Refusal? Refusal) Read(string month, string? books, string? partner, string? shape)
    {
        if (Output.Month(month, out var refusal) is not { } wanted)
        {
            return (null, refusal);
        }

        var whose = books is null ? null : Output.Party(books, out refusal);
        var other = partner is null || refusal is not null ? null : Output.Party(partner, out refusal);
        return refusal is not null ? (null, refusal)
            : GlShapes.Of(shape) is { } form ? (new Wanted(wanted, whose, other, form), null)
            : (null, GlShapes.Unknown(shape));
    }

    private static GlAsked? Ledger(Wanted wanted) => wanted.Books is { } books
        ? new GlAsked(wanted.Month, books, wanted.Partner, wanted.Shape, GlAccounts.OwnNames)
        : null;

    private static Refusal BooksMissing { get; } =
        new("export.books-missing", "A general ledger is one company's: say whose, books=CA-FLO.");

    private static async Task<IResult> Export(
        string month, string kind, string? books, string? partner, string? shape, string? sha256, Engine engine,
        CancellationToken stop)
    {
        var (wanted, refusal) = Read(month, books, partner, shape);
        return wanted is null ? ApiAnswer.No(refusal!) : kind switch
        {
            "hledger" => await Journal(engine, wanted, kind, "journal", stop),
            "beancount" => await Journal(engine, wanted, kind, "beancount", stop),
            "gl" => Ledger(wanted) is { } asked ? await Copy(engine, asked, sha256, stop) : ApiAnswer.No(BooksMissing),
            _ => ApiAnswer.No(new Refusal(
                "export.unknown", $"There is no export '{kind}'; there are hledger, beancount and gl.")),
        };
    }

    private static async Task<IResult> Journal(
        Engine engine, Wanted wanted, string kind, string format, CancellationToken stop)
    {
        var (tenants, home) = await ExportVerb.Tenants(engine, wanted.Books, wanted.Partner, stop);
        return tenants.Count == 0
            ? ApiAnswer.No(ExportVerb.Nothing)
            : Send(format, kind, wanted.Month, wanted.Books, async to =>
            {
                await using var journal = await JournalExport.Open(engine, wanted.Month, home, tenants, stop);
                await ExportVerb.Write(to, journal, kind, wanted.Shape, GlAccounts.OwnNames, stop);
            });
    }

    private static async Task<IResult> Copy(Engine engine, GlAsked asked, string? sha256, CancellationToken stop)
    {
        var (file, refusal) = await GlExport.Make(engine, asked, stop);
        return file is null ? ApiAnswer.No(refusal!)
            : sha256 is not null && sha256 != file.Sha256
                ? ApiAnswer.No(StatusCodes.Status409Conflict, GlExport.Changed(sha256, file.Sha256))
            : Send("csv", "gl", asked.Month, asked.Books, async to => await to.WriteAsync(file.Bytes, stop));
    }

    private static async Task<ApiAnswer> Post(
        string month, GlRequest request, HttpContext http, Engine engine, CancellationToken stop)
    {
        var (wanted, refusal) = Read(month, request.Books, request.Partner, request.Shape);
        if (wanted is null || Ledger(wanted) is not { } asked)
        {
            return ApiAnswer.No(refusal ?? BooksMissing);
        }

        var (file, refused) = await GlExport.Make(
            engine, asked with { Actor = http.Actor(), Again = request.Again }, stop);
        return file is not null
            ? ApiAnswer.Of(new GlAnswer(
                month, asked.Books.ToString(), asked.Shape.Name(), file.Entries, file.Sha256,
                Links.Export(asked.Month, "gl", asked.Books, asked.Partner, asked.Shape, file.Sha256)))
            : refused!.Code == "export.already"
                ? ApiAnswer.No(StatusCodes.Status409Conflict, refused)
                : ApiAnswer.No(refused);
    }

    private static IResult Send(
        string format, string kind, YearMonth month, PartyId? books, Func<Stream, Task> write) =>
        Downloads.Of(format, [format], $"{kind}-{month.Text()}{(books is { } party ? $"-{party}" : "")}", write);
}

/// <summary>A month's journal that somebody posts into a general ledger.</summary>
/// <param name="Books">Whose ledger, CA-FLO.</param>
/// <param name="Partner">Only the relationship with this party; without it all of them.</param>
/// <param name="Shape">quickbooks, which is taken where none is named, or netsuite.</param>
/// <param name="Again">Once more, although it was exported.</param>
public sealed record GlRequest(string? Books, string? Partner = null, string? Shape = null, bool Again = false);

/// <summary>What was marked, and where its file is; another file than this one is never given out under this address.</summary>
public sealed record GlAnswer(string Month, string Books, string Shape, long Entries, string Sha256, string File);

/// <summary>One published value; a decimal string as published.</summary>
public sealed record ObservationAnswer(string Series, string Pair, string Day, string Value, string Source)
{
    public static ObservationAnswer Of(FxObservation value) =>
        new(value.Series.Name, value.Series.Pair, Figures.Day(value.Date), value.Text, value.Source);
}

/// <summary>A rate with its steps; <paramref name="Shown"/> has at most 12 decimals, the steps are exact.</summary>
public sealed record RateAnswer(string From, string To, string On, string Shown, IReadOnlyList<RateStep> Steps)
{
    public static RateAnswer Of(FxRate rate) => new(
        rate.From.Code, rate.To.Code, Figures.Day(rate.Requested),
        rate.Shown.ToString(System.Globalization.CultureInfo.InvariantCulture),
        [.. rate.Legs.Select(leg => new RateStep(leg.Series, leg.Pair, leg.Value, leg.IsInverted, Figures.Day(leg.Date), leg.Source))]);
}

public sealed record RateStep(string Series, string Pair, string Value, bool Inverted, string Day, string Source);
