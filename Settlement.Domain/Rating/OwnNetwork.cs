using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Rating;

/// <summary>The session beside the prices that its CPO publishes for drivers of its own network.</summary>
/// <param name="Compared">With what; null where nothing was.</param>
/// <param name="Impossible">Something was published and could not be compared, and why; else null.</param>
internal sealed record OwnNetworkAnswer(Surcharge Surcharge, OwnNetworkPrice? Compared, string? Impossible)
{
    public static readonly OwnNetworkAnswer Nothing = new(Surcharge.NotProvable, null, null);
}

/// <summary>
/// Finds the CPO's published prices for a session and compares (rules-money 10): those of the connector that was used,
/// and the own-network version of the very tariff that priced it. Cheaper than either is what counts.
/// </summary>
internal sealed class OwnNetwork(RatingRequest request, RatedSession session, Site site, ReferenceBook book)
{
    private readonly Cdr cdr = request.Cdr;

    public OwnNetworkAnswer Compare()
    {
        var connectors = Site.Connectors(cdr, book);
        if (connectors is [{ Connector.TariffIds: [var id] } at] && request.Tariffs is [var alone] && Same(id, alone.Id))
        {
            // nearly every session: one tariff, which its connector publishes alone
            return OwnVersion(id) is { } own
                ? Compare([.. cdr.Periods.Select(_ => own)], at.Name)
                : OwnNetworkAnswer.Nothing;
        }

        return Compare(connectors);
    }

    private OwnNetworkAnswer Compare(IReadOnlyList<(string Name, Connector Connector)> connectors)
    {
        var lists = connectors.Select(each => Published(each.Connector.TariffIds)).ToList();
        var isPublished = lists.Exists(list => list.Count > 0);
        var used = TariffChooser.OfPeriods(request);
        var versions = used.Select(tariff => OwnVersion(tariff.Id)).ToList();
        if (!isPublished && versions.TrueForAll(version => version is null))
        {
            return OwnNetworkAnswer.Nothing;
        }

        var answers = new List<OwnNetworkAnswer>();
        if (isPublished)
        {
            var at = connectors.Count == 1 ? connectors[0].Name : cdr.Location.Id;
            answers.AddRange(lists.TrueForAll(list => list.SequenceEqual(lists[0]))
                ? OfConnector(lists[0], used).Select(tariffs => Compare(tariffs, at))
                : [Cannot($"the CDR does not state which connector of {at} was used, and their tariffs differ")]);
        }

        if (versions.TrueForAll(version => version is not null))
        {
            answers.Add(Compare([.. versions.OfType<Tariff>()], null));
        }
        else if (!isPublished)
        {
            answers.Add(Cannot("only some of its tariffs have a price on the CPO's own network"));
        }

        var impossible = answers.Find(answer => answer.Impossible is not null);
        var lowest = answers.Where(answer => answer.Surcharge.Reference is not null)
            .MinBy(answer => answer.Surcharge.Reference!.Value);
        return lowest is { Surcharge.Outcome: SurchargeOutcome.Dearer } ? lowest : impossible ?? lowest!;
    }

    /// <summary>The tariff of each period where the connector has it; else every plain one it has, each alone.</summary>
    private static IEnumerable<IReadOnlyList<Tariff>> OfConnector(
        IReadOnlyList<Tariff> published, IReadOnlyList<Tariff> used)
    {
        Tariff? Listed(Tariff tariff) => published.FirstOrDefault(own => Same(own.Id, tariff.Id));
        return used.All(tariff => Listed(tariff) is not null)
            ? [[.. used.Select(tariff => Listed(tariff)!)]]
            : published.Where(own => (own.Type is null or "REGULAR") == (published[0].Type is null or "REGULAR"))
                .Select(own => (IReadOnlyList<Tariff>)[.. used.Select(tariff => Listed(tariff) ?? own)]);
    }

    /// <summary>Own-network tariffs in force; those for payment on the spot only where there is no other.</summary>
    private IReadOnlyList<Tariff> Published(IReadOnlyList<string> ids)
    {
        var all = ids.Select(OwnVersion).OfType<Tariff>().Distinct().ToList();
        return TariffChooser.For(cdr, all) is { Count: > 0 } fitting ? fitting : all;
    }

    private Tariff? OwnVersion(string id) => book.OwnNetworkTariff(cdr.Key.Owner, id, cdr.Start);

    /// <param name="tariffs">Of the own network, one for each period.</param>
    private OwnNetworkAnswer Compare(IReadOnlyList<Tariff> tariffs, string? connector)
    {
        var distinct = tariffs.Distinct().ToList();
        var names = string.Join(", ", distinct.Select(tariff => tariff.Id));
        var own = Rate(tariffs, distinct);
        if (!own.IsRateable)
        {
            return Cannot($"tariff {names} gives no price for it: {(own.Findings is [var first, ..] ? first.Detail : "")}");
        }

        var surcharge = session.AmountsIncludeTax == own.AmountsIncludeTax
            ? Surcharge.OnOneSide(session, own)
            : AcrossTax(own);
        return surcharge.Reference is { } price
            ? new(surcharge, new OwnNetworkPrice(names, connector, price.LineScale(), session.Side), null)
            : Cannot($"the prices of tariff {names} are on the other side of a tax that cannot be determined");
    }

    private RatedSession Rate(IReadOnlyList<Tariff> tariffs, List<Tariff> distinct)
    {
        if (request.Tariffs.Count == 1 && distinct is [var only] && only.ContentHash == request.Tariffs[0].ContentHash)
        {
            return session;
        }

        var named = true;
        for (var i = 0; i < tariffs.Count; i++)
        {
            named &= Same(cdr.Periods[i].TariffId, tariffs[i].Id);
        }

        return Rater.Rate(request with
        {
            Cdr = named ? cdr : cdr with
            {
                Periods = [.. cdr.Periods.Zip(tariffs, (period, tariff) => period with { TariffId = tariff.Id })],
            },
            Tariffs = distinct,
            Policy = request.Policy with { TariffChoice = TariffChoice.Period, TariffValidity = TariffValidity.Refuse },
        });
    }

    private static bool Same(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The own price is brought to the session's side with a driver's taxes there: whole minor units, as tax is.
    /// </summary>
    private Surcharge AcrossTax(RatedSession own)
    {
        var currency = Currency.Of(cdr.Currency);
        var price = Money.Of(own.Total!.Value.RoundTo(currency.MinorUnits), currency);
        return Taxation.OtherSide(cdr, Charges.Of(own, price, currency), own.Side, site, currency, book) is { } normal
            ? Surcharge.Of(
                ExactAmount.Of(session.Total!.Value.RoundTo(currency.MinorUnits)), ExactAmount.Of(normal.Amount))
            : Surcharge.NotProvable;
    }

    private static OwnNetworkAnswer Cannot(string why) => new(Surcharge.NotProvable, null, why);
}
