using System.Diagnostics;

namespace Late.Hosting.Diagnostics;

/// <summary>The source of all spans, and how a span is ended elsewhere than it was begun.</summary>
internal static class Spans
{
    public static ActivitySource Source { get; } = new(LateTelemetry.ActivitySourceName);

    /// <summary>Begins a span; null where it is not recorded, or a listener throws.</summary>
    public static Activity? Start(string name, ActivityKind kind, ActivityContext parent = default, IEnumerable<ActivityLink>? links = null)
    {
        var current = Activity.Current;
        try
        {
            return Source.StartActivity(name, kind, parent, links: links);
        }
        catch (Exception)
        {
            Activity.Current = current;
            return null;
        }
    }

    /// <summary>Ends a span, whatever a listener throws.</summary>
    public static void End(Activity span)
    {
        try
        {
            span.Stop();
        }
        catch (Exception)
        {
            if (Activity.Current == span)
            {
                Activity.Current = span.Parent;
            }
        }
    }

    /// <summary>Ends a span with a block.</summary>
    public static Block EndWith(Activity? span) => new(span);

    /// <summary>Begins a span that is not the current one of the code that follows.</summary>
    public static Activity? StartDetached(string name, ActivityKind kind)
    {
        var current = Activity.Current;
        var span = Start(name, kind);
        if (span is not null)
        {
            Activity.Current = current;
        }

        return span;
    }

    /// <summary>Ends a span, and leaves the current one as it is, unless it was that.</summary>
    public static void StopDetached(Activity span)
    {
        var current = Activity.Current;
        End(span);
        if (current != span)
        {
            Activity.Current = current;
        }
    }

    /// <summary>Marks the span as failed. Never with a message, which may hold anything (promise P12).</summary>
    public static void SetFailed(this Activity span, string error) =>
        span.SetTag(LateTelemetry.ErrorTypeTag, error).SetStatus(ActivityStatusCode.Error);

    /// <summary>A block that a span ends with.</summary>
    public readonly struct Block(Activity? span) : IDisposable
    {
        public void Dispose()
        {
            if (span is not null)
            {
                End(span);
            }
        }
    }
}
