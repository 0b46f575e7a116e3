using System.Threading.Channels;

namespace Late.Hosting.Leases.Tests.Support;

/// <summary>A store in memory, on a test's clock. It answers as a store should, or as the test has it: late, wrongly, with an exception, or not at all.</summary>
internal sealed class MemoryStore(TimeProvider time) : ILateLeaseStore
{
    private readonly Lock _gate = new();
    private readonly Channel<StoreRequest> _requests = Channel.CreateUnbounded<StoreRequest>();
    private readonly Dictionary<string, (string Owner, long Token, DateTimeOffset Until)> _leases = [];

    /// <summary>Runs before each request is carried out; a task that does not complete is a store that hangs.</summary>
    public Func<StoreRequest, CancellationToken, Task> Before { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>Answers renewals in place of the store; null for the store itself.</summary>
    public Func<StoreRequest, bool?> Renewing { get; set; } = static _ => null;

    /// <summary>What it answers of the rest of another owner's lease; by default nothing, as a store that does not know it.</summary>
    public Func<TimeSpan, TimeSpan?> LeftOf { get; set; } = static _ => null;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The next request that was carried out.</summary>
    public async Task<StoreRequest> NextAsync() => await _requests.Reader.ReadAsync(Token);

    /// <summary>Waits for the next request of a kind.</summary>
    public async Task<StoreRequest> NextAsync(string operation)
    {
        while (true)
        {
            if (await NextAsync() is var request && request.Operation == operation)
            {
                return request;
            }
        }
    }

    /// <summary>Another owner has the lease, until it is released or ends.</summary>
    public long Grant(string name, TimeSpan ttl)
    {
        lock (_gate)
        {
            var token = TokenOf(name) + 1;
            _leases[name] = ("another", token, time.GetUtcNow() + ttl);
            return token;
        }
    }

    /// <summary>The token of the lease that is held; null where none is.</summary>
    public long? Held(string name)
    {
        lock (_gate)
        {
            return _leases.TryGetValue(name, out var lease) && lease.Until > time.GetUtcNow() ? lease.Token : null;
        }
    }

    public void Free(string name)
    {
        lock (_gate)
        {
            _leases[name] = ("", TokenOf(name), DateTimeOffset.MinValue);
        }
    }

    public async ValueTask<LateLeaseAnswer> TryAcquireAsync(string name, string owner, TimeSpan ttl, CancellationToken cancellationToken)
    {
        var request = new StoreRequest("Acquire", name, owner, 0);
        await Before(request, cancellationToken);
        lock (_gate)
        {
            _requests.Writer.TryWrite(request);
            var isHeld = _leases.TryGetValue(name, out var lease) && lease.Until > time.GetUtcNow();
            if (isHeld && lease.Owner != owner)
            {
                return LateLeaseAnswer.Refused(LeftOf(lease.Until - time.GetUtcNow()));
            }

            var token = isHeld ? lease.Token : TokenOf(name) + 1;
            _leases[name] = (owner, token, time.GetUtcNow() + ttl);
            return LateLeaseAnswer.Granted(token);
        }
    }

    public async ValueTask<bool> TryRenewAsync(string name, long token, TimeSpan ttl, CancellationToken cancellationToken)
    {
        var request = new StoreRequest("Renew", name, "", token);
        await Before(request, cancellationToken);
        lock (_gate)
        {
            _requests.Writer.TryWrite(request);
            if (Renewing(request) is { } answer)
            {
                return answer;
            }

            if (!_leases.TryGetValue(name, out var lease) || lease.Token != token || lease.Until <= time.GetUtcNow())
            {
                return false;
            }

            _leases[name] = lease with { Until = time.GetUtcNow() + ttl };
            return true;
        }
    }

    public async ValueTask ReleaseAsync(string name, long token, CancellationToken cancellationToken)
    {
        var request = new StoreRequest("Release", name, "", token);
        await Before(request, cancellationToken);
        lock (_gate)
        {
            if (_leases.TryGetValue(name, out var lease) && lease.Token == token)
            {
                _leases[name] = lease with { Until = DateTimeOffset.MinValue };
            }

            _requests.Writer.TryWrite(request);
        }
    }

    private long TokenOf(string name) => _leases.TryGetValue(name, out var lease) ? lease.Token : 0;
}
