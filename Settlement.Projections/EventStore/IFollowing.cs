using Marten;
using Settlement.Domain;

namespace Settlement.Projections.EventStore;

/// <summary>
/// What follows facts: messages that are stored in the transaction of the facts and handled after it, at least once, also
/// if the program is killed in between.
/// </summary>
public interface IFollowing
{
    /// <summary>
    /// Puts the messages that follow these facts into the session, before it is saved; null: none follow. What is given
    /// back must live until the session was saved.
    /// </summary>
    Task<IAsyncDisposable?> Enroll(IDocumentSession session, string tenant, IEnumerable<Fact> facts);
}
