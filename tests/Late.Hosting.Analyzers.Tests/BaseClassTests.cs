using Late.Hosting.Analyzers.Tests.Support;
using Microsoft.CodeAnalysis;

namespace Late.Hosting.Analyzers.Tests;

/// <summary>Callbacks that override those of a base class of the library, synchronous ones too, are callbacks.</summary>
public sealed class BaseClassTests
{
    // As little of a library with such a base class as the rules look at.
    private const string Library = """
        namespace Late.Hosting;

        public interface ILateHandler;

        public interface ILateHandler<TState> : ILateHandler
        {
            ValueTask<LateResult<TState>> HandleInAsync(LateFrame frame, TState state, CancellationToken cancellationToken);
        }

        public abstract class LateHandler<TState> : ILateHandler<TState>
        {
            public virtual ValueTask<LateResult<TState>> HandleInAsync(LateFrame frame, TState state, CancellationToken cancellationToken) => new(HandleIn(frame, state));

            protected virtual LateResult<TState> HandleIn(LateFrame frame, TState state) => new();
        }

        public readonly struct LateFrame
        {
            public ReadOnlyMemory<byte> Payload => default;
        }

        public readonly struct LateResult<TState>
        {
            public LateResult<TState> HoldCalls() => this;
        }

        public static class LateResult
        {
            public static LateResult<TState> Ok<TState>(TState state) => default;
        }

        public interface ILateClient<THandler>
        {
            ValueTask SendAsync(LateFrame frame);
        }
        """;

    [Theory]
    [InlineData("protected override LateResult<State> HandleIn(LateFrame frame, State state) { _last = [|frame.Payload|]; return LateResult.Ok(state); }", "LATE001")]
    [InlineData("protected override LateResult<State> HandleIn(LateFrame frame, State state) => LateResult.Ok(state with { Last = [|frame.Payload|] });", "LATE001")]
    [InlineData("protected override LateResult<State> HandleIn(LateFrame frame, State state) { [|Thread.Sleep(1)|]; return LateResult.Ok(state); }", "LATE002", "Override HandleInAsync instead, and await it there.")]
    [InlineData("protected override LateResult<State> HandleIn(LateFrame frame, State state) { _ = self.[|SendAsync|](default); return LateResult.Ok(state); }", "LATE003")]
    [InlineData("protected LateResult<State> [|HandleInn|](LateFrame frame, State state) => LateResult.Ok(state);", "LATE004", "Rename it to HandleIn, override the callback.")]
    [InlineData("protected LateResult<State> [|HandleIn|](LateFrame frame) => default;", "LATE004", "Give it the parameters (LateFrame frame, State state), override the callback.")]
    [InlineData("protected override LateResult<State> HandleIn(LateFrame frame, State state) => LateResult.Ok(state).[|HoldCalls|]();", "LATE005")]
    [InlineData("public override async ValueTask<LateResult<State>> HandleInAsync(LateFrame frame, State state, CancellationToken token) { await Task.Yield(); return LateResult.Ok(state with { Last = [|frame.Payload|] }); }", "LATE001")]
    public async Task An_override_is_analyzed_like_an_implementation(string member, string rule, string advice = "")
    {
        var marked = Marked.Parse(Program(member));
        var found = Assert.Single(await AnalyzeAsync(marked.Source));

        Assert.Equal((rule, marked.Spans[0]), (found.Id, found.Location.SourceSpan));
        Assert.EndsWith(advice, found.GetMessage(null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_correct_override_is_not_reported() => Assert.Empty(await AnalyzeAsync(Program(
        "protected override LateResult<State> HandleIn(LateFrame frame, State state) => LateResult.Ok(state with { Last = frame.Payload.ToArray() });")));

    private static async Task<IReadOnlyList<Diagnostic>> AnalyzeAsync(string program)
    {
        var framework = Programs.References.Where(static reference => !reference.Display!.Contains("Late.Hosting", StringComparison.Ordinal)).ToList();
        var library = Programs.Compile(OutputKind.DynamicallyLinkedLibrary, Library).WithReferences(framework).WithAssemblyName("Late.Hosting");
        using var image = new MemoryStream();
        Assert.True(library.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);

        var compilation = Programs.Compile(OutputKind.DynamicallyLinkedLibrary, program)
            .WithReferences([.. framework, MetadataReference.CreateFromImage(image.ToArray())]);
        Assert.Empty(Programs.Errors(compilation));
        return await Programs.AnalyzeAsync(compilation);
    }

    private static string Program(string member) => $$"""
        using Late.Hosting;

        public sealed record State(ReadOnlyMemory<byte> Last);

        public sealed class Handler(ILateClient<Handler> self) : LateHandler<State>
        {
            private ReadOnlyMemory<byte> _last;

            {{member}}

            private object Unused => (_last = default, self);
        }
        """;
}
