namespace Late.Hosting.IntegrationTests.Support;

/// <summary>Sends its serial number to the server after connecting, and answers calls when the server does.</summary>
/// <param name="serial">The serial number.</param>
/// <param name="gate">Until it is done, no message is handled; null where nothing is in their way.</param>
public sealed class FleetHandler(string serial, Task? gate = null) : ILateHandler<int>, ILateCallHandler<int, Ask, string>
{
    private readonly LatePendingCalls<string> _pending = new();

    public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

    public ValueTask<LateResult<int>> HandleConnectAsync(LateHandshake handshake, int state, CancellationToken cancellationToken) =>
        LateResult.Send(state, LateFrame.Text($"hello {serial}"));

    public ValueTask<LateResult<int>> HandleCallAsync(Ask request, LateCall<string> call, int state, CancellationToken cancellationToken)
    {
        _pending.TryAdd(request.Text, call);
        return LateResult.Send(state, LateFrame.Text(request.Text));
    }

    public async ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken)
    {
        await (gate?.WaitAsync(cancellationToken) ?? Task.CompletedTask);
        var text = frame.GetText();
        _pending.Reply(text, $"{serial} {text}");
        return LateResult.Ok(state + 1);
    }
}
