using System.Text.Json;
using Settlement.Api.Agreements;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.People;
using Settlement.Domain.Tax;

namespace Settlement.Api.V1;

/// <summary>Tax rules asked for by one person or program and approved by another person.</summary>
internal static class TaxRulesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapReadAtOnce("/tax/proposals", Right.Read, List, "Rules and local rates that wait for a second person").Gives<IReadOnlyList<ProposalAnswer>>();
        api.MapWrite("/tax/proposals", Right.ProposeReference, Propose, "Proposes rules: {\"rules\": […]}, as the verb rules reads them").Accepts<JsonElement>("application/json").Gives<IReadOnlyList<ProposalAnswer>>();
        api.MapWrite("/tax/proposals/{name}/approve", Right.ApproveReference, Approve, "Approves what another person proposed").Gives<ApprovedAnswer>();
    }

    private static async Task<ApiAnswer> List(Engine engine, CancellationToken stop) => ApiAnswer.Of(
        (await engine.Books.Current(stop)).Proposals.Select(item => ProposalAnswer.Of(item.Key, item.Value)).ToList());

    private static async Task<ApiAnswer> Propose(HttpContext http, Engine engine, CancellationToken stop)
    {
        using var reader = new StreamReader(http.Request.Body);
        var text = await reader.ReadToEndAsync(stop);
        var (rules, refusal) = TaxRulesFile.Read(text);
        if (rules is null)
        {
            return ApiAnswer.No(new Refusal(
                "rules.malformed", $"The body is not a list of tax rules: {{\"rules\": […]}}. {refusal!.Message}"));
        }

        var decision = TaxDecisions.Propose(rules.Rules, http.Actor(), engine.Now);

        return await Record(http, engine, decision, facts => ApiAnswer.Of(
            facts.Select(fact => ProposalAnswer.Of(((BookFact.TaxRuleProposed)fact).Rule.Name, fact)).ToList(),
            StatusCodes.Status201Created), stop);
    }

    private static async Task<ApiAnswer> Approve(string name, HttpContext http, Engine engine, CancellationToken stop)
    {
        var decision = TaxDecisions.Approve(name, http.Actor(), await engine.Books.Current(stop), engine.Now);
        var answer = await Record(http, engine, decision, _ => ApiAnswer.Of(new ApprovedAnswer(name, 0)), stop);
        if (answer.Refusal is not null)
        {
            return answer;
        }

        var settled = await engine.Held.Review(null, stop);
        return ApiAnswer.Of(new ApprovedAnswer(name, settled));
    }

    private static async Task<ApiAnswer> Record(
        HttpContext http, Engine engine, Decision<BookFact> decision,
        Func<IReadOnlyList<BookFact>, ApiAnswer> answer, CancellationToken stop)
    {
        if (decision is Decision<BookFact>.Refused refused)
        {
            return ApiAnswer.No(refused.Refusal);
        }

        var facts = ((Decision<BookFact>.Accepted)decision).Facts;
        await engine.Books.Record([.. facts.Select(fact => (ReferenceFiles.Stream(fact), fact))], http.Actor(), stop);
        return answer(facts);
    }
}

/// <summary>Something that waits for a second person.</summary>
public sealed record ProposalAnswer(string Name, string Kind, string? ProposedBy)
{
    public static ProposalAnswer Of(string name, BookFact fact) => fact switch
    {
        BookFact.TaxRuleProposed e => new(name, "rule", e.Rule.ProposedBy),
        BookFact.LocalRatesProposed e => new(name, "local rates", e.ProposedBy),
        _ => new(name, "other", null),
    };
}

/// <param name="Settled">CDRs that were held and are settled now.</param>
public sealed record ApprovedAnswer(string Name, long Settled);
