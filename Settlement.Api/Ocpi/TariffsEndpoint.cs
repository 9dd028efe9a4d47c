using Settlement.Api.Agreements;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Projections.Partners;

namespace Settlement.Api.Ocpi;

/// <summary>
/// Tariffs (OCPI 2.2.1 §11.2). Every PUT is a version that is never lost; DELETE ends a tariff for sessions that start
/// later.
/// </summary>
public static class TariffsEndpoint
{
    /// <summary>
    /// Sender: the caller's own tariffs, and what its partners charge on their own networks, which is public. What a CPO
    /// offers one partner is no other partner's business.
    /// </summary>
    public static Task<OcpiAnswer> List(OcpiCall call) => call.Paged(
        asked => Readable(call, asked),
        (json, tariff) => TariffJson.Write(json, tariff.Tariff, tariff.Owner, tariff.ReceivedAt, call.Version));

    public static async Task<OcpiAnswer> Get(OcpiCall call) => await Find(call) is { } known
        ? OcpiAnswer.Of(json => TariffJson.Write(json, known.Tariff, known.Owner, known.ReceivedAt, call.Version))
        : OcpiAnswer.NotFound;

    public static async Task<OcpiAnswer> Put(OcpiCall call) => call.Owner is { } owner
        ? await Publish(call, owner, call.Body, call.Version)
        : OcpiAnswer.NotFound;

    /// <summary>2.1.1 only.</summary>
    public static async Task<OcpiAnswer> Patch(OcpiCall call)
    {
        if (await Find(call) is not { } known)
        {
            return OcpiAnswer.NotFound;
        }

        var (patch, refusal) = OcpiMerge.Read(call.Body);
        if (patch is null)
        {
            return OcpiAnswer.Refused(refusal!);
        }

        var version = known.Tariff.Version;
        var (before, _) = OcpiMerge.Read(OcpiMerge.Bytes(
            json => TariffJson.Write(json, known.Tariff, known.Owner, known.ReceivedAt, version)));
        using (patch)
        using (before)
        {
            var merged = OcpiMerge.Merge(before!.RootElement, patch.RootElement);
            return await Publish(call, known.Owner, merged, version);
        }
    }

    public static async Task<OcpiAnswer> Delete(OcpiCall call)
    {
        if (await Find(call) is not { } known)
        {
            return OcpiAnswer.NotFound;
        }

        var fact = new BookFact.TariffWithdrawn(known.Owner, known.Tariff.Id, call.Engine.Now);
        await call.Engine.Books.Record([(ReferenceFiles.Stream(fact), fact)], call.Actor, call.Stop);
        return OcpiAnswer.Done;
    }

    /// <summary>Records what a partner sends, or what was pulled from it.</summary>
    public static (BookFact.TariffPublished? Fact, Refusal? Refusal) Read(
        ReadOnlyMemory<byte> json, PartyId owner, OcpiVersion version, bool isReference, NodaTime.Instant now)
    {
        switch (TariffReader.Read(json, version))
        {
            case TariffReading.Read { Tariff: var tariff } when (tariff.Owner ?? owner) == owner:
                return (new BookFact.TariffPublished(owner, tariff, isReference, now), null);
            case TariffReading.Read { Tariff: var tariff }:
                return (null, new Refusal("tariff.foreign-owner", $"The tariff belongs to {tariff.Owner}, the request to {owner}."));
            case TariffReading.Unreadable unreadable:
                return (null, unreadable.Refusal);
            default:
                throw new InvalidOperationException("A reading is read or unreadable.");
        }
    }

    private static async Task<PartnerPage<BookFact.TariffPublished>> Readable(OcpiCall call, PageAsked asked)
    {
        var book = await call.Engine.Books.Current(call.Stop);
        var own = call.Caller.Parties;
        var others = call.Caller.IsHub ? [] : await Counterparties(call, book);
        var tariffs = new List<BookFact.TariffPublished>();
        foreach (var tariff in book.TariffsOf(own.Union(others)))
        {
            var updated = tariff.Tariff.LastUpdated ?? tariff.ReceivedAt;
            if ((asked.From is not { } from || updated >= from) && (asked.To is not { } to || updated < to)
                && (own.Contains(tariff.Owner) ? await MayRead(call, tariff) : tariff.OwnNetwork))
            {
                tariffs.Add(tariff);
            }
        }

        return new([.. tariffs.Skip((int)Math.Min(asked.Offset, int.MaxValue)).Take(asked.Limit)], tariffs.Count);
    }

    private static async Task<OcpiAnswer> Publish(
        OcpiCall call, PartyId owner, ReadOnlyMemory<byte> json, OcpiVersion version)
    {
        var isReference = call.Caller.Partner.Settings.TariffsAreReference;
        var (fact, refusal) = Read(json, owner, version, isReference, call.Engine.Now);
        if (fact is null)
        {
            return OcpiAnswer.Refused(refusal!);
        }

        if (!string.Equals(fact.Tariff.Id, call.Value("id"), StringComparison.OrdinalIgnoreCase))
        {
            return OcpiAnswer.Refused(new Refusal("tariff.other-id", "The id in the body is not the one in the URL."));
        }

        if (await call.WouldReplaceOthers(Books.Tenant, ReferenceFiles.Stream(fact)))
        {
            return OcpiAnswer.Refused(OcpiCall.NotTheHubs);
        }

        var before = (await call.Engine.Books.Current(call.Stop)).LatestTariff(owner, fact.Tariff.Id);
        await call.Engine.Books.RecordNewer([(ReferenceFiles.Stream(fact), fact)], call.Actor, call.Stop);
        return before is null ? OcpiAnswer.Created : OcpiAnswer.Done;
    }

    private static async Task<BookFact.TariffPublished?> Find(OcpiCall call) =>
        call.Owner is { } owner
        && (await call.Engine.Books.Current(call.Stop)).LatestTariff(owner, call.Value("id")) is { } known
        && await MayRead(call, known)
            ? known
            : null;

    private static Task<bool> MayRead(OcpiCall call, BookFact.TariffPublished tariff) =>
        call.HasSubmitted(ReferenceFiles.Stream(tariff));

    private static async Task<HashSet<PartyId>> Counterparties(OcpiCall call, ReferenceBook book)
    {
        var homes = await call.Services.Scope.Counterparties(call.Caller, call.Stop);
        return [.. homes.SelectMany(home => book.Party(home)?.Aliases.Prepend(home) ?? [home])];
    }
}
