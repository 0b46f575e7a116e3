using CsCheck;
using Late.Hosting.Connection.Sending;
using Microsoft.Extensions.Time.Testing;

namespace Late.Hosting.Tests.Connection.Sending;

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
            Pass(window, 1, limit);
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
            Pass(window, 20, limit);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(TimeSpan.FromSeconds(5), window.WaitFor(20, limit));
        Assert.Equal(TimeSpan.FromSeconds(6), window.WaitFor(21, limit));
        Assert.Equal(TimeSpan.FromSeconds(9), window.WaitFor(100, limit));
    }

    [Fact]
    public void A_frame_is_counted_at_the_end_of_its_write_and_takes_its_room_until_then()
    {
        var time = new FakeTimeProvider();
        var window = new SendWindow(time);
        var unwritten = new UnwrittenFrames();
        var limit = new LateSendLimitOptions { Frames = 2, Window = TimeSpan.FromSeconds(60) };
        window.Count(1, unwritten, limit);
        time.Advance(TimeSpan.FromSeconds(5));
        window.Count(1, unwritten, limit);
        time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(TimeSpan.FromSeconds(60), window.WaitFor(1, limit));
        window.Written(unwritten, limit);
        time.Advance(TimeSpan.FromSeconds(59));
        window.Written(unwritten, limit);

        Assert.Equal(TimeSpan.FromSeconds(1), window.WaitFor(1, limit));
    }

    [Fact]
    public void The_end_of_one_session_does_not_affect_the_writes_of_another()
    {
        var time = new FakeTimeProvider();
        var window = new SendWindow(time);
        var (first, second) = (new UnwrittenFrames(), new UnwrittenFrames());
        var limit = new LateSendLimitOptions { Frames = 2, Window = TimeSpan.FromSeconds(60) };
        window.Count(1, first, limit);
        window.Count(1, second, limit);
        window.End(first, limit);
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(TimeSpan.Zero, window.WaitFor(1, limit));
        window.Count(1, first, limit);
        time.Advance(TimeSpan.FromSeconds(59));

        Assert.Equal(TimeSpan.FromSeconds(1), window.WaitFor(1, limit));
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
            var unwritten = new UnwrittenFrames();
            window.Count(bytes, unwritten, limit);
            time.Advance(TimeSpan.FromMilliseconds(pause / 3));
            window.Written(unwritten, limit);
            sent.Add((time.GetUtcNow(), bytes));
        }
    });

    private static void Pass(SendWindow window, long bytes, LateSendLimitOptions limit)
    {
        var unwritten = new UnwrittenFrames();
        window.Count(bytes, unwritten, limit);
        window.Written(unwritten, limit);
    }

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
