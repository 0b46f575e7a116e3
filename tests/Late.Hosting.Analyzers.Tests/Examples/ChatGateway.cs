
namespace Late.Hosting.Analyzers.Tests.Examples;

/// <summary>A chat gateway that answers in the same callback, awaits a database, and forwards to another connection.</summary>
public static class ChatGateway
{
    public sealed record Publish(string Text) : ILateRequest<Publish, int>;

    public sealed class Relay : ILateHandler<int>, ILateCallHandler<int, Publish, int>
    {
        public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

        public ValueTask<LateResult<int>> HandleCallAsync(Publish request, LateCall<int> call, int state, CancellationToken cancellationToken)
        {
            call.Reply(state + 1);
            return LateResult.Send(state + 1, LateFrame.Text(request.Text));
        }

        // An echo: the frame goes back while its memory is valid.
        public ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken) =>
            frame.IsText ? LateResult.Send(state, frame) : LateResult.Send(state, LateFrame.Binary(frame.Payload));
    }

    public sealed class Handler(ILateClient<Relay> relay, HttpClient http) : ILateHandler<string?>, IAsyncDisposable
    {
        private string? _lastText;

        public async ValueTask<string?> InitAsync(LateContext context, CancellationToken cancellationToken) =>
            await http.GetStringAsync(new Uri("https://chat.example/resume"), cancellationToken);

        public async ValueTask<LateResult<string?>> HandleInAsync(LateFrame frame, string? state, CancellationToken cancellationToken)
        {
            _lastText = frame.GetText();
            var sent = relay.CallAsync(new Publish(_lastText), cancellationToken);
            var stored = StoreAsync(frame.Payload, cancellationToken);
            await Task.WhenAll(sent, stored);
            return sent.Result > 10 ? LateResult.Stop(state) : LateResult.Ok(state);
        }

        public ValueTask<LateDisconnectResult<string?>> HandleDisconnectAsync(LateDisconnect disconnect, string? state, CancellationToken cancellationToken) =>
            LateDisconnectResult.ReconnectAfter(state, TimeSpan.FromSeconds(1));

        public ValueTask DisposeAsync()
        {
            Handled(_lastText);
            return default;
        }

        private static void Handled(string? text) => Console.WriteLine(text);

        private async Task StoreAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            using var content = new ReadOnlyMemoryContent(bytes);
            (await http.PostAsync(new Uri("https://chat.example/log"), content, cancellationToken)).Dispose();
        }
    }
}
