using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>
/// The callback that runs, of a handler that has one at a time (promise P1): which it is, and what flows with it and not with
/// what follows.
/// </summary>
internal sealed class RunningCallback(ConnectionContext connection)
{
    private const int NoGoodbye = 0;
    private const int Goodbye = 1;
    private const int CancelAfterGoodbye = 2;

    private readonly CancellationTokenSource _source = new();
    private CallbackScope _scope = null!;
    private CallbackScope? _frameScope;
    private bool _hasActivity;
    private int _goodbye;

    /// <summary>The connection whose callback it is.</summary>
    public ConnectionContext Connection => connection;

    /// <summary>The token of all callbacks: canceled when a stopping connection has waited long enough.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The callback's name; null between callbacks.</summary>
    public string? Name { get; private set; }

    /// <summary>True while the services that the callback has used are disposed.</summary>
    public bool IsDisposing { get; private set; }

    /// <summary>What runs, for the log: the callback, or the disposal of its services; null between callbacks.</summary>
    public string? What => Name is not { } name ? null : IsDisposing ? $"the disposal of the services that {name} used" : name;

    /// <summary>Counts the callbacks, and what is sent without one.</summary>
    public long Number { get; private set; }

    /// <summary>Measures the callbacks.</summary>
    public CallbackWatch Watch { get; } = new(connection.Telemetry);

    /// <summary>What flows with the callback; that of the last one between callbacks.</summary>
    public CallbackScope Scope => _scope;

    /// <summary>Asks the running callback to end.</summary>
    public void Cancel() => _ = _source.CancelAsync();

    /// <summary>The same when its time at a stop is over; a goodbye has a time of its own.</summary>
    public void CancelAfterGrace()
    {
        if (Interlocked.CompareExchange(ref _goodbye, CancelAfterGoodbye, Goodbye) == NoGoodbye)
        {
            Cancel();
        }
    }

    /// <summary>A goodbye begins, and the frames that are handled after it.</summary>
    public void BeginGoodbye() => Interlocked.Exchange(ref _goodbye, Goodbye);

    /// <summary>The goodbye is over.</summary>
    public void EndGoodbye()
    {
        if (Interlocked.Exchange(ref _goodbye, NoGoodbye) == CancelAfterGoodbye)
        {
            Cancel();
        }
    }

    /// <summary>Marks everything until the end of the block as a callback of the handler's life.</summary>
    /// <param name="name">The callback.</param>
    /// <param name="results">Where its frames go; null for one that sends none.</param>
    public ConfiguredAsyncDisposable BeginBlock(string name, ResultWriter? results = null)
    {
        _frameScope = null;
        Watch.MeasureNext();
        Begin(name);
        return new Block(this, results).ConfigureAwait(false);
    }

    /// <summary>A callback begins, with a scope of its own.</summary>
    /// <param name="name">The callback; null for what is handled without one.</param>
    public void Begin(string? name) => Enter(name, CallbackScope.Begin(this));

    /// <summary>The callbacks of frames begin: those that complete synchronously share one scope.</summary>
    public void BeginFrames()
    {
        _frameScope = CallbackScope.Continue(this, _frameScope);
        Enter("HandleIn", _frameScope);
    }

    /// <summary>Counts the callback of a frame, which begins.</summary>
    public void CountFrame() => Number++;

    /// <summary>Traces the callback of a frame.</summary>
    /// <param name="span">Its span, which is current; null where it is not recorded.</param>
    public void Trace(Activity? span)
    {
        _hasActivity = span is not null;
        Watch.Trace(span);
    }

    /// <summary>The callback of a frame has completed synchronously.</summary>
    public void EndFrame()
    {
        _hasActivity = false;
        Watch.End(Name!);
    }

    /// <summary>Makes an activity the callback's current one.</summary>
    public void Flow(Activity activity)
    {
        _hasActivity = true;
        Activity.Current = activity;
    }

    /// <summary>The callback has returned: what flows with it does not flow with what is done about its result.</summary>
    public void Return()
    {
        if (_hasActivity)
        {
            _hasActivity = false;
            Activity.Current = null;
        }
    }

    /// <summary>The callback has returned without having completed.</summary>
    public void Await()
    {
        Return();
        _frameScope = null;
        connection.Topics.WakeUps.EndBurst();
        Watch.Await();
    }

    /// <summary>The callback has completed, and its result is applied: it ends, with the services that it has used.</summary>
    public ValueTask EndAsync()
    {
        Return();
        if (_scope.End() is { } services)
        {
            return DisposeAsync(services);
        }

        End();
        return default;
    }

    private async ValueTask DisposeAsync(IServiceScope services)
    {
        IsDisposing = true;
        await CallbackServices.DisposeAsync(services, Name!, connection).ConfigureAwait(false);
        IsDisposing = false;
        _scope.EndServices();

        // What a frame has left running is taken for no part of a later one that uses services too.
        _frameScope = null;
        End();
    }

    private void End()
    {
        Watch.End(Name);
        Name = null;
    }

    private void Enter(string? name, CallbackScope scope)
    {
        Number++;
        Name = name;
        _scope = scope;
        Watch.Begin(name);
        scope.Enter();
    }

    /// <summary>A callback that ends with a block.</summary>
    private sealed class Block(RunningCallback callback, ResultWriter? results) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => results?.EndAsync(callback) ?? callback.EndAsync();
    }
}
