using System.Runtime.InteropServices;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Connection.Sending;

/// <summary>The frames of a result: a single one, or those of a list.</summary>
internal static class ResultFrames
{
    /// <summary>A result is applied whole or not at all: a frame that cannot be sent is found before the first is written.</summary>
    /// <exception cref="MisuseException">There is one.</exception>
    public static void Check(in LateFrame frame, IReadOnlyList<LateFrame>? frames, LateSendLimitOptions limit)
    {
        var problem = limit.Problem(frame);
        if (frame.IsExpired)
        {
            throw FrameBatch.Expired();
        }

        for (var i = 0; i < frames?.Count; i++)
        {
            if (frames[i].IsExpired)
            {
                throw FrameBatch.Expired();
            }

            problem ??= frames[i].Kind == default
                ? "A result holds default(LateFrame), which cannot be sent. Make frames with LateFrame.Text, Binary or Json."
                : limit.Problem(frames[i]);
        }

        if (problem is not null)
        {
            throw new MisuseException(problem);
        }
    }

    /// <summary>The frames of a list as a span, where it keeps them as one.</summary>
    public static bool TryGetSpan(IReadOnlyList<LateFrame>? frames, out ReadOnlySpan<LateFrame> span)
    {
        span = frames switch
        {
            LateFrame[] array => array,
            List<LateFrame> list => CollectionsMarshal.AsSpan(list),
            _ => default,
        };
        return frames is null or LateFrame[] or List<LateFrame>;
    }
}
