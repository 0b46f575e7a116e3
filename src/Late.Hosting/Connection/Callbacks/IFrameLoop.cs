using Late.Hosting.Connection.Sessions;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>Handles received frames: what the runner sees of <see cref="FrameLoop{TState}"/>.</summary>
internal interface IFrameLoop
{
    /// <summary>Begins a session.</summary>
    void Open(Session session);

    /// <summary>Handles frames of a read until all are handled, something else is due, or a callback does not complete synchronously.</summary>
    ValueTask HandleAsync(FrameBatch frames);
}
