using System.Threading.Channels;
using Settlement.Api.Auth;
using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Ocpi;

/// <summary>
/// Posted CDRs, gathered: whoever comes while others are decided or written goes with the next batch. One look at the
/// reference book, one at the drivers' keys and one transaction serve all of a batch; each caller gets its own answer.
/// </summary>
public sealed class CdrPosts : IAsyncDisposable
{
    private const int MostWaiting = 2048;
    private const int MostInBatch = 128;

    private readonly Engine engine;
    private readonly Channel<Post> waiting = Channel.CreateBounded<Post>(MostWaiting);
    private readonly Channel<Post> decided = Channel.CreateBounded<Post>(MostInBatch);
    private readonly Task work;

    public CdrPosts(Engine engine)
    {
        this.engine = engine;
        work = Task.WhenAll(Task.Run(Decide), Task.Run(Write));
    }

    /// <summary>Answers when the CDR is durable, or with the reason why it is not taken.</summary>
    /// <param name="keepsUnread">What names no owner is kept unread, because we fetched it ourselves.</param>
    public async Task<(IntakeAnswer? Answer, Refusal? Refusal)> Take(
        Caller caller, ReadDocument document, CancellationToken stop, bool keepsUnread = false)
    {
        var post = new Post(caller, document, keepsUnread);
        await waiting.Writer.WriteAsync(post, stop);
        return await post.Done.Task.WaitAsync(stop);
    }

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await work;
    }

    // Two steps that overlap: while some are written, the next are decided.
    private async Task Decide()
    {
        try
        {
            await foreach (var batch in Batches(waiting.Reader, MostInBatch))
            {
                await Guarded(batch, DecideBatch);
            }
        }
        finally
        {
            decided.Writer.TryComplete();
        }
    }

    private async Task Write()
    {
        await foreach (var batch in Batches(decided.Reader, MostInBatch))
        {
            await Guarded(batch, WriteBatch);
        }
    }

    private static async IAsyncEnumerable<List<Post>> Batches(ChannelReader<Post> reader, int most)
    {
        while (await reader.WaitToReadAsync())
        {
            var batch = new List<Post>();
            while (batch.Count < most && reader.TryRead(out var post))
            {
                batch.Add(post);
            }

            yield return batch;
        }
    }

    private async Task DecideBatch(List<Post> batch)
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

        var decisions = await engine.Intake.Decide([.. taken.Select(post => post.Document)], CancellationToken.None);
        for (var i = 0; i < taken.Count; i++)
        {
            taken[i].Decided = decisions[i];
        }

        foreach (var post in taken)
        {
            await decided.Writer.WriteAsync(post);
        }
    }

    private async Task WriteBatch(List<Post> batch)
    {
        var answers = await engine.Intake.Append(batch.ConvertAll(post => post.Decided!), CancellationToken.None);
        for (var i = 0; i < batch.Count; i++)
        {
            batch[i].Done.TrySetResult((answers[i], null));
        }
    }

    /// <summary>Something in one of them: the others must not suffer for it.</summary>
    private static async Task Guarded(List<Post> batch, Func<List<Post>, Task> step)
    {
        try
        {
            await step(batch);
        }
#pragma warning disable CA1031 // every caller must hear of it, whatever it is
        catch (Exception) when (batch.Count > 1)
        {
            foreach (var post in batch.Where(post => !post.Done.Task.IsCompleted))
            {
                await Guarded([post], step);
            }
        }
        catch (Exception failure)
#pragma warning restore CA1031
        {
            batch[0].Done.TrySetException(failure);
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

        if (post.Document.Reading is CdrReading.Unreadable unreadable && owner is null && !post.KeepsUnread)
        {
            return unreadable.Refusal; // nobody's: refused, not kept, so that no caller can fill our store
        }

        if (owner is { } from && payer is { } to && book.Home(from) != book.Home(to))
        {
            var tenant = Relationship.Between(book.Home(from), book.Home(to)).ToString();
            var agreements = await engine.Books.RecentAgreements(tenant, CancellationToken.None);
            return agreements.Versions.Count == 0
                ? new Refusal("agreement.none", $"There is no agreement between {from} and {to}.")
                : await IsOthers(post, tenant) ? OcpiCall.NotTheHubs
                : null;
        }

        return null;
    }

    /// <summary>A hub's CDR under an id that its CPO used itself: it would take back what stands (rules-money 28).</summary>
    private async Task<bool> IsOthers(Post post, string tenant) =>
        post.Caller.IsHub && post.Document.Reading is CdrReading.Read { Cdr.Key: var key }
        && (await engine.Store.ReadCdr(tenant, CdrStreams.Name(key), CancellationToken.None)).Received is { } first
        && first.Source != post.Caller.Source;

    private sealed record Post(Caller Caller, ReadDocument Document, bool KeepsUnread)
    {
        public DecidedDocument? Decided { get; set; }

        public TaskCompletionSource<(IntakeAnswer?, Refusal?)> Done { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
