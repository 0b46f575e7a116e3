using CsCheck;
using Late.Hosting.Connection;
using Microsoft.Extensions.Time.Testing;

namespace Late.Hosting.Tests.Connection;

/// <summary>The arithmetic of the send limit.</summary>
public sealed class SendWindowTests
{
    [Fact]
    public void A_frame_waits_until_the_first_of_a_full_window_is_old_enough()
    {
        var time = new FakeTimeProvider();
        var window = new SendWindow(time);
        var limit = new LateSendLimitOptions { Frames = 2, Window = TimeSpan.FromSeconds(60) };
        Send();
        time.Advance(TimeSpan.FromSeconds(20));
        Send();

        Assert.Equal(TimeSpan.FromSeconds(40), window.WaitFor(1, limit));
        time.Advance(TimeSpan.FromSeconds(40));
        Send();
        Assert.Equal(TimeSpan.FromSeconds(20), window.WaitFor(1, limit));

        void Send()
        {
            Assert.Equal(TimeSpan.Zero, window.WaitFor(1, limit));
            window.Count(1, limit);
        }
    }

    [Fact]
    public void A_large_frame_waits_for_several_small_ones()
    {
        var time = new FakeTimeProvider();
        var window = new SendWindow(time);
        var limit = new LateSendLimitOptions { Bytes = 100, Window = TimeSpan.FromSeconds(10) };
        for (var i = 0; i < 5; i++)
        {
            window.Count(20, limit);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(TimeSpan.FromSeconds(5), window.WaitFor(20, limit));
        Assert.Equal(TimeSpan.FromSeconds(6), window.WaitFor(21, limit));
        Assert.Equal(TimeSpan.FromSeconds(9), window.WaitFor(100, limit));
    }

    [Fact]
    public void What_reached_the_socket_later_counts_from_then()
    {
        var time = new FakeTimeProvider();
        var window = new SendWindow(time);
        var limit = new LateSendLimitOptions { Frames = 1, Window = TimeSpan.FromSeconds(60) };
        var began = time.GetTimestamp();
        window.Count(1, limit);
        time.Advance(TimeSpan.FromSeconds(9));
        window.Delay(began);

        Assert.Equal(TimeSpan.FromSeconds(60), window.WaitFor(1, limit));
    }

    [Fact]
    public void All_frames_of_a_write_that_took_long_count_from_its_end()
    {
        var time = new FakeTimeProvider();
        var window = new SendWindow(time);
        var limit = new LateSendLimitOptions { Frames = 2, Window = TimeSpan.FromSeconds(60) };
        var began = time.GetTimestamp();
        window.Count(1, limit);
        time.Advance(TimeSpan.FromSeconds(5));
        window.Count(1, limit);
        time.Advance(TimeSpan.FromSeconds(4));
        window.Delay(began);

        Assert.Equal(TimeSpan.FromSeconds(60), window.WaitFor(1, limit));
    }

    [Fact]
    public void A_limit_that_a_reload_has_made_smaller_than_a_frame_lets_it_go_alone()
    {
        var window = new SendWindow(new FakeTimeProvider());

        Assert.Equal(TimeSpan.Zero, window.WaitFor(200, new LateSendLimitOptions { Bytes = 100 }));
    }

    [Fact]
    public void In_no_window_is_more_sent_than_allowed_and_a_frame_waits_little_longer_than_it_must() => Gen.Select(
        Gen.Int[1, 50].Select(Gen.Int[50, 500]),
        Gen.Int[1, 50].Select(Gen.Int[0, 400]).List[1, 300]).Sample((limits, frames) =>
    {
        var time = new FakeTimeProvider();
        var window = new SendWindow(time);
        var limit = new LateSendLimitOptions { Frames = limits.Item1, Bytes = limits.Item2, Window = TimeSpan.FromSeconds(6.4) };
        var sent = new List<(DateTimeOffset At, int Bytes)>();
        foreach (var (bytes, pause) in frames)
        {
            time.Advance(TimeSpan.FromMilliseconds(pause));
            var mustWait = MustWait(sent, bytes, limit, time.GetUtcNow());
            var wait = window.WaitFor(bytes, limit);
            Assert.InRange(wait, mustWait, mustWait + (limit.Window / 64));
            time.Advance(wait);
            Assert.Equal(TimeSpan.Zero, window.WaitFor(bytes, limit));
            window.Count(bytes, limit);
            sent.Add((time.GetUtcNow(), bytes));
        }
    });

    /// <summary>The same from the list of all that was sent.</summary>
    private static TimeSpan MustWait(List<(DateTimeOffset At, int Bytes)> sent, int bytes, LateSendLimitOptions limit, DateTimeOffset now)
    {
        var recent = sent.Where(frame => now - frame.At < limit.Window).ToList();
        var wait = TimeSpan.Zero;
        while (recent.Count > 0 && (recent.Count >= limit.Frames || recent.Sum(static frame => frame.Bytes) + bytes > limit.Bytes))
        {
            wait = limit.Window - (now - recent[0].At);
            recent.RemoveAt(0);
        }

        return wait;
    }
}
