using System.Globalization;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>Sends a question as "id text", takes "id answer" for its reply and "id !" for its failure, and acts at the end of a call as its test specifies.</summary>
public sealed class EndingHandler(Ending ending, ILateClient<EndingHandler> client)
    : ILateHandler<int>, ILateCallHandler<int, Ask, string>, ILateCallEndHandler<int, Ask>, ILateInfoHandler<int, Note>
{
    public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

    public ValueTask<LateResult<int>> HandleCallAsync(Ask request, LateCall<string> call, int state, CancellationToken cancellationToken)
    {
        ending.Life.Begin($"Call {request.Text}");
        ending.Life.End();
        return LateResult.Send(state, LateFrame.Text($"{ending.Pending.Add(call)} {request.Text}"));
    }

    public async ValueTask<LateResult<int>> HandleCallEndAsync(LateCallEnd<Ask> end, int state, CancellationToken cancellationToken)
    {
        ending.Ends.Add((end.Request.Text, end.Reason));
        ending.Life.Begin($"CallEnd {end.Request.Text}");
        try
        {
            return await ending.Act(client, end, state);
        }
        finally
        {
            ending.Life.End();
        }
    }

    public ValueTask<LateResult<int>> HandleInfoAsync(Note message, int state, CancellationToken cancellationToken)
    {
        ending.Life.Begin($"Info {message.Text}");
        ending.Life.End();
        return LateResult.Send(state, LateFrame.Text(message.Text));
    }

    public ValueTask<LateResult<int>> HandleInAsync(LateFrame frame, int state, CancellationToken cancellationToken)
    {
        var words = frame.GetText().Split(' ');
        var id = int.Parse(words[0], CultureInfo.InvariantCulture);
        _ = words[1] == "!" ? ending.Pending.Fail(id, new InvalidDataException()) : ending.Pending.Reply(id, words[1]);
        return LateResult.Ok(state);
    }

    // The clock of the test stands still.
    public ValueTask<LateDisconnectResult<int>> HandleDisconnectAsync(LateDisconnect disconnect, int state, CancellationToken cancellationToken)
    {
        ending.Life.Begin("Disconnect");
        ending.Life.End();
        return LateDisconnectResult.ReconnectAfter(state, TimeSpan.Zero);
    }
}
