using System.Diagnostics;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Settlement.Tests.Postgres;

namespace Settlement.Tests;

/// <summary>
/// Which tests run in which size. Quick: those from which no call leads to a database or another program, found in
/// the compiled code, so that no test has to say so and none can say it wrongly. What takes long is marked with the
/// smallest size it runs in, <c>[Trait("Size", "default")]</c> or <c>[Trait("Size", "nightly")]</c>. Nightly runs all,
/// and laws with twenty times the cases, from a fresh seed (<see cref="Laws"/>).
/// </summary>
internal static class TestSizes
{
    public static readonly string[] Names = ["quick", "default", "nightly"];

    /// <summary>Of this run.</summary>
    public static string Size { get; set; } = "default";

    /// <summary>How many cases a law is tried with.</summary>
    public static int Cases(int usual) => Size == "nightly" ? usual * 20 : usual;

    private const BindingFlags Every =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Assembly Own = typeof(TestSizes).Assembly;

    private static readonly OpCode[] Codes =
        [.. typeof(OpCodes).GetFields().Select(field => field.GetValue(null)).OfType<OpCode>()];

    private static readonly Dictionary<short, OpCode> ByValue = Codes.ToDictionary(code => code.Value);

    /// <summary>What the test runner is told for a size.</summary>
    public static string[] Filters(string size) => size switch
    {
        "nightly" => [],
        "default" => ["-trait-", "Size=nightly"],
        "quick" => ["-trait-", "Size=nightly", "-trait-", "Size=default", .. Classes().Where(IsPure).SelectMany(type => (string[])["-class", type.FullName!])],
        _ => throw new ArgumentOutOfRangeException(nameof(size), size, "quick, default or nightly"),
    };

    public static IEnumerable<Type> Classes() => Own.GetTypes().Where(type =>
        type is { IsAbstract: false, IsNested: false } && type.GetMethods().Any(method => method.IsDefined(typeof(FactAttribute))));

    /// <summary>No call leads from the class, or a fixture it is given, to a database or another program.</summary>
    public static bool IsPure(Type test)
    {
        var seen = new HashSet<MethodBase>();
        var next = new Stack<MethodBase>(Roots(test).SelectMany(Methods));
        while (next.TryPop(out var method))
        {
            if (method.DeclaringType == typeof(TestCluster) || method.DeclaringType == typeof(Process))
            {
                return false;
            }

            if (method.DeclaringType?.Assembly == Own && seen.Add(method))
            {
                foreach (var called in Called(method))
                {
                    next.Push(called);
                }
            }
        }

        return true;
    }

    private static IEnumerable<Type> Roots(Type test) =>
        [.. Inherited(test), .. test.GetInterfaces().Where(one => one.IsGenericType).SelectMany(one => one.GetGenericArguments())];

    private static IEnumerable<Type> Inherited(Type? type)
    {
        for (; type is not null && type.Assembly == Own; type = type.BaseType)
        {
            yield return type;
        }
    }

    private static IEnumerable<MethodBase> Methods(Type type) => [.. type.GetMethods(Every), .. type.GetConstructors(Every)];

    private static IEnumerable<MethodBase> Called(MethodBase method)
    {
        if (method.GetCustomAttribute<StateMachineAttribute>() is { } machine)
        {
            foreach (var step in Methods(machine.StateMachineType))
            {
                yield return step;
            }
        }

        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xFE ? unchecked((short)(0xFE00 | code[at + 1])) : code[at];
            var op = ByValue[value];
            at += op.Size;
            if (op.OperandType is OperandType.InlineMethod or OperandType.InlineTok
                && Resolve(method, BitConverter.ToInt32(code, at)) is MethodBase called)
            {
                yield return called;
                if (called is ConstructorInfo && called.DeclaringType is { } made && made.Assembly == Own)
                {
                    // its other methods may be called through an interface
                    foreach (var other in Methods(made).Where(other => other.IsVirtual))
                    {
                        yield return other;
                    }
                }
            }

            at += op.OperandType == OperandType.InlineSwitch ? 4 + (4 * BitConverter.ToInt32(code, at)) : Length(op.OperandType);
        }
    }

    private static MemberInfo? Resolve(MethodBase method, int token) => method.Module.ResolveMember(
        token,
        method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null,
        method.IsGenericMethod ? method.GetGenericArguments() : null) switch
    {
        MethodInfo { IsGenericMethod: true } generic => generic.GetGenericMethodDefinition(),
        var member => member,
    };

    private static int Length(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };
}
