using System.Globalization;

namespace Late.Hosting.Tests.Connection.Calls.Load;

/// <summary>All calls, as the server and their callers know them, and what was wrong with them.</summary>
internal sealed class LoadModel
{
    // Timers count in milliseconds.
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly List<LoadedCall> _calls = [];
    private readonly List<string> _faults = [];

    public LoadLimits Limits { get; private set; } = new(1, null, TimeSpan.FromSeconds(20));

    public IReadOnlyList<LoadedCall> All => _calls;

    /// <summary>How often a call reached the server after a limit had been lowered below what was outstanding.</summary>
    public int Lowered { get; private set; }

    public LoadedCall Begin(string request, DateTimeOffset now)
    {
        lock (_gate)
        {
            var call = new LoadedCall(_calls.Count, request, now, Limits);
            _calls.Add(call);
            return call;
        }
    }

    /// <summary>A reload is about to change the limits: calls that began without one count against it.</summary>
    public void Change(LoadLimits limits, DateTimeOffset now)
    {
        lock (_gate)
        {
            Limits = limits;
            Lowered += Outstanding(now).Length > limits.All ? 1 : 0;
            foreach (var call in _calls.Where(call => call.IsWaiting(now) || call.IsOutstanding(now)))
            {
                call.IsLimited |= limits.Limit(call.Request);
            }
        }
    }

    /// <summary>The session is about to be dropped.</summary>
    public void Drop(DateTimeOffset now)
    {
        lock (_gate)
        {
            foreach (var call in Outstanding(now))
            {
                call.IsLost = true;
            }
        }
    }

    /// <summary>The server has received a question.</summary>
    public void Receive(string text, DateTimeOffset now)
    {
        lock (_gate)
        {
            var words = text.Split(' ');
            var call = _calls[int.Parse(words[1], CultureInfo.InvariantCulture)];
            Require(call.IsWaiting(now), $"call {call.Number} reaches the server, and has ended or is there");
            call.Deliver(words[0], now);
            var outstanding = Outstanding(now);
            var charges = outstanding.Count(static other => other.Request == nameof(Charge));
            Require(!Limits.AreExceeded(call.Request, outstanding.Length, charges), $"{outstanding.Length} calls are outstanding, {charges} of them charges, and the limits are {Limits}");
        }
    }

    /// <summary>The calls on which the server works.</summary>
    public LoadedCall[] Outstanding(DateTimeOffset now) => [.. _calls.Where(call => call.IsOutstanding(now))];

    /// <summary>With nothing else to do, no call waits for a slot while one is free.</summary>
    public void Check(bool isReady, DateTimeOffset now)
    {
        lock (_gate)
        {
            var outstanding = Outstanding(now - s_tick);
            var charges = outstanding.Count(static call => call.Request == nameof(Charge));
            foreach (var call in isReady ? _calls.Where(call => call.IsWaiting(now)) : [])
            {
                Require(Limits.AreTaken(call.Request, outstanding.Length, charges), $"call {call.Number} waits, {outstanding.Length} calls are outstanding, {charges} of them charges, and the limits are {Limits}");
            }

            Assert.Equal("", string.Join("; ", _faults));
        }
    }

    /// <summary>All time has passed: each call has ended as the server and its caller have decided.</summary>
    /// <returns>How each has.</returns>
    public async Task<List<string>> EndAsync()
    {
        List<string> ends = [];
        foreach (var call in _calls)
        {
            Assert.True(call.Task.IsCompleted, $"call {call.Number} has not ended");
            ends.Add(await EndOfAsync(call));
        }

        return ends;
    }

    private static async Task<string> EndOfAsync(LoadedCall call)
    {
        try
        {
            Assert.Equal(call.Number, await call.Task);
            Assert.True(call.IsAnswered);
            return "replied";
        }
        catch (OperationCanceledException)
        {
            Assert.NotNull(call.CanceledAt);
            return "canceled";
        }
        catch (LateCallTimeoutException error)
        {
            Assert.Equal(call.Id is null ? LateDelivery.NotDelivered : LateDelivery.Unknown, error.Delivery);
            return $"timed out {error.Delivery}";
        }
        catch (LateDisconnectedException error)
        {
            Assert.Equal((true, LateDelivery.Unknown), (call.IsLost, error.Delivery));
            return "lost";
        }
    }

    private void Require(bool isSo, string fault)
    {
        if (!isSo)
        {
            _faults.Add(fault);
        }
    }
}
