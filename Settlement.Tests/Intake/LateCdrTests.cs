using NodaTime;
using Settlement.Api.Demo;
using Settlement.Domain.Intake;
using static Settlement.Tests.Payments.MoneyTown;

namespace Settlement.Tests.Intake;

/// <summary>A CDR after the submission window is marked; only the maximum age holds (rules-money 16).</summary>
public sealed class LateCdrTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(14, "posted", null)]
    [InlineData(15, "posted", "cdr.late")]
    [InlineData(89, "posted", "cdr.late")]
    [InlineData(91, "held", null)]
    public async Task The_submission_window_marks_and_does_not_hold(int days, string state, string? mark)
    {
        await using var town = await Town.Begin(terms => terms with { SubmissionWindowDays = 14, MaximumAgeDays = 90 });
        var document = Town.Month(200).First(each => each.Story == DemoStory.Ordinary);
        using var json = System.Text.Json.JsonDocument.Parse(document.Json);
        var end = NodaTime.Text.InstantPattern.ExtendedIso.Parse(json.RootElement.GetProperty("end_date_time").GetString()!).Value;

        await town.Import([document with { ReceivedAt = end + Duration.FromDays(days) }]);

        var stream = await town.Database.Value<string>("select stream from cdrs");
        var one = (await town.Engine.Cases.Load(Pair.ToString(), CdrStreams.Key(stream!), null, Stop))!.State;
        (await town.Database.Value<string>("select state from cdrs")).ShouldBe(state);
        one.Posted?.Findings.Any(finding => finding.Code == "cdr.late").ShouldBe(mark is not null);
        one.Held?.Reasons.Select(reason => reason.Code).ShouldBe(["cdr.too-old"]);
        (await town.Count("select count(*) from ledger_entries where due > 0")).ShouldBe(state == "posted" ? 1 : 0);
    }
}
