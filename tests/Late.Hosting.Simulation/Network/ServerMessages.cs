using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Network;

/// <summary>A server's messages: numbered, in every form that a message may have, one by one or as a burst.</summary>
internal sealed class ServerMessages(Subject subject, int number, bool isCompressed, ServerLine line, SentBytes sent)
{
    private const int MostPerBurst = 1000;

    // The message that is begun and not whole: its rest, in its last frame.
    private byte[]? _rest;

    /// <summary>Sends one that replies to a call, or to none (0).</summary>
    public void Send(int callId, bool inFragments = false)
    {
        Finish();
        var dice = subject.Dice;
        var text = Text(callId, dice.Chance(10) ? dice.Below(3000) : dice.Below(60));
        var isText = dice.Chance(70);
        var bytes = isCompressed && subject.World.Chances.Extras.Chance(70)
            ? ServerFrames.Compressed(isText, text, emptyFragments: subject.World.Chances.Extras.Pick(0, 0, 1, 5))
            : inFragments ? ServerFrames.Fragments(isText, text, ServerFrames.Pong([])) : ServerFrames.Message(isText, text);
        sent.AddMessage(line.Send(bytes));
    }

    /// <summary>Sends a control frame between them.</summary>
    public void SendControl(byte[] frame) => sent.AddControl(line.Send(frame));

    /// <summary>Sends many small ones together.</summary>
    public void SendBacklog(int count)
    {
        Finish();
        while (count > 0)
        {
            var burst = new List<byte>();
            for (var left = Math.Min(count, MostPerBurst); left > 0; left--, count--)
            {
                burst.AddRange(AddSmall());
            }

            line.Send([.. burst]);
        }
    }

    /// <summary>Adds a small message to what has been sent; the caller sends it.</summary>
    public byte[] AddSmall()
    {
        var message = ServerFrames.Message(true, Text(0, 0));
        sent.AddMessage(message);
        return message;
    }

    /// <summary>Adds messages without payload to what has been sent; the caller sends them.</summary>
    public byte[] AddEmpty(int count)
    {
        var message = isCompressed && subject.World.Chances.Extras.Chance(50) ? ServerFrames.CompressedNothing : ServerFrames.Message(true, "");
        sent.AddEmptyMessages(message, count);
        return [.. Enumerable.Repeat(message, count).SelectMany(bytes => bytes)];
    }

    /// <summary>Adds the first fragment of a message, unless there is one; the caller sends it.</summary>
    public byte[] AddFirstFragment()
    {
        if (_rest is not null)
        {
            return [];
        }

        var fragments = ServerFrames.Split(Text(0, 20), isCompressed);
        _rest = fragments.Last;
        sent.AddControl(fragments.First);
        return fragments.First;
    }

    /// <summary>Sends the last fragment of a message that is not whole.</summary>
    public void Finish()
    {
        if (_rest is { } rest)
        {
            _rest = null;
            sent.AddMessage(line.Send(rest));
        }
    }

    private string Text(int callId, int length) => $"m:{number}:{sent.NextMessage}:{callId}:{Secrets.Payload}{new string('.', length)}";
}
