using System.Diagnostics;
using System.Globalization;

namespace Late.Hosting.Soak.Load;

/// <summary>Asks the server, and counts what it floods us with.</summary>
internal sealed class SoakHandler(Counters counters) : ILateHandler<long>, ILateCallHandler<long, Ask, int>
{
    private readonly LatePendingCalls _pending = new();

    public ValueTask<long> InitAsync(LateContext context, CancellationToken cancellationToken)
    {
        // The first trace with line numbers opens files that stay open: better now than while handles are counted.
        _ = new StackTrace(fNeedFileInfo: true).ToString();
        return new(0);
    }

    public ValueTask<LateResult<long>> HandleConnectAsync(LateHandshake handshake, long state, CancellationToken cancellationToken)
    {
        counters.AddSession();
        return LateResult.Ok(state);
    }

    public ValueTask<LateResult<long>> HandleCallAsync(Ask request, LateCall<int> call, long state, CancellationToken cancellationToken) =>
        LateResult.Send(state, LateFrame.Text(string.Create(CultureInfo.InvariantCulture, $"{_pending.Add(call)} {request.Number}")));

    public ValueTask<LateResult<long>> HandleInAsync(LateFrame frame, long state, CancellationToken cancellationToken)
    {
        counters.AddMessage();
        if (frame.Payload.Span[0] != (byte)'{')
        {
            var parts = frame.GetText().Split(' ');
            _pending.Reply(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
        }

        return LateResult.Ok(state + 1);
    }
}
