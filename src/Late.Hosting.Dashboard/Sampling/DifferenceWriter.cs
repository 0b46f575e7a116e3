using System.Text.Json;

namespace Late.Hosting.Dashboard.Sampling;

/// <summary>
/// Writes what differs between two looks at a connection, and nothing else: of a thousand connections few change in a
/// second, and of those a few numbers. Times are milliseconds since 1970, durations milliseconds.
/// </summary>
internal static class DifferenceWriter
{
    public static void Write(Utf8JsonWriter json, in ConnectionView before, in ConnectionView now)
    {
        Write(json, before.Status, now.Status);
        Write(json, before.Statistics, now.Statistics);
    }

    private static void Write(Utf8JsonWriter json, LateConnectionStatistics before, LateConnectionStatistics now)
    {
        Number(json, "framesIn"u8, before.FramesReceived, now.FramesReceived);
        Number(json, "framesOut"u8, before.FramesSent, now.FramesSent);
        Number(json, "bytesIn"u8, before.BytesReceived, now.BytesReceived);
        Number(json, "bytesOut"u8, before.BytesSent, now.BytesSent);
        Number(json, "mailbox"u8, before.MailboxDepth, now.MailboxDepth);
        Number(json, "roundTrip"u8, before.RoundTrip?.TotalMilliseconds, now.RoundTrip?.TotalMilliseconds);
        Number(json, "calls"u8, before.Calls, now.Calls);
        Number(json, "callsFailed"u8, before.FailedCalls, now.FailedCalls);
        Number(json, "callsWaiting"u8, before.CallsWaiting, now.CallsWaiting);
        Number(json, "callsInProgress"u8, before.CallsInProgress, now.CallsInProgress);
        Number(json, "oldestCall"u8, before.OldestCall?.TotalMilliseconds, now.OldestCall?.TotalMilliseconds);
        Text(json, "oldestCallRequest"u8, before.OldestCallRequest, now.OldestCallRequest);
        Number(json, "callP50"u8, before.CallDurationP50?.TotalMilliseconds, now.CallDurationP50?.TotalMilliseconds);
        Number(json, "callP99"u8, before.CallDurationP99?.TotalMilliseconds, now.CallDurationP99?.TotalMilliseconds);
        Number(json, "topics"u8, before.Topics, now.Topics);
        Number(json, "readers"u8, before.TopicReaders, now.TopicReaders);
        Number(json, "items"u8, before.ItemsPublished, now.ItemsPublished);
        Number(json, "itemsDropped"u8, before.ItemsDropped, now.ItemsDropped);
        Number(json, "itemsUnread"u8, before.ItemsUnread, now.ItemsUnread);
        Number(json, "lives"u8, before.Lives, now.Lives);
        Number(json, "goodbyesCut"u8, before.GoodbyesCut, now.GoodbyesCut);
        Number(json, "switchesRefused"u8, before.SwitchesRefused, now.SwitchesRefused);
        Number(json, "sessions"u8, before.Sessions, now.Sessions);
        Number(json, "attempts"u8, before.Attempts, now.Attempts);
        Number(json, "attemptsFailed"u8, before.FailedAttempts, now.FailedAttempts);
        Time(json, "lastErrorAt"u8, before.LastErrorAt, now.LastErrorAt);
    }

    private static void Write(Utf8JsonWriter json, LateConnectionStatus? before, LateConnectionStatus? now)
    {
        if (ReferenceEquals(before, now) || now is null)
        {
            return;
        }

        json.WriteString("state"u8, now.State.ToString());
        json.WriteString("reason"u8, now.Reason);
        json.WriteNumber("attempt"u8, now.Attempt);
        Time(json, "since"u8, before?.Since, now.Since);
        Time(json, "nextAttemptAt"u8, before?.NextAttemptAt, now.NextAttemptAt);
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, long before, long now)
    {
        if (before != now)
        {
            json.WriteNumber(name, now);
        }
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? before, double? now)
    {
        if (before == now)
        {
            return;
        }

        if (now is { } value)
        {
            json.WriteNumber(name, Math.Round(value, 3));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Text(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? before, string? now)
    {
        if (before != now)
        {
            json.WriteString(name, now);
        }
    }

    private static void Time(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset? before, DateTimeOffset? now) =>
        Number(json, name, before?.ToUnixTimeMilliseconds(), now?.ToUnixTimeMilliseconds());
}
