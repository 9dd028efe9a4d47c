namespace Settlement.Domain.Intake;

/// <summary>
/// Facts of the streams <c>session/{cpo}/{id}</c>. The first CDR of a session claims its name and needs no event;
/// only who takes it over, after that one was credited, is recorded here.
/// </summary>
public abstract record SessionFact : Fact
{
    private SessionFact() { }

    public sealed record SessionTaken(string CdrId) : SessionFact;
}

/// <summary>One CDR is owed per charging session, until it is credited (rules-money 12).</summary>
public static class ChargingSession
{
    /// <summary>Null: the CDR names no session, or is a credit and repeats its original's.</summary>
    public static string? Name(Cdr cdr) => cdr is { Credit: false, SessionId: { Length: > 0 } id }
        ? $"session/{cdr.Key.Owner}/{id}".ToLowerInvariant()
        : null;

    /// <summary>Null: free, its own, or its holder was credited or rejected.</summary>
    public static Finding? Hold(Cdr cdr, CdrKey? holder, CdrState state) =>
        holder is null || holder == cdr.Key || state.CreditedBy is not null || state.IsRejected
            ? null
            : new Finding("session.second-cdr", "/session_id",
                $"CDR {holder} came for session {cdr.SessionId} already; this one is owed only once that one is "
                + "credited.");
}
