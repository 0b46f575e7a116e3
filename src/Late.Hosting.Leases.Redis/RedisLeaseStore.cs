using StackExchange.Redis;

namespace Late.Hosting.Leases.Redis;

/// <summary>Leases as keys that expire. Each request is a script, which Redis runs in one step and by its own clock.</summary>
internal sealed class RedisLeaseStore(IRedisConnection connection) : ILateLeaseStore, IAsyncDisposable
{
    // The value is "token:owner". The token is counted in a key that does not expire. The answer is the token, or 0 and the milliseconds that are left of another owner's.
    private const string Acquire = """
        local held = redis.call('GET', KEYS[1])
        if held then
            local same, owner = string.match(held, '^(%d+):(.*)$')
            if owner ~= ARGV[1] then return {0, redis.call('PTTL', KEYS[1])} end
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
            return {tonumber(same), 0}
        end
        local token = redis.call('INCR', KEYS[2])
        redis.call('SET', KEYS[1], token .. ':' .. ARGV[1], 'PX', ARGV[2])
        return {token, 0}
        """;

    private const string Renew = """
        local held = redis.call('GET', KEYS[1])
        if not held or string.match(held, '^%d+') ~= ARGV[1] then return false end
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return 1
        """;

    private const string Release = """
        local held = redis.call('GET', KEYS[1])
        if not held or string.match(held, '^%d+') ~= ARGV[1] then return false end
        return redis.call('DEL', KEYS[1])
        """;

    public async ValueTask<LateLeaseAnswer> TryAcquireAsync(string name, string owner, TimeSpan ttl, CancellationToken cancellationToken)
    {
        var answer = (long[]?)await RunAsync(Acquire, [LeaseOf(name), $"late:token:{{{name}}}"], [owner, Milliseconds(ttl)], cancellationToken).ConfigureAwait(false);
        return answer is [> 0 and var token, _] ? LateLeaseAnswer.Granted(token) : LateLeaseAnswer.Refused(answer is [_, >= 0 and var left] ? TimeSpan.FromMilliseconds(left) : null);
    }

    public async ValueTask<bool> TryRenewAsync(string name, long token, TimeSpan ttl, CancellationToken cancellationToken) =>
        !(await RunAsync(Renew, [LeaseOf(name)], [token, Milliseconds(ttl)], cancellationToken).ConfigureAwait(false)).IsNull;

    public async ValueTask ReleaseAsync(string name, long token, CancellationToken cancellationToken) =>
        await RunAsync(Release, [LeaseOf(name)], [token], cancellationToken).ConfigureAwait(false);

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task<RedisResult> RunAsync(string script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken)
    {
        var database = await connection.GetDatabaseAsync().WaitAsync(cancellationToken).ConfigureAwait(false);

        // What was sent is carried out, whether it is awaited or not: its answer states what was granted.
        return await database.ScriptEvaluateAsync(script, keys, values, CommandFlags.DemandMaster).ConfigureAwait(false);
    }

    // The braces: a cluster keeps both keys in one place.
    private static RedisKey LeaseOf(string name) => $"late:lease:{{{name}}}";

    private static long Milliseconds(TimeSpan time) => (long)Math.Ceiling(time.TotalMilliseconds);
}
