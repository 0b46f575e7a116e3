using Late.Hosting.Leases;

namespace Late.Hosting.Simulation.Leases;

/// <summary>A host's way to the store: requests and answers take their time, are lost, or do not get through.</summary>
internal sealed class StoreLine(LeaseWorld world, OwnerHost host) : ILateLeaseStore
{
    /// <summary>Nothing gets through.</summary>
    public bool IsCut { get; set; }

    /// <summary>Since when requests are answered; those that came before may not be.</summary>
    public TimeSpan WorksSince { get; private set; }

    /// <summary>Requests do not get through, or did not until now.</summary>
    public void Disturb() => WorksSince = world.Time.Elapsed;

    public async ValueTask<LateLeaseAnswer> TryAcquireAsync(string name, string owner, TimeSpan ttl, CancellationToken cancellationToken)
    {
        var began = host.Ownership.Now;
        var answer = await AskAsync(() => world.Store.TryAcquire(host, owner, ttl), cancellationToken, _ => world.Moments.OnAcquireAnswered(host));
        if (answer.Token is { } granted && !cancellationToken.IsCancellationRequested)
        {
            // What comes too late is no owner's: nothing is written in its term.
            host.Ownership.OnGranted(granted, began);
        }

        if (answer.Left is not null && world.Plan.StoreLies && world.Dice.Chance(50))
        {
            return LateLeaseAnswer.Refused(WrongLeft(ttl));
        }

        return answer;
    }

    public async ValueTask<bool> TryRenewAsync(string name, long token, TimeSpan ttl, CancellationToken cancellationToken)
    {
        var began = host.Ownership.Now;
        var isRenewed = await AskAsync(() => world.Store.TryRenew(token, ttl), cancellationToken, OnRenewalAnswered);
        if (isRenewed && world.Plan.StoreLies && world.Dice.Chance(10))
        {
            world.Trace.Write($"{host.Name}: the store refuses a renewal that it has made");
            return false;
        }

        if (isRenewed)
        {
            host.Ownership.OnGranted(token, began);
        }

        return isRenewed;

        void OnRenewalAnswered(bool isRenewed)
        {
            if (!isRenewed)
            {
                world.Moments.OnRenewalRefused(host);
            }
        }
    }

    /// <summary>True while a release is not answered: the host asks for no lease before that.</summary>
    public bool IsReleasing { get; private set; }

    public async ValueTask ReleaseAsync(string name, long token, CancellationToken cancellationToken)
    {
        host.Ownership.OnReleasing(token);
        IsReleasing = true;
        try
        {
            await AskAsync(
                () =>
                {
                    world.Store.Release(host, token);
                    return true;
                },
                cancellationToken);
        }
        finally
        {
            IsReleasing = false;
        }
    }

    private Task<T> AskAsync<T>(Func<T> carryOut, CancellationToken cancellationToken, Action<T>? onAnswered = null)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var (isSent, isAnswered, heedsToken) = (true, true, world.Dice.Chance(50));
        var (there, back) = (Latency(), Latency());
        if (world.Dice.Chance(world.Plan.StoreTroublePercent))
        {
            // Lost on its way, or the answer is, or one of both takes longer than it is awaited.
            Disturb();
            (isSent, isAnswered) = world.Dice.Below(4) switch
            {
                0 => (false, false),
                1 => (true, false),
                _ => (true, true),
            };
            there += world.Dice.Chance(50) ? world.Dice.Time(1, (int)world.Plan.Ttl.TotalMilliseconds) : TimeSpan.Zero;
            back += world.Dice.Chance(50) ? world.Dice.Time(1, (int)world.Plan.Ttl.TotalMilliseconds) : TimeSpan.Zero;
        }

        if (heedsToken)
        {
            cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<T>)state!).TrySetCanceled(token), answer);
        }

        world.Time.After(there, () =>
        {
            if (IsCut || world.Store.IsAway || !isSent)
            {
                Fail(answer);
                return;
            }

            var value = carryOut();
            world.Time.After(back, () =>
            {
                if (IsCut || !isAnswered)
                {
                    Fail(answer);
                }
                else
                {
                    host.Process.Deliver(() =>
                    {
                        answer.TrySetResult(value);
                        onAnswered?.Invoke(value);
                    });
                }
            });
        });
        return answer.Task;
    }

    // A store that does not know when a lease ends, or counts wrongly.
    private TimeSpan? WrongLeft(TimeSpan ttl) => world.Dice.Below(8) switch
    {
        0 => TimeSpan.MinValue,
        1 => TimeSpan.MaxValue,
        2 => -world.Dice.Time(0, (int)ttl.TotalMilliseconds),
        < 6 => null,
        _ => world.Dice.Time(0, (int)ttl.TotalMilliseconds),
    };

    // A store that is away refuses, or there is never an answer.
    private void Fail<T>(TaskCompletionSource<T> answer)
    {
        Disturb();
        if (world.Dice.Chance(60))
        {
            host.Process.Deliver(() => answer.TrySetException(new IOException("The simulated store could not be asked.")));
        }
    }

    private TimeSpan Latency() => world.Dice.Time(1, Math.Max(1, (int)world.Plan.StoreLatency.TotalMilliseconds));
}
