namespace Late.Hosting.Testing.Tests.Support;

/// <summary>Writes down in which session it has handled a message, and does what the number in it means.</summary>
public sealed class RoamingHandler(ILateClient<RoamingHandler> self) : LateHandler<IReadOnlyList<string>>, ILateInfoHandler<IReadOnlyList<string>, Count>
{
    public LateContext Context { get; private set; } = null!;

    public override IReadOnlyList<string> Init(LateContext context)
    {
        Context = context;
        return [];
    }

    public async ValueTask<LateResult<IReadOnlyList<string>>> HandleInfoAsync(Count message, IReadOnlyList<string> state, CancellationToken cancellationToken)
    {
        switch (message.Left)
        {
            case -1:
                throw new FormatException("It only grows.");
            case -2:
                return LateResult.Send(state, LateFrame.Text("nowhere"));
            case -3:
                return LateResult.Reconnect(state, new LateReconnect { Uri = new Uri("wss://test.invalid/moved") });
            case -4:
                return LateResult.Stop(state);
            case -5:
                return LateResult.Fault(state, "It is broken");
            case > 1:
                await self.PostAsync(new Count(message.Left - 1), new LatePostOptions { RunsWithoutSession = true }, cancellationToken);
                break;
        }

        return LateResult.Ok<IReadOnlyList<string>>([.. state, $"{message.Left} in {Context.Session}"]);
    }
}
