using Spectre.Console;

namespace Settlement.Api;

/// <summary>A progress bar in a terminal; silent where output goes to a file.</summary>
public sealed class ProgressBar
{
    private readonly ProgressTask? task;

    private ProgressBar(ProgressTask? task) => this.task = task;

    public static async Task Show(string title, Func<ProgressBar, Task> work)
    {
        if (Console.IsOutputRedirected)
        {
            await work(new ProgressBar(null));
            return;
        }

        await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context => work(new ProgressBar(context.AddTask(Markup.Escape(title)))));
    }

    public void Set(long done, long total)
    {
        if (task is not null && total > 0)
        {
            task.MaxValue = total;
            task.Value = done;
        }
    }

    public void Describe(string text)
    {
        if (task is not null)
        {
            task.Description = Markup.Escape(text);
        }
    }
}
