using System.Threading.Channels;
using Settlement.Api.Auth;
using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Ocpi;

/// <summary>
/// Posted CDRs, gathered: whoever comes while others are being decided goes with the next batch. One look at the
/// reference book, one at the drivers' keys and one transaction serve all of a batch; each caller gets its own answer.
/// </summary>
public sealed class CdrPosts : IAsyncDisposable
{
    private const int MostWaiting = 2048;
    private const int MostInBatch = 128;

    private readonly Engine engine;
    private readonly Channel<Post> waiting = Channel.CreateBounded<Post>(MostWaiting);
    private readonly Task work;

    public CdrPosts(Engine engine)
    {
        this.engine = engine;
        work = Task.Run(Work); // one batch at a time: two made each smaller, and the slowest answers slower
    }

    /// <summary>Called after a credit took effect: its session is free.</summary>
    public Action? Credited { get; set; }

    /// <summary>Answers when the CDR is durable, or with the reason why it is not taken.</summary>
    public async Task<(IntakeAnswer? Answer, Refusal? Refusal)> Take(
        Caller caller, ReadDocument document, CancellationToken stop)
    {
        var post = new Post(caller, document);
        await waiting.Writer.WriteAsync(post, stop);
        return await post.Done.Task.WaitAsync(stop);
    }

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await work;
    }

    private async Task Work()
    {
        var batch = new List<Post>(MostInBatch);
        while (await waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MostInBatch && waiting.Reader.TryRead(out var post))
            {
                batch.Add(post);
            }

            if (batch.Count > 0)
            {
                await Settle(batch);
            }
        }
    }

    private async Task Settle(List<Post> batch)
    {
        try
        {
            var book = await engine.Books.Recent(CancellationToken.None);
            var taken = new List<Post>(batch.Count);
            foreach (var post in batch)
            {
                if (await Refuse(post, book) is { } refusal)
                {
                    post.Done.TrySetResult((null, refusal));
                }
                else
                {
                    taken.Add(post);
                }
            }

            var decided = await engine.Intake.Decide([.. taken.Select(post => post.Document)], CancellationToken.None);
            var answers = await engine.Intake.Append(decided, CancellationToken.None);
            for (var i = 0; i < taken.Count; i++)
            {
                taken[i].Done.TrySetResult((answers[i], null));
            }

            if (answers.Any(answer => answer.Outcome == IntakeOutcome.Credited))
            {
                Credited?.Invoke();
            }
        }
#pragma warning disable CA1031 // every caller must hear of it, whatever it is
        catch (Exception e)
#pragma warning restore CA1031
        {
            await Alone(batch, e);
        }
    }

    // Something in one of them: the others must not suffer for it.
    private async Task Alone(List<Post> batch, Exception failure)
    {
        var open = batch.Where(post => !post.Done.Task.IsCompleted).ToList();
        if (open is [var only])
        {
            only.Done.TrySetException(failure);
            return;
        }

        foreach (var post in open)
        {
            await Settle([post]);
        }
    }

    /// <summary>Who may post it: its CPO, for a pair of parties that has an agreement (rules-money 29).</summary>
    private async Task<Refusal?> Refuse(Post post, ReferenceBook book)
    {
        var (owner, payer) = post.Document.Reading switch
        {
            CdrReading.Read r => ((PartyId?)r.Cdr.Key.Owner, (PartyId?)r.Cdr.TokenOwner),
            CdrReading.Unreadable u => (u.Owner, u.TokenOwner),
            _ => default,
        };
        if (owner is { } cpo && !post.Caller.SpeaksFor(cpo))
        {
            return new Refusal(
                "cdr.foreign-owner",
                $"The CDR belongs to {cpo}; this token speaks for {string.Join(", ", post.Caller.Parties.Order())}.");
        }

        if (post.Document.Reading is CdrReading.Unreadable unreadable && owner is null)
        {
            return unreadable.Refusal; // nobody's: refused, not kept, so that no caller can fill our store
        }

        if (owner is { } from && payer is { } to && book.Home(from) != book.Home(to))
        {
            var tenant = Relationship.Between(book.Home(from), book.Home(to)).ToString();
            var agreements = await engine.Books.RecentAgreements(tenant, CancellationToken.None);
            return agreements.Versions.Count > 0
                ? null
                : new Refusal("agreement.none", $"There is no agreement between {from} and {to}.");
        }

        return null;
    }

    private sealed record Post(Caller Caller, ReadDocument Document)
    {
        public TaskCompletionSource<(IntakeAnswer?, Refusal?)> Done { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
