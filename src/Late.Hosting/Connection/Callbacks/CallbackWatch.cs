using System.Diagnostics;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>
/// Measures and traces a runner's callbacks. Of those of a burst that complete synchronously it is a sample: to measure each would
/// cost more than most of them do.
/// </summary>
internal sealed class CallbackWatch(ConnectionTelemetry telemetry)
{
    // Of so many callbacks the first is measured.
    private const int MostUnmeasured = 64;

    private long _began;
    private int _unmeasured;
    private bool _measuresNext;
    private Activity? _span;

    public bool IsMeasuring => _began != 0;

    /// <summary>The next callback is measured: it is the first of a burst.</summary>
    public void MeasureNext() => _unmeasured = MostUnmeasured;

    /// <summary>A callback begins; null for what is none.</summary>
    public void Begin(string? callback) => _began = callback is null || ++_unmeasured < MostUnmeasured ? 0 : telemetry.BeginCallback();

    /// <summary>
    /// Every callback that does not complete synchronously is measured, from here where it was not from its beginning, and so is the one
    /// after it.
    /// </summary>
    public void Await()
    {
        _measuresNext = true;
        if (_began == 0)
        {
            _began = telemetry.BeginCallback();
        }
    }

    /// <summary>Keeps a span until the callback ends.</summary>
    public void Trace(Activity? span) => _span = span;

    public void Failed(Exception exception) => _span?.SetFailed(exception.GetType().FullName!);

    /// <summary>There was no callback.</summary>
    public void Discard() => _began = 0;

    public void End(string? callback)
    {
        if (_began != 0)
        {
            telemetry.CallbackEnded(callback!, _began);
            (_began, _unmeasured) = (0, 0);
        }

        if (_measuresNext)
        {
            _measuresNext = false;
            MeasureNext();
        }

        if (_span is { } span)
        {
            Spans.End(span);
            _span = null;
        }
    }
}
