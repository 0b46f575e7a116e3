using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Worlds;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Simulation.Checks;

/// <summary>Stops a world's host, as a signal, a fault or a failed start does, and looks at how long it takes (promise P9) and how it ends.</summary>
internal sealed class HostStop
{
    private readonly World _world;
    private readonly IHost _host;
    private readonly IHostApplicationLifetime _lifetime;
    private bool _hasBegun;
    private bool _isStarted;
    private readonly List<(Subject Subject, ServerSession Session)> _expectedCloses = [];

    public HostStop(World world, IHost host)
    {
        (_world, _host) = (world, host);
        _lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        _lifetime.ApplicationStarted.Register(() =>
        {
            _isStarted = true;
            if (_hasBegun)
            {
                _ = StopAsync();
            }
        });
        _lifetime.ApplicationStopping.Register(() =>
        {
            world.Trace.Write($"the host is asked to stop");
            world.IsAskedToStop = true;
            world.Time.After(TimeSpan.Zero, Begin);
        });
    }

    public bool IsDone { get; private set; }

    public void Begin()
    {
        if (_hasBegun)
        {
            return;
        }

        _hasBegun = true;
        if (_isStarted)
        {
            _ = StopAsync();
        }
        else
        {
            // What a signal does to a host that still starts.
            _world.MarkStopping();
            _lifetime.StopApplication();
        }
    }

    public void OnStartFailed(Exception exception)
    {
        var isExpected = exception is LateException or OperationCanceledException || (exception is OptionsValidationException && _world.Plan.IsInvalid);
        _world.Verdict.Require(isExpected, "P13", $"the start failed with {exception.GetType().Name}: {exception.Message}");
        _world.Verdict.Require(
            exception is not OptionsValidationException || (exception.Message.Contains("Late:Simulation:MailboxCapacity", StringComparison.Ordinal) && exception.Message.Contains("ConnectTimeot", StringComparison.Ordinal)),
            "P13",
            $"the start's failure does not name every wrong setting: {exception.Message}");
        _hasBegun = true;
        _ = StopAsync();
    }

    /// <summary>A server that plays by the rules saw a close frame.</summary>
    public void CheckClose(bool hasFailedStart)
    {
        foreach (var (subject, session) in hasFailedStart ? [] : _expectedCloses)
        {
            // A server that is silent while the close is held is gone for the keep-alive: it gets no close frame.
            var isGone = subject.Closings.IsHeld && session.ClientCloseCode is null;
            subject.Verdict.Require(
                session.HasInterfered || session.ClientCloseCode == subject.Closings.CloseCode || subject.Logs.Count(35) > 0 || isGone, "P9", $"session {session.Number} ended with close code {session.ClientCloseCode}, and nothing stood in its way");
        }
    }

    private async Task StopAsync()
    {
        var (began, limit) = (_world.Time.Elapsed, _world.Plan.ShutdownLimit);
        _world.MarkStopping();
        ExpectCloses(limit);
        _world.Trace.Write($"the host stops, within {limit}");
        using var clock = new CancellationTokenSource(limit, _world.Time);
        try
        {
            await _host.StopAsync(clock.Token);
        }
        catch (OperationCanceledException)
        {
        }

        var took = _world.Time.Elapsed - began;
        _world.Trace.Write($"the host has stopped after {took}");
        _world.Verdict.Require(took <= limit + _world.Time.Slack, "P9", $"the stop took {took}, longer than {limit}");
        IsDone = true;
    }

    private void ExpectCloses(TimeSpan limit)
    {
        foreach (var subject in _world.Subjects.All)
        {
            if (subject is { Life.Running: null, Session: { } session, Client.State: LateConnectionState.Ready }
                && session.IsCooperative
                && session.Wire is { BlockedSince: null, IsDisposed: false }
                && session.ClientClosedAt is null
                && !session.IsGone
                && limit > TimeSpan.FromMilliseconds(1))
            {
                _expectedCloses.Add((subject, session));
            }
        }
    }
}
