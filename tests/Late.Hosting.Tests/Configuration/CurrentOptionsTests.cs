using Late.Hosting.Configuration;

namespace Late.Hosting.Tests.Configuration;

/// <summary>Whatever happens at the same time, the options that stay are those that were read last.</summary>
public sealed class CurrentOptionsTests
{
    private readonly OptionsReload<LateConnectionOptions> _first = new();
    private readonly OptionsReload<LateConnectionOptions> _second = new();
    private readonly List<(int Before, int After)> _changes = [];
    private int _configured = 1;

    [Fact]
    public void A_reload_while_another_reads_is_read_after_it_and_no_change_is_lost()
    {
        var reads = 0;
        using var options = Open(() =>
        {
            var read = new LateConnectionOptions { MailboxCapacity = _configured };
            if (++reads == 2)
            {
                _configured = 3;
                _second.Run();
            }

            return read;
        });
        Assert.Equal(1, options.Value.MailboxCapacity);
        _configured = 2;
        _first.Run();

        Assert.Equal(3, options.Value.MailboxCapacity);
        Assert.Equal([(1, 2), (2, 3)], _changes);
    }

    [Fact]
    public void A_reload_while_the_options_are_first_made_is_not_replaced_by_what_was_read_before_it()
    {
        var reads = 0;
        using var options = Open(() =>
        {
            var read = new LateConnectionOptions { MailboxCapacity = _configured };
            if (++reads == 1)
            {
                _configured = 2;
                _first.Run();
            }

            return read;
        });

        Assert.Equal(2, options.Value.MailboxCapacity);
        Assert.Empty(_changes);
    }

    [Fact] // A file watcher could do nothing with an exception, and the next reload counts again.
    public void A_reload_that_is_refused_changes_nothing_and_the_next_one_is_read()
    {
        var refused = new List<(Exception Why, LateConnectionOptions? Stays)>();
        using var options = new CurrentOptions<LateConnectionOptions>(
            () => _configured > 0 ? new LateConnectionOptions { MailboxCapacity = _configured } : throw new InvalidOperationException("No."),
            [_first],
            (why, stays) => refused.Add((why, stays)));
        var before = options.Value;
        _configured = 0;
        _first.Run();
        Assert.Same(before, options.Value);
        Assert.Same(before, Assert.Single(refused).Stays);

        _configured = 2;
        _first.Run();
        Assert.Equal(2, options.Value.MailboxCapacity);
    }

    [Fact]
    public void A_watcher_that_throws_stops_no_later_reload()
    {
        using var options = Open(() => new LateConnectionOptions { MailboxCapacity = _configured });
        _ = options.Value;
        options.Changed += static (_, after) => throw new InvalidOperationException($"{after.MailboxCapacity}");
        _configured = 2;
        Assert.ThrowsAny<Exception>(_first.Run);
        _configured = 3;
        Assert.ThrowsAny<Exception>(_first.Run);

        Assert.Equal(3, options.Value.MailboxCapacity);
    }

    private CurrentOptions<LateConnectionOptions> Open(Func<LateConnectionOptions> create)
    {
        var options = new CurrentOptions<LateConnectionOptions>(create, [_first, _second], static (why, _) => Assert.Fail(why.ToString()));
        options.Changed += (before, after) => _changes.Add((before.MailboxCapacity, after.MailboxCapacity));
        return options;
    }
}
