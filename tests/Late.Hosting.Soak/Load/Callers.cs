namespace Late.Hosting.Soak.Load;

/// <summary>Calls one connection, a few calls every few milliseconds; some are cancelled by their caller, some would not wait for a session.</summary>
internal sealed class Callers(ILateClient<SoakHandler> client, Counters counters)
{
    private const int CallsPerTick = 4;

    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(5);

    private int _number;

    public async Task RunAsync(CancellationToken ended)
    {
        using var clock = new PeriodicTimer(s_period, TimeProvider.System);
        try
        {
            while (await clock.WaitForNextTickAsync(ended))
            {
                await Task.WhenAll(Enumerable.Range(0, CallsPerTick).Select(_ => CallAsync(++_number)));
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // All calls of the last tick have ended.
        }
    }

    private async Task CallAsync(int number)
    {
        using var caller = new CancellationTokenSource();
        var options = new LateCallOptions { WhenNotReady = number % 20 == 0 ? LateWhenNotReady.Fail : LateWhenNotReady.Wait };
        try
        {
            var call = client.CallAsync(new Ask(number), options, caller.Token);
            if (number % 50 == 0)
            {
                await caller.CancelAsync();
            }

            if (await call != number)
            {
                throw new InvalidOperationException($"Call {number} got the reply of another.");
            }

            counters.AddAnswer();
        }
        catch (Exception exception) when (exception is LateException or TimeoutException or OperationCanceledException)
        {
            counters.AddFailure();
        }
    }
}
