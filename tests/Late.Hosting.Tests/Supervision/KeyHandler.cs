namespace Late.Hosting.Tests.Supervision;

/// <summary>Takes services only; writes its key.</summary>
internal sealed class KeyHandler(DeviceLog log) : LateHandler<string?>
{
    private readonly DeviceLog _log = log.Open();

    public override string? Init(LateContext context)
    {
        _log.Write(context.Key is null ? $"no key of {context.Name}" : $"key {context.Key} of {context.Name}");
        return context.Key;
    }
}
