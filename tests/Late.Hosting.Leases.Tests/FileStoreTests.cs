using Late.Hosting.Leases.Files;

namespace Late.Hosting.Leases.Tests;

/// <summary>The store in files: two of them are two processes, which the operating system does not distinguish from two open files.</summary>
public sealed class FileStoreTests : IDisposable
{
    private static readonly TimeSpan s_ttl = TimeSpan.FromSeconds(15);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"late-leases-{Guid.NewGuid():N}");
    private readonly FileLeaseStore _one;
    private readonly FileLeaseStore _other;

    public FileStoreTests() => (_one, _other) = (new FileLeaseStore(_folder), new FileLeaseStore(_folder));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_lease_has_one_owner_and_each_has_a_greater_token()
    {
        Assert.Equal(LateLeaseAnswer.Granted(1), await _one.TryAcquireAsync("feed", "a", s_ttl, Token));
        Assert.Equal(LateLeaseAnswer.Refused(), await _other.TryAcquireAsync("feed", "b", s_ttl, Token));
        Assert.True(await _one.TryRenewAsync("feed", 1, s_ttl, Token));
        Assert.False(await _other.TryRenewAsync("feed", 1, s_ttl, Token));

        await _one.ReleaseAsync("feed", 1, Token);
        Assert.False(await _one.TryRenewAsync("feed", 1, s_ttl, Token));
        Assert.Equal(LateLeaseAnswer.Granted(2), await _other.TryAcquireAsync("feed", "b", s_ttl, Token));
        Assert.Equal(LateLeaseAnswer.Refused(), await _one.TryAcquireAsync("feed", "a", s_ttl, Token));
    }

    [Fact]
    public async Task Two_connections_of_one_process_exclude_each_other_and_the_same_one_may_ask_again()
    {
        Assert.Equal(LateLeaseAnswer.Granted(1), await _one.TryAcquireAsync("feed", "a", s_ttl, Token));
        Assert.Equal(LateLeaseAnswer.Refused(), await _one.TryAcquireAsync("feed", "b", s_ttl, Token));
        Assert.Equal(LateLeaseAnswer.Granted(1), await _one.TryAcquireAsync("feed", "a", s_ttl, Token));
        Assert.True(await _one.TryRenewAsync("feed", 1, s_ttl, Token));

        // What was granted before is not what is held.
        await _one.ReleaseAsync("feed", 1, Token);
        Assert.Equal(LateLeaseAnswer.Granted(2), await _one.TryAcquireAsync("feed", "c", s_ttl, Token));
        await _one.ReleaseAsync("feed", 1, Token);
        Assert.True(await _one.TryRenewAsync("feed", 2, s_ttl, Token));
    }

    [Fact]
    public async Task Names_are_names_and_no_paths()
    {
        Assert.Equal(LateLeaseAnswer.Granted(1), await _one.TryAcquireAsync("devices/../../7", "a", s_ttl, Token));
        Assert.Equal(LateLeaseAnswer.Granted(1), await _one.TryAcquireAsync("devices/8", "a", s_ttl, Token));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact] // Another process may have locked a new file by then.
    public async Task A_lease_whose_file_was_deleted_is_lost()
    {
        Assert.Equal(LateLeaseAnswer.Granted(1), await _one.TryAcquireAsync("feed", "a", s_ttl, Token));
        File.Delete(Directory.GetFiles(_folder).Single());
        Assert.False(await _one.TryRenewAsync("feed", 1, s_ttl, Token));
    }

    [Fact]
    public async Task P21_A_lease_whose_file_was_deleted_is_lost_also_where_another_process_has_made_one()
    {
        Assert.Equal(LateLeaseAnswer.Granted(1), await _one.TryAcquireAsync("feed", "a", s_ttl, Token));
        var file = Directory.GetFiles(_folder).Single();
        File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.True(await _one.TryRenewAsync("feed", 1, s_ttl, Token));

        File.Delete(file);
        Assert.Equal(LateLeaseAnswer.Granted(1), await _other.TryAcquireAsync("feed", "b", s_ttl, Token));
        Assert.False(await _one.TryRenewAsync("feed", 1, s_ttl, Token));
        Assert.True(await _other.TryRenewAsync("feed", 1, s_ttl, Token));
    }

    [Fact]
    public async Task A_file_that_is_no_lease_is_reported()
    {
        Directory.CreateDirectory(_folder);
        await File.WriteAllTextAsync(Path.Combine(_folder, "feed.lease"), "something", Token);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => _one.TryAcquireAsync("feed", "a", s_ttl, Token).AsTask());
        Assert.Contains("it holds no token", error.Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(_folder, "feed.lease"));
        Assert.Equal(LateLeaseAnswer.Granted(1), await _one.TryAcquireAsync("feed", "a", s_ttl, Token));
    }
}
