namespace Late.Hosting.Testing.Tests.Support;

/// <summary>Sends back what it gets.</summary>
public sealed class EchoHandler : ILateHandler<string>
{
    public ValueTask<string> InitAsync(LateContext context, CancellationToken cancellationToken) => new("");

    public ValueTask<LateResult<string>> HandleInAsync(LateFrame frame, string state, CancellationToken cancellationToken) =>
        LateResult.Send(frame.GetText(), frame.IsText ? LateFrame.Text(frame.GetText()) : LateFrame.Binary(frame.ToArray()));
}
