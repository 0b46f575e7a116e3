namespace Late.Hosting.Benchmarks.Contestants.Late;

/// <summary>Sends a frame for each call; the server answers them in their order.</summary>
internal sealed class CallHandler : ILateHandler<Queue<LateCall<int>>>, ILateCallHandler<Queue<LateCall<int>>, Echo, int>
{
    public ValueTask<Queue<LateCall<int>>> InitAsync(LateContext context, CancellationToken cancellationToken) => new(new Queue<LateCall<int>>());

    public ValueTask<LateResult<Queue<LateCall<int>>>> HandleCallAsync(
        Echo request, LateCall<int> call, Queue<LateCall<int>> state, CancellationToken cancellationToken)
    {
        state.Enqueue(call);
        return LateResult.Send(state, request.Frame);
    }

    public ValueTask<LateResult<Queue<LateCall<int>>>> HandleInAsync(LateFrame frame, Queue<LateCall<int>> state, CancellationToken cancellationToken)
    {
        state.Dequeue().Reply(frame.Payload.Length);
        return LateResult.Ok(state);
    }
}
