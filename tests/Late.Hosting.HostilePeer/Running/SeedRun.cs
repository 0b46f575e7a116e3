using Late.Hosting.HostilePeer.Client;
using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Peer;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Running;

/// <summary>Runs one script, and judges it.</summary>
internal sealed class SeedRun
{
    private const int StopTokenMilliseconds = 300;
    private const int MidwayTicks = 30;
    private const int SettledTicks = 10;
    private const int GatedTicks = 20;
    private const int MostTicks = 1500;

    // A slow handler may have minutes of work in the buffers of its socket: its end is not waited for.
    private const int BacklogTicks = 120;

    private readonly Facts _facts;
    private readonly SecretWatch _watch;
    private readonly PeerServer _server;
    private readonly ClientHost _host;
    private readonly Callers _callers;
    private readonly MemoryWatch _memory;
    private readonly SessionWatch _sessions;
    private int _frames;
    private long _framesAt;

    private SeedRun(Facts facts)
    {
        _facts = facts;
        _memory = new MemoryWatch(facts);
        _watch = new SecretWatch(facts);
        _server = new PeerServer(facts);
        _host = new ClientHost(facts, _watch, _server.Port);
        _callers = new Callers(facts, _watch, _host.Client);
        _sessions = new SessionWatch(facts);
    }

    private Script Script => _facts.Script;

    /// <summary>Runs a script; false where the client still hangs, and this process is of no more use.</summary>
    public static async Task<bool> RunAsync(Facts facts)
    {
        var run = new SeedRun(facts);
        var isClean = await run.RunAsync();
        run._server.Dispose();
        run._watch.Dispose();
        return isClean;
    }

    private async Task<bool> RunAsync()
    {
        _facts.Requests.Start();
        _ = WatchStatesAsync();
        var started = await StartAsync();
        var calling = _callers.RunAsync();
        if (started)
        {
            await MeetAsync();
        }

        var isClean = await EndAsync();
        _callers.End();
        _facts.Gate.Open();
        if (!await Control.EndsAsync(calling, 3 * Control.Slack))
        {
            _facts.Break("P5", "a caller still waits after the end of the host");
            isClean = false;
        }

        EndCheck.Check(_facts, _watch);
        return isClean;
    }

    private async Task<bool> StartAsync()
    {
        try
        {
            var starting = _host.Application.StartAsync();
            if (!await Control.EndsAsync(starting, Control.Ticks(Script.Client.ConnectTimeout + Script.Client.ReadyTimeout) + (2 * Control.Slack)))
            {
                _facts.Break("P9", "the start of the host has not ended");
                return false;
            }

            await starting;
            return true;
        }
        catch (Exception exception)
        {
            _facts.Record($"host: the start failed: {exception.Message}");
            _watch.Check(exception);
            _facts.Require(Script.Client.FailFast && exception is LateException, "P9", $"the start of the host failed with {exception.GetType().Name}: {exception.Message}");
            _facts.IsCut = true;
            return false;
        }
    }

    /// <summary>Lets the peer play its attempts, until nothing more is to come.</summary>
    private async Task MeetAsync()
    {
        var begun = Control.Now;
        for (; !IsDone(begun); await Control.WaitAsync(1))
        {
            _sessions.Look();
            _memory.Look();
            if (_facts.Gate.IsClosedAndReached && !KeepsGate && Control.Now - _facts.Gate.ReachedAt > Control.Ticks(Script.Client.CallTimeout) + GatedTicks)
            {
                _facts.Record("the gate opens");
                _facts.Gate.Open();
            }

            if (_facts.Life.Frames is var frames && frames != _frames)
            {
                (_frames, _framesAt) = (frames, Control.Now);
                _facts.Progress();
            }

            if (EndCheck.Expectation(_facts) == FaultExpectation.Must && Control.Now - Math.Max(begun, _facts.Life.BegunAt) > MostTicksWithoutProgress)
            {
                _facts.Break("P10", "a permanent refusal has not ended the attempts");
                return;
            }

            if (Control.Now - _facts.ProgressAt > MostTicksWithoutProgress || Control.Now - begun > MostTicks)
            {
                // A slow handler that has much before it is not done, and has not stopped either.
                _facts.Require(
                    Control.Now - _framesAt < Control.Slack,
                    "P10",
                    $"the script does not come to its end: the connection is {_host.Client.State}, {_server.Taken} of {Script.Attempts.Count} attempts were played");
                return;
            }
        }
    }

    // Some ends come while the handler is still kept from going on.
    private bool KeepsGate => Script.StopsMidway && Script.Seed % 2 == 0;

    private long MostTicksWithoutProgress => (3 * Control.Slack) + Control.Ticks(
        Script.Client.ConnectTimeout + Script.Client.ReadyTimeout + (3 * Script.Client.CloseTimeout) + Script.Client.CallTimeout + Script.Client.SendTimeout
        + (Script.Client.KeepAlive <= 2000 ? 2 * Script.Client.KeepAlive : 0) + (int)DrawnRefusals.LaterBy.TotalMilliseconds + (10 * Script.Client.MaxDelay));

    private bool IsDone(long begun)
    {
        if (_facts.IsHopeless || (Script.StopsMidway && Control.Now - begun > MidwayTicks))
        {
            return true;
        }

        if (_host.Client.State == LateConnectionState.Faulted)
        {
            _facts.Require(EndCheck.Expectation(_facts) != FaultExpectation.MustNot, "P10", $"the connection has faulted: {_host.Client.Status.Reason}");
            return true;
        }

        if (EndCheck.Expectation(_facts) == FaultExpectation.Must)
        {
            // It faults soon, or nothing happens any more.
            _facts.Require(!_facts.HadSession || _facts.WasReady, "P10", "a permanent refusal was followed by another attempt");
            return false;
        }

        if (!_server.IsDone || _facts.Sessions is not [.., { IsOver: false } last])
        {
            return false;
        }

        var ticks = Control.Now - last.StepAt;
        var isServed = last.Beats > last.BeatsBefore + 1 && (_facts.Calls.Ended > last.CallsBefore || !Script.Callers.Calls);
        return last.Step switch
        {
            { Kind: StepKind.Flood, ToTheEnd: true } => (isServed || _facts.Gate.IsClosedAndReached) && ticks > SettledTicks + 4 && (!_facts.Gate.IsClosedAndReached || KeepsGate),
            { Kind: StepKind.Hold } => isServed && ticks > SettledTicks,
            { Kind: not StepKind.Flood and not StepKind.AwaitReady } => Control.Now - _framesAt < SettledTicks && ticks > BacklogTicks,
            _ => false,
        };
    }

    /// <summary>Ends the client; false where it does not end.</summary>
    private async Task<bool> EndAsync()
    {
        (_facts.IsEnding, _facts.IsCut) = (true, _facts.IsCut || _host.Client.State != LateConnectionState.Ready);
        _facts.Record($"host: {Script.Ending}, while the connection is {_host.Client.State}");
        if (Script.Ending == Ending.StopItself)
        {
            // The handler's next timer does it. Where there is no session nothing does.
            await Control.ComesAsync(() => _facts.Life.IsTerminated, Control.Ticks(3 * Script.Client.CloseTimeout) + SettledTicks);
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(Script.Ending == Ending.StopInTime ? StopTokenMilliseconds : 60_000), TimeProvider.System);
        if (Script.Ending == Ending.StopNow)
        {
            await limit.CancelAsync();
        }

        var ending = Script.Ending == Ending.Dispose ? Task.CompletedTask : Task.Run(() => _host.Application.StopAsync(limit.Token));
        var bound = Script.Ending is Ending.Stop or Ending.Dispose or Ending.StopItself ? (3 * Script.Client.CloseTimeout) + 2000 : StopTokenMilliseconds;
        var hasEnded = await EndsAsync(ending, Control.Ticks(bound), "StopAsync");

        // Disposing the host waits for nothing: what it has not stopped ends behind it.
        hasEnded &= await EndsAsync(Task.Run(_host.Application.Dispose), Control.Ticks(bound), "Dispose");
        if (Script.Ending == Ending.Dispose)
        {
            // No limit ends a callback after a disposal.
            _facts.Gate.Open();
        }

        if (hasEnded && !await Control.ComesAsync(() => _facts.Life.IsTerminated || _facts.Life.Lives == 0 || _facts.WasAbandoned, Control.Ticks((3 * Script.Client.CloseTimeout) + 2000) + Control.Slack))
        {
            _facts.Break("P3", $"HandleTerminate has not run after {Script.Ending}");
        }

        _facts.Record("host: ended");
        return hasEnded;
    }

    private async Task<bool> EndsAsync(Task ending, long ticks, string what)
    {
        if (!await Control.EndsAsync(ending, ticks + Control.Slack))
        {
            _facts.Break("P9", $"{what} has not ended ({Script.Ending})");
            return false;
        }

        try
        {
            await ending;
        }
        catch (Exception exception)
        {
            _watch.Check(exception);
            _facts.Require(exception is OperationCanceledException && Script.Ending is Ending.StopNow or Ending.StopInTime, "P9", $"{what} failed with {exception.GetType().Name}: {exception.Message}");
        }

        return true;
    }

    private async Task WatchStatesAsync()
    {
        await foreach (var status in _host.Client.WatchAsync())
        {
            // A life may have begun since.
            _facts.WasReady |= status.State == LateConnectionState.Ready && status.Since >= _facts.Life.BegunOn;
            _watch.CheckText("a status", status.Reason);
            _watch.Check(status.Exception);
            _facts.Progress();
        }
    }
}
