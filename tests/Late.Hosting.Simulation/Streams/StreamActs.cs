using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Streams;

/// <summary>What a handler does about streams: it keeps them in a table, and is notified where one ends without it.</summary>
internal sealed class StreamActs(Subject subject, Acts acts)
{
    private readonly LatePendingCalls<int> _table = new();

    /// <summary>How many it keeps.</summary>
    public int Count => _table.Count;

    public async ValueTask<LateResult<long>> HandleAsync(Flow request, LateStream<int> stream, long state, CancellationToken cancellationToken)
    {
        subject.Life.Enter("Stream", state);
        try
        {
            subject.Verdict.Require(acts.IsReady, "P7", $"stream {request.Id} reached the handler before the session was ready");
            subject.Verdict.Require(_table.TryAdd(request.Id, stream), "P5", $"stream {request.Id} reached the handler twice");
            var live = new LiveStream(stream, acts.Session);
            var writer = subject.Streams!.OnDelivered(request.Id, live, _table);
            var outcome = await acts.TakeTimeAsync("Stream", cancellationToken);
            writer.Write(subject.Streams.DrawItems());
            var result = acts.Conclude("Stream", outcome, onThrown: _ => writer.OnThrown());
            if (outcome != Outcome.Invalid)
            {
                live.IsTaken = true;
            }

            return result;
        }
        finally
        {
            subject.Life.Leave();
        }
    }

    public async ValueTask<LateResult<long>> HandleEndAsync(LateCallEnd<Flow> end, long state, CancellationToken cancellationToken)
    {
        subject.Life.Enter("CallEnd", state);
        try
        {
            subject.Streams!.OnNotified(end, acts.Session);
            return acts.Conclude("CallEnd", await acts.TakeTimeAsync("CallEnd", cancellationToken));
        }
        finally
        {
            subject.Life.Leave();
        }
    }
}
