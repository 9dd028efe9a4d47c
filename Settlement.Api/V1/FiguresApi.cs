using NodaTime.Text;
using Settlement.Api.Export;
using Settlement.Api.Pages;
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
        api.MapRead("/exports/{month}/{kind}", Right.Read, Export, "A month as hledger or beancount journal or as GL journal (kind: hledger, beancount, gl)");
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

        if (LocalDatePattern.Iso.Parse(on) is not { Success: true } day)
        {
            return ApiAnswer.No(new Refusal("day.malformed", "A day is written as 2026-10-31."));
        }

        var lookup = new FxLookup(average == true ? FxFrequency.MonthlyAverage : FxFrequency.Daily);
        var (rate, refusal) = (await engine.Books.Current(stop)).Fx.Find(first, second, day.Value, lookup);
        return rate is null ? ApiAnswer.No(StatusCodes.Status404NotFound, refusal!) : ApiAnswer.Of(RateAnswer.Of(rate));
    }

    private static async Task<IResult> Export(
        string month, string kind, string? books, string? partner, string? shape, Engine engine, CancellationToken stop)
    {
        if (Output.Month(month, out var refusal) is not { } wanted)
        {
            return ApiAnswer.No(refusal!);
        }

        var whose = books is null ? null : Output.Party(books, out refusal);
        var other = partner is null || refusal is not null ? null : Output.Party(partner, out refusal);
        refusal ??= kind is not ("hledger" or "beancount" or "gl")
                ? new Refusal("export.unknown", $"There is no export '{kind}'; there are hledger, beancount and gl.")
            : kind == "gl" && whose is null
                ? new Refusal("export.books-missing", "A general ledger is one company's: say whose, ?books=CA-FLO.")
            : shape is not (null or "quickbooks" or "netsuite")
                ? new Refusal("export.shape", $"There is no shape '{shape}'; there are quickbooks and netsuite.")
            : null;
        return refusal is null
            ? await Send(engine, wanted, kind, (whose, other), shape == "netsuite" ? GlShape.Netsuite : GlShape.Quickbooks, stop)
            : ApiAnswer.No(refusal);
    }

    private static async Task<IResult> Send(
        Engine engine, NodaTime.YearMonth month, string kind, (PartyId? Books, PartyId? Partner) of, GlShape shape,
        CancellationToken stop)
    {
        var (tenants, home) = await ExportVerb.Tenants(engine, of.Books, of.Partner, stop);
        if (tenants.Count == 0)
        {
            return ApiAnswer.No(new Refusal("relationship.unknown", "No relationship of these parties has anything to export."));
        }

        if (kind == "gl")
        {
            await using var look = await JournalExport.Open(engine, month, home, tenants, stop);
            if (GlWriter.Refuse(look, shape, GlAccounts.OwnNames) is { } refusal)
            {
                return ApiAnswer.No(refusal);
            }
        }

        var format = kind switch { "hledger" => "journal", "beancount" => "beancount", _ => "csv" };
        return Downloads.Of(
            format, [format], $"{kind}-{Projections.Tables.Ids.Text(month)}{(of.Books is { } party ? $"-{party}" : "")}", async to =>
            {
                await using var journal = await JournalExport.Open(engine, month, home, tenants, stop);
                await ExportVerb.Write(to, journal, kind, shape, GlAccounts.OwnNames, stop);
            });
    }
}

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
