using System.Threading.Channels;
using Settlement.Domain;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Intake;

/// <summary>What an import did, in counts; every document is in exactly one of them.</summary>
public sealed record ImportTally
{
    /// <summary>So many documents are named one by one.</summary>
    public const int MostShown = 20;

    public long Posted { get; set; }

    public long Held { get; set; }

    public long Repeated { get; set; }

    public long Conflicts { get; set; }

    public long Credited { get; set; }

    public long Unreadable { get; set; }

    public long UnknownFields { get; set; }

    public long Total => Posted + Held + Repeated + Conflicts + Credited + Unreadable;

    public bool FoundSomething => Held + Conflicts + Unreadable > 0 || Stopped is not null;

    /// <summary>Reasons with their counts and the first message of each.</summary>
    public SortedDictionary<string, (long Count, string First)> Reasons { get; } = new(StringComparer.Ordinal);

    /// <summary>The first that could not be read, each with its place.</summary>
    public List<Refusal> FirstUnread { get; } = [];

    /// <summary>Why the rest was not looked at.</summary>
    public Refusal? Stopped { get; set; }

    public void Add(IntakeAnswer answer, string source)
    {
        _ = answer.Outcome switch
        {
            IntakeOutcome.Posted => Posted++,
            IntakeOutcome.Held => Held++,
            IntakeOutcome.Repeated => Repeated++,
            IntakeOutcome.Conflict => Conflicts++,
            IntakeOutcome.Credited => Credited++,
            IntakeOutcome.Unreadable => Unreadable++,
            _ => throw new InvalidOperationException($"{answer.Outcome} is not counted."),
        };
        UnknownFields += answer.UnknownFields;
        if (answer.Reason is { } reason)
        {
            Note(reason with { Message = $"{source}: {reason.Message}" }, answer.Outcome);
        }
    }

    private void Note(Refusal reason, IntakeOutcome outcome)
    {
        if (outcome == IntakeOutcome.Unreadable && FirstUnread.Count < MostShown)
        {
            FirstUnread.Add(reason);
        }

        var (count, first) = Reasons.GetValueOrDefault(reason.Code, (0, reason.Message));
        Reasons[reason.Code] = (count + 1, first);
    }
}

/// <summary>
/// Documents in, in flat memory: while one batch is appended the next is read and decided. Batches keep their
/// order, so the same file into the same log gives the same facts.
/// </summary>
public sealed class CdrImport(CdrIntake intake, CdrReadOptions options)
{
    private const int BatchSize = 1000;

    /// <summary>More of one file, and more than half of it, that cannot be read: it is another kind of file.</summary>
    public int MostUnreadable { get; init; } = 10_000;

    /// <summary>Imports what <paramref name="documents"/> yields; <paramref name="progress"/> hears after each batch.</summary>
    public async Task<ImportTally> Run(
        IAsyncEnumerable<IncomingCdr> documents, Action<ImportTally>? progress, CancellationToken stop)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var read = Channel.CreateBounded<IReadOnlyList<ReadDocument>>(2);
        var decided = Channel.CreateBounded<IReadOnlyList<DecidedDocument>>(2);
        var tally = new ImportTally();
        await AllOrNone(
            cancel,
            Task.Run(() => Read(documents, read.Writer, tally, cancel.Token), cancel.Token),
            Task.Run(() => Decide(read.Reader, decided.Writer, cancel.Token), cancel.Token),
            Task.Run(() => Append(decided.Reader, tally, progress, cancel.Token), cancel.Token));
        return tally;
    }

    // A stage that fails stops the others, so that none waits for ever on a full or empty channel.
    private static async Task AllOrNone(CancellationTokenSource cancel, params Task[] stages)
    {
        Exception? failure = null;
        foreach (var stage in stages)
        {
            _ = stage.ContinueWith(
                done =>
                {
                    Interlocked.CompareExchange(ref failure, done.Exception!.GetBaseException(), null);
                    cancel.Cancel();
                },
                CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        try
        {
            await Task.WhenAll(stages);
        }
        catch (Exception) when (failure is not null and not OperationCanceledException)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    private async Task Read(
        IAsyncEnumerable<IncomingCdr> documents, ChannelWriter<IReadOnlyList<ReadDocument>> to, ImportTally tally,
        CancellationToken stop)
    {
        var batch = new List<IncomingCdr>(BatchSize);
        var (all, unreadable) = (0L, 0L);
        await foreach (var document in documents.WithCancellation(stop))
        {
            batch.Add(document);
            if (batch.Count < BatchSize)
            {
                continue;
            }

            var read = CdrIntake.Read(batch, options);
            await to.WriteAsync(read, stop);
            batch.Clear();
            (all, unreadable) = (all + read.Count, unreadable + read.Count(each => each.Reading is CdrReading.Unreadable));
            if (unreadable > MostUnreadable && unreadable * 2 > all)
            {
                tally.Stopped = new Refusal("file.unreadable",
                    $"{document.Source}: {unreadable} of {all} documents up to here cannot be read as CDRs; nothing after it is read");
                break;
            }
        }

        if (batch.Count > 0)
        {
            await to.WriteAsync(CdrIntake.Read(batch, options), stop);
        }

        to.Complete();
    }

    private async Task Decide(
        ChannelReader<IReadOnlyList<ReadDocument>> from, ChannelWriter<IReadOnlyList<DecidedDocument>> to,
        CancellationToken stop)
    {
        await foreach (var batch in from.ReadAllAsync(stop))
        {
            await to.WriteAsync(await intake.Decide(batch, stop), stop);
        }

        to.Complete();
    }

    private async Task Append(
        ChannelReader<IReadOnlyList<DecidedDocument>> from, ImportTally tally, Action<ImportTally>? progress,
        CancellationToken stop)
    {
        await foreach (var batch in from.ReadAllAsync(stop))
        {
            foreach (var (i, answer) in (await intake.Append(batch, stop)).Index())
            {
                tally.Add(answer, batch[i].Document.Document.Source);
            }

            progress?.Invoke(tally);
        }
    }
}
