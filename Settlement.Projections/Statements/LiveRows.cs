namespace Settlement.Projections.Statements;

/// <summary>Reading the tables of the projection "settlement": only rows of the generation in use count.</summary>
public static class LiveRows
{
    /// <summary>Joins a table called t with what is live of it.</summary>
    public const string Join =
        """
        join tenant_heads l on l.tenant_id = t.tenant_id and l.generation = t.generation
        """;

    /// <summary>The entries e of the CDR that a row of a table called t is about: the log v knows the events of a stream.</summary>
    public const string EntriesOfStream =
        """
        from log.mt_events v
        join ledger_entries e on e.tenant_id = v.tenant_id and e.generation = t.generation and e.seq_id = v.seq_id
        where v.tenant_id = t.tenant_id and v.stream_id = t.stream
        """;

    /// <summary>Kinds of entries that settle what is owed and charge nothing.</summary>
    public const string MoneyKinds = "'netting', 'conversion', 'payment', 'write-off', 'opening'";

    /// <summary>States of a CDR under which nothing is owed until somebody decides, or it comes.</summary>
    public const string HeldStates = "'held', 'conflict', 'awaited'";

    /// <summary>The CDRs of the session that a row of reported_sessions called t is about.</summary>
    public const string CdrsOfSession =
        """
        from cdrs c where c.tenant_id = t.tenant_id and c.generation = t.generation and c.cpo = t.cpo
          and lower(c.session_id) = t.session_key
        """;
}
