using Polly.Telemetry;

namespace Late.Hosting.Diagnostics;

/// <summary>Polly's own logs and metrics, without the exceptions of their listeners.</summary>
internal sealed class GuardedTelemetry(TelemetryListener listener) : TelemetryListener
{
    public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
    {
        try
        {
            listener.Write(args);
        }
        catch (Exception)
        {
            // What is only watched is not affected.
        }
    }
}
