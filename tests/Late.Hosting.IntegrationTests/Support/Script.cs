using System.Globalization;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>
/// What a <see cref="ScriptedHandler"/> does. As it stands it speaks a small protocol: a question goes out as
/// "id text", and "id text" from the server is its answer. The state counts the messages received.
/// </summary>
public sealed class Script
{
    public Script()
    {
        Call = (request, call, state, _) => LateResult.Send(state, LateFrame.Text($"{Pending.Add(call)} {request.Text}"));
        In = (frame, state, _) =>
        {
            var parts = frame.GetText().Split(' ', 2);
            if (parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                Pending.Reply(id, parts[1]);
            }

            return LateResult.Ok(state + 1);
        };
    }

    public Life Life { get; } = new();

    public LatePendingCalls Pending { get; } = new();

    /// <summary>The client that the handler was given.</summary>
    public ILateClient<ScriptedHandler> Client { get; set; } = null!;

    /// <summary>What the last <c>HandleConnect</c> was given.</summary>
    public LateHandshake? Handshake { get; set; }

    /// <summary>What the last <c>HandleDisconnect</c> was given.</summary>
    public LateDisconnect? Disconnected { get; set; }

    /// <summary>What <c>HandleTerminate</c> was given.</summary>
    public LateTerminateReason? Terminated { get; set; }

    public Func<LateContext, CancellationToken, ValueTask<int>> Init { get; set; } = (_, _) => new(0);

    /// <summary>What happens before each attempt; not written down.</summary>
    public Func<LateHandshakeContext, int, CancellationToken, ValueTask<int>> Connecting { get; set; } = (_, state, _) => new(state);

    public Func<LateHandshake, int, CancellationToken, ValueTask<LateResult<int>>> Connect { get; set; } = (_, state, _) => LateResult.Ok(state);

    public Func<LateFrame, int, CancellationToken, ValueTask<LateResult<int>>> In { get; set; }

    public Func<Ask, LateCall<string>, int, CancellationToken, ValueTask<LateResult<int>>> Call { get; set; }

    public Func<Note, int, CancellationToken, ValueTask<LateResult<int>>> Info { get; set; } =
        (message, state, _) => LateResult.Send(state, LateFrame.Text(message.Text));

    /// <summary>What <c>HandleClosing</c> does; null for a handler without it.</summary>
    public Func<LateClosing, int, CancellationToken, ValueTask<LateResult<int>>>? Closing { get; set; }

    public Func<LateDisconnect, int, CancellationToken, ValueTask<LateDisconnectResult<int>>> Disconnect { get; set; } = (_, state, _) => LateDisconnectResult.Ok(state);

    public Func<LateTerminateReason, int, CancellationToken, ValueTask> Terminate { get; set; } = (_, _, _) => default;
}
