using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Late.Hosting.Testing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Testing.Tests;

/// <summary>The scoped services of callbacks, for handlers of every form, and in the test of a handler without a container.</summary>
public sealed partial class CallbackServicesTests : IAsyncDisposable
{
    private readonly ScopeJournal _journal = new();
    private readonly ServiceProvider _services;

    public CallbackServicesTests() =>
        _services = new ServiceCollection().AddSingleton(_journal).AddScoped<ScopeJournal.Unit>().BuildServiceProvider(validateScopes: true);

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public Task Each_callback_of_a_handler_of_the_interfaces_has_a_scope() => CheckAsync(new InterfaceHandler());

    [Fact]
    public Task Each_callback_of_a_handler_of_the_base_class_has_a_scope() => CheckAsync(new SyncHandler());

    [Fact]
    public Task Each_asynchronous_callback_of_a_handler_of_the_base_class_has_a_scope() => CheckAsync(new AsyncHandler());

    [Fact]
    public async Task Without_services_the_step_throws_what_to_do()
    {
        var error = await Assert.ThrowsAsync<LateTestException>(() => LateHandlerTest.ConnectAsync(new SyncHandler()));

        Assert.Equal(
            "The handler uses CallbackServices of its context, and the test has none. Start the test with services: LateHandlerTest.StartAsync(handler, services: provider).",
            error.Message);
    }

    [Fact]
    public async Task A_step_throws_what_the_disposal_throws()
    {
        await using var services = new ServiceCollection().AddScoped<Broken>().BuildServiceProvider();
        await using var test = await LateHandlerTest.ConnectAsync(new BrokenHandler(), services: services);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => test.ReceiveAsync("hello"));

        Assert.Equal("It does not end.", error.Message);
        Assert.Equal(1, test.State);
        Assert.True(test.IsReady);
    }

    private async Task CheckAsync<THandler>(THandler handler)
        where THandler : class, ILateHandler, ILateCallHandler<Add, int>, ILateInfoHandler<Beat>
    {
        await using var test = await LateHandlerTest.ConnectAsync(handler, services: _services);
        await test.ReceiveAsync("hello");
        await test.ReceiveAsync("""{"type":"trade","price":7}""");
        var call = await test.CallAsync(new Add(2));
        Assert.Equal(2, await call.ReplyAsync());
        await test.PostAsync(new Beat());
        await test.StopAsync();

        string[] callbacks = ["Init", "Connecting", "Connect", "In", "Message", "Call", "Info", "Closing", "Disconnect", "Terminate"];
        Assert.Equal(callbacks.Index().SelectMany(static callback => new[] { $"{callback.Item} {callback.Index + 1}", $"disposed {callback.Index + 1}" }), _journal.Lines);
    }

    [JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
    [JsonDerivedType(typeof(Trade), "trade")]
    private abstract record Message;

    private sealed record Trade(decimal Price) : Message;

    [JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(Message))]
    private sealed partial class TradeJson : JsonSerializerContext;

    private sealed class InterfaceHandler : ILateMessageHandler<int, Message>, ILateCallHandler<int, Add, int>, ILateInfoHandler<int, Beat>
    {
        private LateContext _context = null!;

        public JsonTypeInfo<Message> MessageTypeInfo => TradeJson.Default.Message;

        public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken)
        {
            _context = context;
            return UseAsync("Init", 0);
        }

        public ValueTask<int> HandleConnectingAsync(LateHandshakeContext handshake, int state, CancellationToken cancellationToken) => UseAsync("Connecting", state);

        public ValueTask<LateResult<int>> HandleConnectAsync(LateHandshake handshake, int state, CancellationToken cancellationToken) =>
            UseAsync("Connect", LateResult.Ok(state));

        public ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken) => UseAsync("In", LateResult.Ok(state));

        public ValueTask<LateResult<int>> HandleMessageAsync(Message message, int state, CancellationToken cancellationToken) => UseAsync("Message", LateResult.Ok(state));

        public ValueTask<LateResult<int>> HandleCallAsync(Add request, LateCall<int> call, int state, CancellationToken cancellationToken)
        {
            call.Reply(request.Number);
            return UseAsync("Call", LateResult.Ok(state));
        }

        public ValueTask<LateResult<int>> HandleInfoAsync(Beat message, int state, CancellationToken cancellationToken) => UseAsync("Info", LateResult.Ok(state));

        public ValueTask<LateResult<int>> HandleClosingAsync(LateClosing closing, int state, CancellationToken cancellationToken) => UseAsync("Closing", LateResult.Ok(state));

        public ValueTask<LateDisconnectResult<int>> HandleDisconnectAsync(LateDisconnect disconnect, int state, CancellationToken cancellationToken) =>
            UseAsync("Disconnect", LateDisconnectResult.Ok(state));

        public async ValueTask HandleTerminateAsync(LateTerminateReason reason, int state, CancellationToken cancellationToken) => await UseAsync("Terminate", state);

        private async ValueTask<T> UseAsync<T>(string callback, T result)
        {
            await Task.Yield();
            _context.CallbackServices.GetRequiredService<ScopeJournal.Unit>().Use(callback);
            return result;
        }
    }

    private class SyncHandler : LateHandler<int>, ILateSyncMessageHandler<int, Message>, ILateSyncCallHandler<int, Add, int>, ILateSyncInfoHandler<int, Beat>
    {
        private LateContext _context = null!;

        public JsonTypeInfo<Message> MessageTypeInfo => TradeJson.Default.Message;

        public override int Init(LateContext context)
        {
            _context = context;
            Use("Init");
            return 0;
        }

        public override int HandleConnecting(LateHandshakeContext handshake, int state)
        {
            Use("Connecting");
            return state;
        }

        public override LateResult<int> HandleConnect(LateHandshake handshake, int state) => Ok("Connect", state);

        public override LateResult<int> HandleIn(LateFrame frame, int state) => Ok("In", state);

        public LateResult<int> HandleMessage(Message message, int state) => Ok("Message", state);

        public LateResult<int> HandleCall(Add request, LateCall<int> call, int state)
        {
            call.Reply(request.Number);
            return Ok("Call", state);
        }

        public LateResult<int> HandleInfo(Beat message, int state) => Ok("Info", state);

        public override LateResult<int> HandleClosing(LateClosing closing, int state) => Ok("Closing", state);

        public override LateDisconnectResult<int> HandleDisconnect(LateDisconnect disconnect, int state)
        {
            Use("Disconnect");
            return LateDisconnectResult.Ok(state);
        }

        public override void HandleTerminate(LateTerminateReason reason, int state) => Use("Terminate");

        private LateResult<int> Ok(string callback, int state)
        {
            Use(callback);
            return LateResult.Ok(state);
        }

        private void Use(string callback) => _context.CallbackServices.GetRequiredService<ScopeJournal.Unit>().Use(callback);
    }

    /// <summary>Uses them after an await, in the synchronous callback that each asynchronous one ends with.</summary>
    private sealed class AsyncHandler : SyncHandler
    {
        public override async ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await base.InitAsync(context, cancellationToken);
        }

        public override async ValueTask<int> HandleConnectingAsync(LateHandshakeContext handshake, int state, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await base.HandleConnectingAsync(handshake, state, cancellationToken);
        }

        public override async ValueTask<LateResult<int>> HandleConnectAsync(LateHandshake handshake, int state, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await base.HandleConnectAsync(handshake, state, cancellationToken);
        }

        public override async ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await base.HandleInAsync(frame, state, cancellationToken);
        }

        public override async ValueTask<LateResult<int>> HandleClosingAsync(LateClosing closing, int state, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await base.HandleClosingAsync(closing, state, cancellationToken);
        }

        public override async ValueTask<LateDisconnectResult<int>> HandleDisconnectAsync(LateDisconnect disconnect, int state, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await base.HandleDisconnectAsync(disconnect, state, cancellationToken);
        }

        public override async ValueTask HandleTerminateAsync(LateTerminateReason reason, int state, CancellationToken cancellationToken)
        {
            await Task.Yield();
            await base.HandleTerminateAsync(reason, state, cancellationToken);
        }
    }

    private sealed class Broken : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => throw new InvalidOperationException("It does not end.");
    }

    private sealed class BrokenHandler : LateHandler<int>
    {
        private LateContext _context = null!;

        public override int Init(LateContext context)
        {
            _context = context;
            return 0;
        }

        public override LateResult<int> HandleIn(LateFrame frame, int state)
        {
            _ = _context.CallbackServices.GetRequiredService<Broken>();
            return LateResult.Ok(state + 1);
        }
    }
}
