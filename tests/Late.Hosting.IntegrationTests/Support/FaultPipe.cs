using System.Net.Sockets;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>One way of a <see cref="FaultLink"/>: carries bytes, slower and in smaller pieces than they came where it is asked to.</summary>
public sealed class FaultPipe(Socket from, Socket to, Action reset)
{
    private readonly TaskCompletionSource _swallowed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _swallows;

    /// <summary>Takes what comes and carries nothing of it.</summary>
    public bool Swallows
    {
        get => _swallows;
        set => _swallows = value;
    }

    /// <summary>Waits until something has been swallowed.</summary>
    public Task SwallowedAsync() => _swallowed.Task.WaitAsync(TestContext.Current.CancellationToken);

    /// <summary>The most bytes of one packet.</summary>
    public int PieceBytes { get; set; } = 64 * 1024;

    /// <summary>How long each packet takes, one after the other: a delay, or, with small packets, a cap of the bandwidth.</summary>
    public TimeSpan TimePerPiece { get; set; }

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Ends this way with FIN, and swallows what still comes; the other stays open.</summary>
    public void Finish()
    {
        Swallows = true;
        to.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Carries until the sender ends it, which it passes on.</summary>
    public async Task RunAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                await CarryAsync(buffer.AsMemory(0, count));
            }

            if (!Swallows)
            {
                Finish();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            reset();
        }
    }

    private async Task CarryAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var piece = bytes[..Math.Min(bytes.Length, PieceBytes)];
            bytes = bytes[piece.Length..];
            if (TimePerPiece > TimeSpan.Zero)
            {
                await Task.Delay(TimePerPiece, Time);
            }

            if (Swallows)
            {
                _swallowed.TrySetResult();
            }
            else
            {
                await to.SendAsync(piece);
            }
        }
    }
}
