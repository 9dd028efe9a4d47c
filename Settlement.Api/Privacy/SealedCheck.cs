using System.Security.Cryptography;
using NodaTime;
using Settlement.Api.Intake;
using Settlement.Api.People;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Privacy;
using Settlement.Projections.EventStore;
using Settlement.Projections.Privacy;

namespace Settlement.Api.Privacy;

/// <summary>
/// Opens everything that is sealed for drivers. What does not open belongs to a driver who was erased afterwards, or
/// its key is lost: it is missing, or was made again for a later session.
/// </summary>
public sealed class SealedCheck(Engine engine)
{
    /// <summary>How long another process may go on sealing under a destroyed key.</summary>
    private static readonly Duration Forgetting = Duration.FromMinutes(1);

    /// <summary>Of each tenant: how many records are sealed, and how many cannot be opened without an erasure.</summary>
    public async Task<IReadOnlyList<(string Tenant, long Records, long Lost)>> Run(CancellationToken stop)
    {
        var erased = await Erased(stop);
        var tenants = (await engine.Books.Relationships(stop)).Select(pair => pair.ToString()).Append(CdrIntake.Unread);
        var found = new List<(string, long, long)>();
        foreach (var tenant in tenants.Order(StringComparer.Ordinal))
        {
            var (records, lost) = (0L, 0L);
            var keys = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
            await foreach (var recorded in engine.Store.ReadLog(tenant, 0, stop: stop))
            {
                if (DriverOf(recorded) is not { } driver)
                {
                    continue;
                }

                records++;
                var wasErased = erased.TryGetValue((tenant, driver), out var at) && at >= recorded.Time - Forgetting;
                lost += wasErased || await Opens(tenant, driver, recorded, keys, stop) ? 0 : 1;
            }

            found.Add((tenant, records, lost));
        }

        return found;
    }

    private async Task<Dictionary<(string, string), Instant>> Erased(CancellationToken stop)
    {
        var erased = new Dictionary<(string, string), Instant>();
        await foreach (var recorded in engine.Store.ReadLog(PeopleStore.Tenant, 0, stop: stop))
        {
            if (recorded.Fact is DriverFact.DriverErased fact)
            {
                erased[(fact.Relationship, fact.Driver)] = fact.At;
            }
        }

        return erased;
    }

    private static string? DriverOf(Recorded recorded) => recorded.Fact switch
    {
        CdrFact.CdrReceived received => received.Driver,
        CdrFact.CdrConflicted conflicted => conflicted.Other.Driver,
        CdrFact.CdrRemarked remarked => remarked.Content.Driver,
        SessionReportFact.SessionReported session => session.Driver,
        DocumentFact.DocumentHeld => recorded.Stream,
        _ => null,
    };

    private async Task<bool> Opens(
        string tenant, string driver, Recorded recorded, Dictionary<string, byte[]?> keys, CancellationToken stop)
    {
        if (recorded.Fact is DocumentFact.DocumentHeld document)
        {
            return await engine.Vault.OpenKept(tenant, driver, document.Sealed, stop) is not null;
        }

        if (!keys.TryGetValue(driver, out var key))
        {
            key = (await engine.Vault.Keys(tenant, [driver], stop)).GetValueOrDefault(driver);
            keys[driver] = key;
        }

        if (key is null)
        {
            return false;
        }

        try
        {
            return recorded.Fact switch
            {
                CdrFact.CdrReceived e => DriverVault.Open(key, tenant, e.Cdr.Key, e.Sealed) is not null,
                CdrFact.CdrConflicted e => DriverVault.Open(key, tenant, e.Other.Cdr.Key, e.Other.Sealed) is not null,
                CdrFact.CdrRemarked e => DriverVault.Open(key, tenant, e.Content.Cdr.Key, e.Content.Sealed) is not null,
                SessionReportFact.SessionReported e =>
                    await engine.Vault.OpenFor(tenant, driver, recorded.Stream, e.Sealed, stop) is not null,
                var other => throw new InvalidOperationException($"{other.GetType().Name} seals nothing."),
            };
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }
}
