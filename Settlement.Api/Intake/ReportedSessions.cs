using System.Collections.Concurrent;
using Npgsql;
using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Intake;

/// <summary>The session objects that CPOs reported while their sessions ran, to be compared with the CDRs.</summary>
public sealed class ReportedSessions(EventStore store, NpgsqlDataSource database)
{
    private readonly ConcurrentDictionary<string, bool> reporting = new(StringComparer.Ordinal);

    /// <summary>Reasons to hold each CDR that disagrees with its session object beyond the agreement's tolerance.</summary>
    public async Task<IReadOnlyDictionary<CdrKey, IReadOnlyList<Finding>>> Holds(
        string tenant, IReadOnlyList<CdrFact.CdrReceived> received, Terms terms, CancellationToken stop)
    {
        var holds = new Dictionary<CdrKey, IReadOnlyList<Finding>>();
        if (!await IsReporting(tenant, stop))
        {
            return holds;
        }

        var streams = received.Select(one => ReportedDifference.Stream(one.Cdr)).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var reports = await store.LastEvents(tenant, streams, stop);
        foreach (var one in received)
        {
            if (ReportedDifference.Stream(one.Cdr) is { } stream && reports.TryGetValue(stream, out var last)
                && last.Fact is SessionReportFact.SessionReported report
                && terms.Agreements.At(one.Cdr.Start)?.For(terms.Book.Home(one.Cdr.Key.Owner)) is { } agreement
                && ReportedDifference.Holds(one.Cdr, report.Session, agreement) is { Count: > 0 } found)
            {
                holds[one.Cdr.Key] = found;
            }
        }

        return holds;
    }

    /// <summary>The session object of a CDR as it was reported last; null: none was.</summary>
    public async Task<SessionReportFact.SessionReported?> Of(string tenant, Cdr cdr, CancellationToken stop) =>
        ReportedDifference.Stream(cdr) is { } stream
            ? (await store.LastEvent(tenant, stream, stop))?.Fact as SessionReportFact.SessionReported
            : null;

    // most partners report no sessions: one question then, and no search for each CDR
    private async Task<bool> IsReporting(string tenant, CancellationToken stop)
    {
        if (!reporting.ContainsKey(tenant))
        {
            await using var command = database.CreateCommand("select exists (select from reported_sessions where tenant_id = $1)");
            command.Parameters.Add(new() { Value = tenant });
            if (await command.ExecuteScalarAsync(stop) is true)
            {
                reporting[tenant] = true;
            }
        }

        return reporting.ContainsKey(tenant);
    }
}
