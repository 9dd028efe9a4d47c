using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Settlement.Tests;

/// <summary>
/// How laws are tried: with how many cases and from which seed. The seed is the same in every run, so that a change fails
/// on what it changed and on nothing else; <c>--nightly</c> takes a fresh one, prints it, and is where laws meet new cases.
/// <c>SETTLEMENT_SEED</c> names another: a number, as a run printed it, or <c>random</c>.
/// </summary>
internal static class Laws
{
    public const ulong UsualSeed = 20261201;

    // when first asked for: by then the size of the run is known
    private static readonly Lazy<ulong> SeedOfRun =
        new(() => SeedOf(Environment.GetEnvironmentVariable("SETTLEMENT_SEED"), TestSizes.Size));

    public static ulong Seed => SeedOfRun.Value;

    /// <summary>With this many cases, and more in the nightly run.</summary>
    public static Config Config(int cases) =>
        FsCheck.Config.QuickThrowOnFailure.WithMaxTest(TestSizes.Cases(cases)).WithQuietOnSuccess(true)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(Start(), FSharpOption<int>.None)));

    /// <summary>So many generated values, and more in the nightly run.</summary>
    public static IReadOnlyList<T> Examples<T>(this Gen<T> any, int count, int size = 50) =>
        [.. any.Sample(TestSizes.Cases(count), Start(), size)];

    public static ulong SeedOf(string? told, string size) => told switch
    {
        null or "" when size != "nightly" => UsualSeed,
        null or "" or "random" => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)),
        _ when ulong.TryParse(told, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new ArgumentException($"SETTLEMENT_SEED is '{told}': neither a number nor 'random'"),
    };

    // each test from a place of its own: laws that share a generator are tried on different cases
    private static Rnd Start()
    {
        var name = TestContext.Current.Test?.TestDisplayName ?? "";
        return new Rnd(Seed ^ BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(name))));
    }
}
