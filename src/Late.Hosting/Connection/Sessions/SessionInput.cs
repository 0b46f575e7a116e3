using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection.Sessions;

/// <summary>Where frames come in to a session: each read is one item of the mailbox.</summary>
internal sealed class SessionInput(Session session, ConnectionContext connection, WebSocketConnection socket, KeepAlive keepAlive)
{
    /// <summary>
    /// Reads until the session ends, and then what belongs to its end: on a thread of its own, so that reads that complete synchronously, one after
    /// the other, delay nothing else.
    /// </summary>
    public async Task ReadAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var frames = await socket.ReceiveAsync().ConfigureAwait(false);
            while (frames is not null)
            {
                connection.Statistics.CountReceived(frames.Count);
                keepAlive.NoteMessages();
                if (session.IsOver)
                {
                    // No callback will see them; they are read on for the sake of the close frame behind them.
                    session.CountNotHandled(frames.Count);
                    frames.Release();
                    frames = await socket.ReceiveAsync().ConfigureAwait(false);
                    continue;
                }

                connection.Mailbox.Deliver(session, frames);
                if (connection.Mailbox.IsFull && session.IsRead)
                {
                    connection.Mailbox.Wake();
                    await WaitForRoomAsync().ConfigureAwait(false);
                }

                frames = await new NextRead(socket.ReceiveAsync(), connection.Mailbox);
            }

            // §7.1.1: it is the server that ends the TCP connection, when it has our answer.
            var (code, reason) = socket.PeerClose;
            session.End(SessionEnd.Closed(code, reason) with { HasPermanentCode = code is { } known && connection.Options.PermanentCloseCodes.Contains(known) });
            await socket.DrainAsync().ConfigureAwait(false);
        }
        catch (WebSocketReadException exception) when (exception.CloseCode is { } code)
        {
            // §7.1.7: our close frame has the reason. Unread bytes would make a reset of it, so they are read.
            session.End(SessionEnd.Broken(code, exception.Message, exception.InnerException));
            await socket.DrainAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception exception)
        {
            session.End(SessionEnd.Lost(exception is WebSocketReadException ? exception.Message : "The connection broke.", exception));
        }
    }

    /// <summary>Stops reading, so that TCP slows the server down (promise P8).</summary>
    private async ValueTask WaitForRoomAsync()
    {
        socket.AnswerPing();
        keepAlive.Pause();
        session.LastFrames.Pause();
        connection.Log.ReadingPaused(connection.Name);
        while (connection.Mailbox.IsFull && session.IsRead)
        {
            await connection.Mailbox.WaitForRoomAsync().ConfigureAwait(false);
        }

        session.LastFrames.Resume();
        keepAlive.Resume();
    }
}
