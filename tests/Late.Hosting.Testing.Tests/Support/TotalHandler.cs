namespace Late.Hosting.Testing.Tests.Support;

/// <summary>
/// Keeps a total that the server confirms, beats every ten seconds, and does what messages from the server ask it to.
/// </summary>
public sealed class TotalHandler(ILateClient<TotalHandler> self) :
    ILateHandler<int>, ILateCallHandler<int, Add, int>, ILateInfoHandler<int, Beat>, ILateInfoHandler<int, Count>, IDisposable
{
    private readonly LatePendingCalls _pending = new();

    /// <summary>Whether HandleConnect wants a login first.</summary>
    public bool WantsLogin { get; init; }

    /// <summary>What a message "wait" waits for.</summary>
    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when it waits.</summary>
    public TaskCompletionSource Waits { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<string> Trace { get; } = [];

    public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken)
    {
        Trace.Add("Init");
        return new(0);
    }

    public ValueTask<LateResult<int>> HandleConnectAsync(LateHandshake handshake, int total, CancellationToken cancellationToken)
    {
        Trace.Add($"Connect {handshake.SubProtocol}{handshake.Headers.GetValueOrDefault("X-Region")}");
        self.PostAfter(TimeSpan.FromSeconds(10), new Beat());
        var hello = LateResult.Send(total, LateFrame.Text($"hello {total}"));
        return WantsLogin ? hello.HoldCalls() : hello;
    }

    public ValueTask<LateResult<int>> HandleCallAsync(Add request, LateCall<int> call, int total, CancellationToken cancellationToken) =>
        request.Number < 0
            ? throw new ArgumentException("It only grows.")
            : LateResult.Send(total, LateFrame.Text($"{_pending.Add(call)}:{request.Number}"));

    public async ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int total, CancellationToken cancellationToken)
    {
        var words = frame.GetText().Split(' ');
        switch (words[0])
        {
            case "done":
                total += int.Parse(words[2], null);
                _pending.Reply(int.Parse(words[1], null), total);
                return LateResult.Ok(total);
            case "welcome":
                return LateResult.Ok(total).ReleaseCalls();
            case "wait":
                Waits.SetResult();
                await Gate.Task.WaitAsync(cancellationToken);
                return LateResult.Send(total, LateFrame.Text("waited"));
            case "again":
                return LateResult.Reconnect(total, "asked for", TimeSpan.FromSeconds(5));
            case "stop":
                return LateResult.Stop(total, 4001, "asked to");
            case "count":
                await self.PostAsync(new Count(3), cancellationToken);
                return LateResult.Ok(total);
            default:
                throw new FormatException($"What is {words[0]}?");
        }
    }

    public ValueTask<LateResult<int>> HandleInfoAsync(Beat message, int total, CancellationToken cancellationToken)
    {
        self.PostAfter(TimeSpan.FromSeconds(10), message);
        return LateResult.Send(total, LateFrame.Text("beat"));
    }

    public async ValueTask<LateResult<int>> HandleInfoAsync(Count message, int total, CancellationToken cancellationToken)
    {
        if (message.Left > 1)
        {
            await self.PostAsync(new Count(message.Left - 1), cancellationToken);
        }

        return LateResult.Send(total, LateFrame.Text($"{message.Left}"));
    }

    public ValueTask<LateDisconnectResult<int>> HandleDisconnectAsync(LateDisconnect disconnect, int total, CancellationToken cancellationToken)
    {
        Trace.Add($"Disconnect {disconnect.Reason} {disconnect.CloseCode}");
        return LateDisconnectResult.Ok(total);
    }

    public ValueTask HandleTerminateAsync(LateTerminateReason reason, int total, CancellationToken cancellationToken)
    {
        Trace.Add($"Terminate {reason.Kind}");
        return default;
    }

    public void Dispose() => Trace.Add("Dispose");
}
