using Late.Hosting.Soak.Load;

namespace Late.Hosting.Soak.Succession;

/// <summary>Asks the server once, and knows when it has answered.</summary>
internal sealed class VisitHandler(TaskCompletionSource answered, Counters counters) : ILateHandler<int>
{
    public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

    public ValueTask<LateResult<int>> HandleConnectAsync(LateHandshake handshake, int state, CancellationToken cancellationToken)
    {
        counters.AddSession();
        return LateResult.Send(state, LateFrame.Text("visit"));
    }

    public ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken)
    {
        counters.AddMessage();
        answered.TrySetResult();
        return LateResult.Ok(state);
    }
}
