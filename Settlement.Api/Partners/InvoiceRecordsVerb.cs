using System.CommandLine;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Projections.Partners;

namespace Settlement.Api.Partners;

/// <summary>
/// <c>invoice-records [PARTY~COUNTERPARTY]</c>: the invoice records that partners sent, compared with our documents. Exit 1:
/// one of them differs.
/// </summary>
public static class InvoiceRecordsVerb
{
    public static Command Create()
    {
        var pair = new Argument<string?>("PARTY~COUNTERPARTY")
        {
            Description = "only of this relationship", Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("invoice-records", "Invoice records of partners, compared with our documents.") { pair };
        command.SetAction((parsed, stop) => Run(parsed.GetValue(pair), stop));
        return command;
    }

    /// <summary>Of one relationship, or of all; the newest first.</summary>
    public static async Task<IReadOnlyList<ReceivedRecord>> List(Engine engine, string? tenant, CancellationToken stop) =>
        await new ReceivedRecords(engine.Database).List(
            tenant, [.. await engine.Books.Relationships(stop)], await engine.Books.Current(stop), stop);

    private static async Task<int> Run(string? pair, CancellationToken stop)
    {
        if (pair is not null && Relationship.Parse(pair) is null)
        {
            return Shell.Refuse(new Refusal("relationship.malformed", $"'{pair}' is not a pair of parties, as in CA-FLO~US-CPI."));
        }

        await using var engine = await Engine.Open(stop);
        var records = await List(engine, pair, stop);
        foreach (var one in records)
        {
            Console.WriteLine(
                $"{one.Tenant} {one.Record.Owner} invoice {one.Record.InvoiceId}, record {one.Record.Id}: {one.Record.Cdrs.Count:N0} CDRs, "
                + $"received {Figures.Time(one.ReceivedAt)}, {(one.Findings.Count == 0 ? "agrees" : "differs")}");
            foreach (var finding in one.Findings)
            {
                Console.WriteLine($"  {finding}");
            }
        }

        return records.Any(one => one.Findings.Count > 0) ? ExitCode.Found : ExitCode.Done;
    }
}
