using System.Runtime.CompilerServices;
using NodaTime;
using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Agreements;

/// <summary>Tariffs and locations from files of OCPI objects into the reference book.</summary>
public static class ReferenceFiles
{
    /// <param name="owner">For objects that do not name theirs (2.1.1).</param>
    /// <param name="ownNetwork">They are the CPO's prices on its own network: the reference for zero surcharge.</param>
    public static (BookFact.TariffPublished?, Refusal?) Tariff(
        ReadOnlyMemory<byte> json, PartyId? owner, bool ownNetwork, Instant now) => TariffReader.Read(json, null) switch
        {
            TariffReading.Read { Tariff: var tariff } when (tariff.Owner ?? owner) is { } party =>
                (new BookFact.TariffPublished(party, tariff, ownNetwork, now), null),
            TariffReading.Read { Tariff: var tariff } =>
                (null, new Refusal("tariff.owner-missing", $"Tariff {tariff.Id} names no owner; add --from CPO.")),
            TariffReading.Unreadable unreadable => (null, unreadable.Refusal),
            _ => throw new InvalidOperationException("A reading is read or unreadable."),
        };

    public static (BookFact.LocationPublished?, Refusal?) Location(
        ReadOnlyMemory<byte> json, PartyId? owner, Instant now) => LocationReader.Read(json) switch
        {
            LocationReading.Read { Location: var location } when (location.Owner ?? owner) is { } party =>
                (new BookFact.LocationPublished(party, location, now), null),
            LocationReading.Read { Location: var location } =>
                (null, new Refusal("location.owner-missing", $"Location {location.Id} names no owner; add --from CPO.")),
            LocationReading.Unreadable unreadable => (null, unreadable.Refusal),
            _ => throw new InvalidOperationException("A reading is read or unreadable."),
        };

    public static string Stream(BookFact fact) => fact switch
    {
        BookFact.PartyRegistered e => $"party/{e.Party.Id}".ToLowerInvariant(),
        BookFact.TariffPublished e => $"tariff/{e.Owner}/{e.Tariff.Id}".ToLowerInvariant(),
        BookFact.TariffWithdrawn e => $"tariff/{e.Owner}/{e.TariffId}".ToLowerInvariant(),
        BookFact.LocationPublished e => $"location/{e.Owner}/{e.Location.Id}".ToLowerInvariant(),
        BookFact.TaxRuleProposed e => $"tax-rule/{e.Rule.Id}".ToLowerInvariant(),
        BookFact.TaxRuleApproved e => $"tax-rule/{e.Rule.Id}".ToLowerInvariant(),
        BookFact.LocalRatesProposed e => $"local-rates/{e.Rates.Jurisdiction}".ToLowerInvariant(),
        BookFact.LocalRatesApproved e => $"local-rates/{e.Rates.Jurisdiction}".ToLowerInvariant(),
        BookFact.FxObserved e => $"fx/{e.Series}/{e.Date:uuuu'-'MM'-'dd}".ToLowerInvariant(),
        _ => throw new InvalidOperationException($"{fact.GetType().Name} has no stream."),
    };

    /// <summary>Reads a file's objects; refusals are told by line and the rest goes on.</summary>
    public static async IAsyncEnumerable<BookFact> Read(
        string file, Func<ReadOnlyMemory<byte>, (BookFact?, Refusal?)> parse, List<Refusal> refused,
        [EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var chunk in CdrFile.Read(file, stop))
        {
            foreach (var raw in chunk.Objects)
            {
                var (fact, refusal) = raw.Refusal is { } no ? (null, no) : parse(raw.Json);
                if (refusal is not null)
                {
                    refused.Add(raw.Located(refusal));
                }
                else
                {
                    yield return fact!;
                }
            }
        }
    }
}
