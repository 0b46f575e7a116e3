using System.Collections.Concurrent;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>
/// Answers every question with itself, in the protocol of <see cref="Script"/>, and ends its sessions in random ways after
/// a random number of questions, as often as it was asked to.
/// </summary>
public sealed class StormServer(TestServer server, int seed, int disconnects)
{
    private readonly Random _random = new(seed);
    private readonly ConcurrentDictionary<string, bool> _seen = new();

    /// <summary>How often it has ended a session.</summary>
    public int Disconnects { get; private set; }

    /// <summary>The questions that it has received, in their order.</summary>
    public ConcurrentQueue<string> Questions { get; } = new();

    public bool HasSeen(string question) => _seen.ContainsKey(question);

    /// <summary>Serves until the client ends a session itself.</summary>
    public async Task RunAsync()
    {
        while (await ServeAsync(await server.AcceptAsync()))
        {
        }
    }

    private async Task<bool> ServeAsync(TestPeer peer)
    {
        var left = Disconnects < disconnects ? _random.Next(1, 50) : int.MaxValue;
        while (left-- > 0)
        {
            if (await peer.ReceiveAsync() is not { } message)
            {
                await peer.AnswerAsync();
                return false;
            }

            var question = message.Split(' ', 2)[1];
            _seen[question] = true;
            Questions.Enqueue(question);
            if (left > 0 || _random.Next(2) == 0)
            {
                await peer.SendAsync(message);
            }
        }

        Disconnects++;
        switch (_random.Next(3))
        {
            case 0:
                peer.Drop();
                break;
            case 1:
                await peer.CloseAsync(1012, "restart");
                break;
            default:
                await peer.CloseAsync(1000, "");
                break;
        }

        return true;
    }
}
