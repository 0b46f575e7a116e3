using Late.Hosting.Analyzers.Tests.Support;
using Late.Hosting.CodeFixes;

namespace Late.Hosting.Analyzers.Tests;

/// <summary>LATE002: a callback that blocks.</summary>
public sealed class BlockingTests
{
    private const string Rule = "LATE002";

    [Theory]
    [InlineData("var count = [|CountAsync().Result|]; return LateResult.Ok(count);", "var count = await CountAsync(); return LateResult.Ok(count);")]
    [InlineData("[|CountAsync().Wait()|]; return LateResult.Ok(state);", "await CountAsync(); return LateResult.Ok(state);")]
    [InlineData(
        "[|CountAsync().Wait(cancellationToken)|]; return LateResult.Ok(state);",
        "await CountAsync().WaitAsync(cancellationToken); return LateResult.Ok(state);")]
    [InlineData(
        "var count = [|CountAsync().GetAwaiter().GetResult()|]; return LateResult.Ok(count);",
        "var count = await CountAsync(); return LateResult.Ok(count);")]
    [InlineData(
        "var count = [|CountAsync().ConfigureAwait(false).GetAwaiter().GetResult()|]; return LateResult.Ok(count);",
        "var count = await CountAsync().ConfigureAwait(false); return LateResult.Ok(count);")]
    [InlineData("[|Thread.Sleep(100)|]; return LateResult.Ok(state);", "await Task.Delay(100, cancellationToken); return LateResult.Ok(state);")]
    [InlineData("[|_gate.Wait(cancellationToken)|]; return LateResult.Ok(state);", "await _gate.WaitAsync(cancellationToken); return LateResult.Ok(state);")]
    [InlineData("[|Task.WaitAll(CountAsync(), CountAsync())|]; return LateResult.Ok(state);", "await Task.WhenAll(CountAsync(), CountAsync()); return LateResult.Ok(state);")]
    [InlineData(
        "var text = [|CountAsync().Result|].ToString(); return LateResult.Ok(text.Length);",
        "var text = (await CountAsync()).ToString(); return LateResult.Ok(text.Length);")]
    [InlineData("return LateResult.Ok([|CountAsync().Result|]);", "return LateResult.Ok(await CountAsync());")]
    [InlineData("return new(LateResult.Ok([|CountAsync().Result|]));", "return LateResult.Ok(await CountAsync());")]
    [InlineData("return ValueTask.FromResult(LateResult.Ok([|CountAsync().Result|]));", "return LateResult.Ok(await CountAsync());")]
    [InlineData("[|CountAsync().Wait()|]; return ThenAsync(state);", "await CountAsync(); return await ThenAsync(state);")]
    public Task A_callback_becomes_asynchronous(string wrong, string right) =>
        Check.FixesAsync<BlockingFix>(Rule, Program(wrong), Program(right, "async "));

    [Fact]
    public Task An_asynchronous_callback_awaits() => Check.FixesAsync<BlockingFix>(
        Rule,
        Program("await CountAsync(); var count = [|CountAsync().Result|]; return LateResult.Ok(count);", "async "),
        Program("await CountAsync(); var count = await CountAsync(); return LateResult.Ok(count);", "async "));

    [Fact]
    public Task A_callback_without_a_result_becomes_asynchronous() => Check.FixesAsync<BlockingFix>(
        Rule,
        Terminating("public ValueTask HandleTerminateAsync", "[|CountAsync().Wait()|]; return default;"),
        Terminating("public async ValueTask HandleTerminateAsync", "await CountAsync(); return;"));

    [Theory]
    [InlineData("Read(); return LateResult.Ok(state); void Read() => [|CountAsync().Wait()|];")]
    [InlineData("var all = new[] { 1 }.Select(_ => [|CountAsync().Result|]).ToList(); return LateResult.Ok(all.Count);")]
    [InlineData("lock (_gate) { [|CountAsync().Wait()|]; } return LateResult.Ok(state);")]
    [InlineData("return LateResult.Ok([|CountAsync().Wait(100)|] ? 1 : 2);")]
    [InlineData("[|_done.Wait(cancellationToken)|]; return LateResult.Ok(state);")]
    [InlineData("[|_done.WaitHandle.WaitOne()|]; return LateResult.Ok(state);")]
    [InlineData("[|new Thread(() => { }).Join()|]; return LateResult.Ok(state);")]
    public Task Where_it_cannot_await_no_fix_is_offered(string wrong) => Check.OffersNoFixAsync<BlockingFix>(Rule, Program(wrong));

    [Theory]
    [InlineData("var one = CountAsync(); var two = CountAsync(); await Task.WhenAll(one, two); return LateResult.Ok(one.Result + two.Result);")]
    [InlineData("var one = CountAsync(); await one; return LateResult.Ok(one.GetAwaiter().GetResult());")]
    [InlineData("var one = CountAsync(); var first = (await Task.WhenAny(one, Task.FromResult(1))).Result; return LateResult.Ok(first);")]
    [InlineData("var one = CountAsync(); return LateResult.Ok(one.IsCompletedSuccessfully ? one.Result : await one);")]
    [InlineData("var count = await Task.Run(() => CountAsync().Result); return LateResult.Ok(count);")]
    [InlineData("await Task.Run(() => Thread.Sleep(100)); return LateResult.Ok(state);")]
    [InlineData("await Task.Yield(); return LateResult.Ok(_gate.Wait(0) ? 1 : 0);")]
    [InlineData("await Task.Yield(); return LateResult.Ok(_done.Wait(TimeSpan.Zero) ? 1 : 0);")]
    [InlineData("await Task.Yield(); return LateResult.Ok(new Answer(1).Result);")]
    public Task Results_of_completed_tasks_tries_and_other_threads_are_not_reported(string body) => Check.IsCleanAsync(Program(body, "async "));

    [Fact]
    public Task A_method_that_is_no_callback_is_not_reported() => Check.IsCleanAsync("""
        using Late.Hosting;

        public static class Program
        {
            public static void Stop(ILateClient client) => client.WaitForReadyAsync().Wait();
        }
        """);

    [Fact]
    public async Task The_message_names_what_why_and_what_to_do()
    {
        var found = Assert.Single(await Check.ReportsAsync(Rule, Program("[|Thread.Sleep(100)|]; return LateResult.Ok(state);")));

        Assert.Equal(
            "'Thread.Sleep(100)' blocks the callback HandleInAsync. The connection handles no frame, call or timer while the callback waits. Await it.",
            found.GetMessage(null));
    }

    private static string Program(string body, string modifiers = "") => $$"""
        using Late.Hosting;

        public sealed record Answer(int Result);

        public sealed class Handler : ILateHandler<int>
        {
            private readonly SemaphoreSlim _gate = new(1);
            private readonly ManualResetEventSlim _done = new();

            public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

            public {{modifiers}}ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken)
            {
                {{body}}
            }

            private static Task<int> CountAsync() => Task.FromResult(1);

            private static ValueTask<LateResult<int>> ThenAsync(int state) => LateResult.Ok(state);
        }
        """;

    private static string Terminating(string signature, string body) => $$"""
        using Late.Hosting;

        public sealed class Handler : ILateHandler<int>
        {
            public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

            {{signature}}(LateTerminateReason reason, int state, CancellationToken cancellationToken)
            {
                {{body}}
            }

            private static Task<int> CountAsync() => Task.FromResult(1);
        }
        """;
}
