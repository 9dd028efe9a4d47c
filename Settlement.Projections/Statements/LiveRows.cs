namespace Settlement.Projections.Statements;

/// <summary>Reading the tables of the projection "settlement": only rows of the generation in use count.</summary>
public static class LiveRows
{
    /// <summary>Joins a table called t with what is live of it.</summary>
    public const string Join =
        """
        join projection_live l
          on l.tenant_id = t.tenant_id and l.projection = 'settlement' and l.generation = t.generation
        """;

    /// <summary>Kinds of entries that settle or take back a CDR; all others stand in journal_lines.</summary>
    public const string CdrKinds = "'cdr', 'credit', 'conflict', 'correction'";
}
