using FsCheck;
using FsCheck.Fluent;

namespace Settlement.Tests.Tidy;

/// <summary>On which cases laws are tried.</summary>
public sealed class LawsTests
{
    [Theory]
    [InlineData("quick")]
    [InlineData("default")]
    public void Every_run_but_the_nightly_one_starts_from_the_same_seed(string size)
    {
        Laws.SeedOf(null, size).ShouldBe(Laws.UsualSeed);
        Laws.SeedOf("", size).ShouldBe(Laws.UsualSeed);
        Laws.SeedOf("random", size).ShouldNotBe(Laws.SeedOf("random", size));
    }

    [Fact]
    public void The_nightly_run_starts_from_a_fresh_one() =>
        Laws.SeedOf(null, "nightly").ShouldNotBe(Laws.SeedOf(null, "nightly"));

    [Theory]
    [InlineData("quick")]
    [InlineData("nightly")]
    public void A_printed_seed_is_taken_as_it_is(string size) => Laws.SeedOf("4711", size).ShouldBe(4711UL);

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("Random")]
    public void Anything_else_is_refused(string told) =>
        Should.Throw<ArgumentException>(() => Laws.SeedOf(told, "default")).Message.ShouldContain(told);

    [Fact]
    public void A_law_that_is_tried_again_is_tried_on_the_same_cases()
    {
        List<int> Tried()
        {
            var tried = new List<int>();
            Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), tried.Add).Check(Laws.Config(20));
            return tried;
        }

        Tried().ShouldBe(Tried());
        Tried().Distinct().Count().ShouldBeGreaterThan(10);
        var any = Gen.Choose(0, int.MaxValue);
        any.Examples(20).ShouldBe(any.Examples(20));
    }
}
