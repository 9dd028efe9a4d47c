using Settlement.Projections.EventStore;

namespace Settlement.Api.Partners;

/// <summary><c>statement.issued</c>; there is no fact of it yet that could be told.</summary>
public sealed class StatementNotices : INotices
{
    public IReadOnlyList<string> EventTypes => [];

    public Notice? Of(Recorded recorded) => null;
}
