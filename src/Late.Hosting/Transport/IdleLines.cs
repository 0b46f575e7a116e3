using Late.Hosting.Locking;

namespace Late.Hosting.Transport;

/// <summary>Handlers that have no TCP connection, for the next attempts: to make one is a fifth of the work of connecting.</summary>
internal sealed class IdleLines : IDisposable
{
    private const int MostKept = 128;

    private readonly Gate _gate = new();
    private readonly Stack<HttpLine> _lines = new();
    private bool _isDisposed;

    /// <summary>Those with the default settings, for all hosts of the process.</summary>
    public static IdleLines Default { get; } = new();

    public HttpLine? Take()
    {
        using (_gate.Enter())
        {
            return _lines.TryPop(out var line) ? line : null;
        }
    }

    /// <summary>Keeps a handler, or disposes it where there are enough.</summary>
    public void Return(HttpLine line)
    {
        using (_gate.Enter())
        {
            if (_lines.Count < MostKept && !_isDisposed)
            {
                _lines.Push(line);
                return;
            }
        }

        line.Dispose();
    }

    public void Dispose()
    {
        HttpLine[] lines;
        using (_gate.Enter())
        {
            _isDisposed = true;
            lines = [.. _lines];
            _lines.Clear();
        }

        foreach (var line in lines)
        {
            line.Dispose();
        }
    }
}
