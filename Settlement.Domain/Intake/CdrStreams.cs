using Settlement.Domain.Agreements;

namespace Settlement.Domain.Intake;

/// <summary>Names of CDR streams.</summary>
public static class CdrStreams
{
    /// <summary><c>cdr/us-cpi/…</c>: folded, because OCPI compares without case.</summary>
    public static string Name(CdrKey key) => $"cdr/{key.Owner.ToString().ToLowerInvariant()}/{key.Folded}";

    /// <summary>The key a stream is named by; its id folded.</summary>
    /// <exception cref="FormatException">It is no stream of a CDR.</exception>
    public static CdrKey Key(string stream) =>
        stream.Split('/', 3) is ["cdr", var owner, var id] && PartyId.Parse(owner) is { } party
            ? new CdrKey(party, id)
            : throw new FormatException($"{stream} is no stream of a CDR.");
}
