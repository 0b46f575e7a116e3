using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Late.Hosting.Benchmarks.Server;

/// <summary>
/// One connection of the raw port. It reads by Kestrel's pipe and writes ready-made blocks straight to the socket:
/// nothing else writes there.
/// </summary>
internal static class RawConnection
{
    public static async Task RunAsync(ConnectionContext connection)
    {
        var socket = connection.Features.Get<IConnectionSocketFeature>()!.Socket;
        var input = connection.Transport.Input;
        try
        {
            if (await ReadRequestAsync(input) is not { } request)
            {
                return;
            }

            if (request.Path == "/count")
            {
                await CountAsync(input, socket);
                return;
            }

            await SendAsync(socket, request.Answer());
            await (request.Path switch
            {
                "/blast" => BlastAsync(input, socket, ReadyFrames.Block(request)),
                "/signalr-blast" => HubBlastAsync(input, socket, ReadyFrames.HubBlock(request.Size)),
                "/sink" => ReadFramesAsync(input, socket, reply: default),
                "/reply" => ReadFramesAsync(input, socket, ReadyFrames.Repeated(request.Size, 128)),
                _ => throw new InvalidOperationException($"There is no {request.Path}."),
            });
            await SendAsync(socket, ReadyFrames.Close);
        }
        catch (Exception exception) when (exception is SocketException or ConnectionResetException or ConnectionAbortedException or ObjectDisposedException)
        {
            // The client is gone.
        }
    }

    private static async Task<UpgradeRequest?> ReadRequestAsync(PipeReader input)
    {
        while (true)
        {
            var read = await input.ReadAsync();
            if (UpgradeRequest.Parse(read.Buffer.IsSingleSegment ? read.Buffer.FirstSpan : read.Buffer.ToArray(), out int length) is { } request)
            {
                input.AdvanceTo(read.Buffer.GetPosition(length));
                return request;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    /// <summary>Answers each byte with the clock and the number of messages that clients have sent.</summary>
    private static async Task CountAsync(PipeReader input, Socket socket)
    {
        var answer = new byte[16];
        for (var read = await input.ReadAsync(); !read.IsCompleted; read = await input.ReadAsync())
        {
            input.AdvanceTo(read.Buffer.End);
            BinaryPrimitives.WriteInt64LittleEndian(answer, Stopwatch.GetTimestamp());
            BinaryPrimitives.WriteInt64LittleEndian(answer.AsSpan(8), ReceivedCount.Value);
            await SendAsync(socket, answer);
        }
    }

    private static async Task BlastAsync(PipeReader input, Socket socket, ReadOnlyMemory<byte> block)
    {
        // A SignalR client sends pings of its own; they need no answer.
        var closing = ReadFramesAsync(input, socket, reply: default);
        await Task.Yield();
        while (!closing.IsCompleted)
        {
            await SendAsync(socket, block);
        }

        await closing;
    }

    /// <summary>A SignalR client sends first which protocol it speaks.</summary>
    private static async Task HubBlastAsync(PipeReader input, Socket socket, ReadOnlyMemory<byte> block)
    {
        input.AdvanceTo((await input.ReadAsync()).Buffer.End);
        await SendAsync(socket, ReadyFrames.HubHandshake);
        await BlastAsync(input, socket, block);
    }

    /// <summary>Counts the client's frames, and answers each with one of <paramref name="reply"/>.</summary>
    private static async Task ReadFramesAsync(PipeReader input, Socket socket, ReadyReply reply)
    {
        var frames = new ClientFrames();
        while (true)
        {
            var read = await input.ReadAsync();
            int count = 0;
            foreach (var part in read.Buffer)
            {
                count += frames.Count(part.Span);
            }

            input.AdvanceTo(read.Buffer.End);
            ReceivedCount.Add(count);
            for (int left = count; left > 0 && reply.FrameBytes > 0; left -= reply.Frames)
            {
                await SendAsync(socket, reply.Take(left));
            }

            if (frames.HasClosed || read.IsCompleted)
            {
                return;
            }
        }
    }

    private static async ValueTask SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }
}
