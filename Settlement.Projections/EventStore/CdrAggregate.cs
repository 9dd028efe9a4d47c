using JasperFx.Events;
using Marten.Events.Aggregation;
using Settlement.Domain.Intake;

namespace Settlement.Projections.EventStore;

/// <summary>A CDR as Marten aggregates its stream.</summary>
/// <param name="Id">Of the stream.</param>
public sealed record StoredCdr(string Id, CdrState State);

/// <summary>Aggregates live, by the domain's own fold: both say the same.</summary>
public sealed class CdrAggregate : SingleStreamProjection<StoredCdr, string>
{
    public override StoredCdr? Evolve(StoredCdr? snapshot, string id, IEvent e) =>
        e.Data is CdrFact fact ? new(id, CdrState.Evolve(snapshot?.State ?? CdrState.Absent, fact)) : snapshot;
}
