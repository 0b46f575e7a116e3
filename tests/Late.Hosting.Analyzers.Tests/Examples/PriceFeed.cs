using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;

namespace Late.Hosting.Analyzers.Tests.Examples;

/// <summary>An exchange's price feed: parses in place, keeps copies, logs in first, replies to calls later.</summary>
public static class PriceFeed
{
    public sealed record Subscribe(string Symbol) : ILateRequest<Subscribe, bool>;

    public sealed record Heartbeat;

    public sealed record Book(ImmutableDictionary<string, decimal> Prices, ReadOnlyMemory<byte> LastSnapshot);

    public sealed class Handler(ILateClient<Handler> self, ChannelWriter<string> audit) :
        ILateHandler<Book>, ILateCallHandler<Book, Subscribe, bool>, ILateInfoHandler<Book, Heartbeat>
    {
        private readonly LatePendingCalls _pending = new();
        private readonly Queue<byte[]> _recent = new();

        public ValueTask<Book> InitAsync(LateContext context, CancellationToken cancellationToken) =>
            new(new Book(ImmutableDictionary<string, decimal>.Empty, default));

        public ValueTask<LateResult<Book>> HandleConnectAsync(LateHandshake handshake, Book state, CancellationToken cancellationToken)
        {
            self.PostAfter(TimeSpan.FromSeconds(15), new Heartbeat());
            return Login(state);
        }

        public async ValueTask<LateResult<Book>> HandleInAsync(LateFrame frame, Book state, CancellationToken cancellationToken)
        {
            using var message = JsonDocument.Parse(frame.Payload);
            var root = message.RootElement;
            if (root.TryGetProperty("snapshot", out var snapshot) && snapshot.GetBoolean())
            {
                state = state with { LastSnapshot = frame.ToArray() };
            }

            if (root.TryGetProperty("id", out var id))
            {
                _pending.Reply(id.GetInt32(), true);
                return LateResult.Ok(state).ReleaseCalls();
            }

            _recent.Enqueue(frame.Payload.ToArray());
            await audit.WriteAsync(frame.GetText(), cancellationToken);
            return LateResult.Ok(OnPrice(frame, state));
        }

        public ValueTask<LateResult<Book>> HandleCallAsync(Subscribe request, LateCall<bool> call, Book state, CancellationToken cancellationToken) =>
            LateResult.Send(state, LateFrame.Text($$"""{"id":{{_pending.Add(call)}},"subscribe":"{{request.Symbol}}"}"""));

        public async ValueTask<LateResult<Book>> HandleInfoAsync(Heartbeat message, Book state, CancellationToken cancellationToken)
        {
            await self.PostAsync(message, cancellationToken);
            return LateResult.Send(state, LateFrame.Ping());
        }

        private static LateResult<Book> Login(Book state) => LateResult.Send(state, LateFrame.Text("login")).HoldCalls();

        private static Book OnPrice(LateFrame frame, Book state)
        {
            var reader = new Utf8JsonReader(frame.Payload.Span);
            return reader.Read() ? state with { Prices = state.Prices.SetItem("last", frame.Payload.Length) } : state;
        }
    }
}
