using System.Diagnostics;
using System.Globalization;
using Late.Hosting.LeaseProcess;

namespace Late.Hosting.Leases.Tests.Processes;

/// <summary>A process of its own, which writes down what happens in it.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<Record> _records = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Child(params string[] arguments)
    {
        var program = Path.ChangeExtension(typeof(OwnerSettings).Assembly.Location, null);
        _process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What was written by now.</summary>
    public IReadOnlyList<Record> Records
    {
        get
        {
            lock (_gate)
            {
                return [.. _records];
            }
        }
    }

    public static Child Server() => new("server");

    public static Child Owner(OwnerSettings settings) => new("owner", settings.ToString());

    /// <summary>Waits for a record.</summary>
    /// <param name="isWanted">Which one.</param>
    /// <param name="after">A time that it has to come after.</param>
    public async Task<Record> WaitAsync(Func<Record, bool> isWanted, long after = 0)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_records.Find(record => record.At > after && isWanted(record)) is { } found)
                {
                    return found;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(Token);
        }
    }

    /// <summary>Waits until the connection of an owner is in a state.</summary>
    public Task<Record> StateAsync(string state, long after = 0) => WaitAsync(record => record.Is("state", state), after);

    /// <summary>Sends a signal to the process.</summary>
    /// <returns>When.</returns>
    public long Signal(string name)
    {
        var at = Stopwatch.GetTimestamp();
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        return at;
    }

    public Task ExitAsync() => _process.WaitForExitAsync(Token);

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private void Note(string? line)
    {
        if (line?.Split('\t') is not [var at, var what, .. var words])
        {
            return;
        }

        TaskCompletionSource changed;
        lock (_gate)
        {
            _records.Add(new Record(long.Parse(at, CultureInfo.InvariantCulture), what, words));
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }
}
