namespace Late.Hosting.Tests.Supervision;

/// <summary>Speaks to one device; stops when the device asks for it.</summary>
internal sealed class DeviceHandler(Device device, DeviceLog log, ILateClient<DeviceHandler> self)
    : ILateHandler<string>, ILateCallHandler<string, Query, string>, IDisposable
{
    private readonly DeviceLog _log = log.Open();

    public ValueTask<string> InitAsync(LateContext context, CancellationToken cancellationToken)
    {
        _log.Write($"Init {device.Serial} of {self.Name}");
        return _log.IsBroken(device) ? throw new InvalidOperationException("It is broken.") : new(context.Name);
    }

    public ValueTask<LateResult<string>> HandleCallAsync(Query request, LateCall<string> call, string state, CancellationToken cancellationToken)
    {
        call.Reply(device.Serial);
        return LateResult.Ok(state);
    }

    public ValueTask<LateResult<string>> HandleInAsync(LateFrame frame, string state, CancellationToken cancellationToken) =>
        frame.GetText() switch
        {
            "stop" => LateResult.Stop(state),
            "bad" => throw new FormatException(),
            _ => LateResult.Ok(state),
        };

    public ValueTask<LateDisconnectResult<string>> HandleDisconnectAsync(LateDisconnect disconnect, string state, CancellationToken cancellationToken)
    {
        _log.Write($"Disconnect {device.Serial}: {disconnect.Description}");
        return LateDisconnectResult.Ok(state);
    }

    public ValueTask HandleTerminateAsync(LateTerminateReason reason, string state, CancellationToken cancellationToken)
    {
        _log.Write($"Terminate {device.Serial}: {reason.Kind}");
        return default;
    }

    public void Dispose() => _log.Write($"Dispose {device.Serial}");
}
