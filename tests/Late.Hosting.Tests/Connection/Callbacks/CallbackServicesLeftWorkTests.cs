using System.Text.RegularExpressions;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Connection.Callbacks;

/// <summary>Work that a callback leaves running and that asks for its services when the callback ends: it gets none, and leaves none.</summary>
public sealed class CallbackServicesLeftWorkTests : ScopedServicesTest, IDisposable
{
    private readonly ManualResetEventSlim _asks = new();
    private readonly ManualResetEventSlim _hasEnded = new();
    private Task<Exception?>? _left;
    private int _disposed;

    public void Dispose()
    {
        _hasEnded.Set();
        _asks.Dispose();
        _hasEnded.Dispose();
    }

    [Theory]
    [InlineData("In")]
    [InlineData("Info")]
    [InlineData("Call")]
    [InlineData("Disconnect")]
    [InlineData("Terminate")]
    public async Task It_gets_no_scope_that_begins_when_its_callback_has_ended(string callback)
    {
        MakeScope = services =>
        {
            _asks.Set();
            _hasEnded.Wait(Token);
            return new CountedScope(this, services.CreateScope());
        };
        Handler.In = (_, state, _) => LeaveWork(callback == "In", LateResult.Ok(state));
        Handler.Info = (_, state, _) => LeaveWork(callback == "Info", LateResult.Ok(state));
        Handler.Call = (_, call, state, _) =>
        {
            call.Reply("");
            return LeaveWork(callback == "Call", LateResult.Ok(state));
        };
        Handler.Disconnect = (_, state, _) => LeaveWork(callback == "Disconnect", LateDisconnectResult.Ok(state));
        Handler.Terminate = (_, _, _) =>
        {
            LeaveWork(callback == "Terminate", 0);
            return default;
        };
        await using var host = Host();
        var socket = await host.ReadyAsync();
        socket.Send("a");
        await Handler.SkipToAsync("In a");
        await host.Client.PostAsync(new Note("b"), Token);
        await host.Client.CallAsync(new Ask("c"), Token);
        await host.Client.SendAsync(LateFrame.Text("all callbacks of the session have ended"), Token);
        await host.StopAsync(Token);
        _hasEnded.Set();

        var error = Assert.IsAssignableFrom<InvalidOperationException>(await _left!);
        Assert.Contains("none of its callbacks runs", error.Message, StringComparison.Ordinal);
        Assert.Equal((1, 1), (Scopes, Volatile.Read(ref _disposed)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_synchronous_HandleIn_has_left_may_get_those_of_a_later_one_unless_it_has_used_its_own(bool usesOwn)
    {
        var hold = new TaskCompletionSource();
        ScopedUnit? found = null;
        Handler.In = (frame, state, _) =>
        {
            if (frame.GetText() == "b")
            {
                return HoldAsync(state);
            }

            var own = usesOwn ? Unit() : null;
            _left = Task.Run(() =>
            {
                _hasEnded.Wait(Token);
                return Record.Exception(() => found = Unit());
            }, Token)!;
            return LateResult.Ok(state + (own?.Number ?? 0));
        };
        async ValueTask<LateResult<int>> HoldAsync(int state)
        {
            await hold.Task;
            Assert.Equal(usesOwn, Unit() != found);
            return LateResult.Ok(state);
        }

        await using var host = Host();
        var socket = await host.ReadyAsync();
        socket.Send("a", "b");
        await Handler.SkipToAsync("In b");
        _hasEnded.Set();
        var error = await _left!;
        hold.SetResult();
        await Handler.SkipToAsync(usesOwn ? "disposed 2" : "disposed 1");

        Assert.Equal(usesOwn, error is InvalidOperationException);
        Assert.DoesNotContain(host.Logs.GetSnapshot(), static record => record.Id.Name == "CallbackThrew");
    }

    [Theory]
    [InlineData(LateHandlerErrorBehavior.Stop, "Faulted")]
    [InlineData(LateHandlerErrorBehavior.Restart, "SessionLost")]
    public async Task Their_misuse_names_the_connection_once_where_it_is_logged(LateHandlerErrorBehavior policy, string log)
    {
        var outside = ExecutionContext.Capture()!;
        Handler.In = (_, state, _) =>
        {
            ExecutionContext.Run(outside, _ => Unit(), null);
            return LateResult.Ok(state);
        };
        await using var host = Host(options => options.HandlerErrors = policy);
        var socket = await host.ReadyAsync();
        socket.Send("a");
        await host.LoggedAsync(log);

        var message = host.Logs.GetSnapshot().First(record => record.Id.Name == log).Message;
        Assert.Contains("HandleIn failed: CallbackServices of the connection was used where none of its callbacks runs", message, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(message, "Forwarding"));
    }

    private TResult LeaveWork<TResult>(bool leaves, TResult result)
    {
        if (leaves)
        {
            _left = Task.Run(() => Record.Exception(() => Context.CallbackServices), Token)!;
            _asks.Wait(Token);
        }

        return result;
    }

    private sealed class CountedScope(CallbackServicesLeftWorkTests test, IServiceScope scope) : IServiceScope
    {
        public IServiceProvider ServiceProvider => scope.ServiceProvider;

        public void Dispose()
        {
            Interlocked.Increment(ref test._disposed);
            scope.Dispose();
        }
    }
}
