using NodaTime;
using Settlement.Api.Fx;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Fx;
using Settlement.Domain.Ledger;

namespace Settlement.Api.Pages;

/// <summary>Recorded rates, and the answer to a question about one.</summary>
/// <param name="Series">The series shown in full; null = the newest of each.</param>
/// <param name="Done">What an import did.</param>
public sealed record FxView(
    FxRates Rates, FxSeries? Series, string From, string To, LocalDate On, bool Monthly, FxRate? Rate,
    Refusal? Refusal, string? Done);

internal static class FxEndpoint
{
    private const int DaysShown = 100;

    public static async Task<IResult> Get(
        string? series, string? from, string? to, string? on, string? average, Engine engine, CancellationToken stop)
    {
        var rates = (await engine.Books.Current(stop)).Fx;
        var view = View(engine, rates, OwnForms.Given(series), from, to, on, average is not null, null);
        return PageAnswer.Page<FxPage>(new { View = view });
    }

    public static async Task<IResult> Import(HttpRequest request, Engine engine, CancellationToken stop)
    {
        if (await OwnForms.File(request, "file", stop) is not { } file)
        {
            return PageAnswer.Malformed(new Refusal("file.missing", "Choose a file to import."));
        }

        using var content = new MemoryStream();
        await file.CopyToAsync(content, stop);
        var (tally, refusal) = await FxImport.Record(
            engine, content.ToArray(), ValetFile.Source, request.HttpContext.Actor(), stop);
        if (refusal is not null)
        {
            return PageAnswer.Malformed(refusal);
        }

        var rates = (await engine.Books.Current(stop)).Fx;
        return PageAnswer.Page<FxPage>(new { View = View(engine, rates, null, null, null, null, false, tally!.Text) });
    }

    private static FxView View(
        Engine engine, FxRates rates, string? series, string? from, string? to, string? on, bool monthly, string? done)
    {
        var asked = Output.Date(on, out var malformed) ?? engine.Now.InUtc().Date;
        var (first, second) = (Currency.Find(from?.ToUpperInvariant() ?? ""), Currency.Find(to?.ToUpperInvariant() ?? ""));
        var (rate, refusal) = malformed is not null ? (null, malformed)
            : first is null || second is null ? (null, null)
            : rates.Find(
                first, second, asked, new FxLookup(monthly ? FxFrequency.MonthlyAverage : FxFrequency.Daily));
        return new FxView(
            rates, series is null ? null : FxSeries.Parse(series), first?.Code ?? "USD", second?.Code ?? "CAD", asked,
            monthly, rate, refusal, done);
    }

    /// <summary>What the page lists: the newest of each series, or the last days of one.</summary>
    public static IReadOnlyList<FxObservation> Rows(FxView view) => view.Series is { } series
        ? [.. view.Rates.Between(series.Name, LocalDate.MinIsoValue, LocalDate.MaxIsoValue).Take(DaysShown)]
        : [.. view.Rates.Newest];
}
