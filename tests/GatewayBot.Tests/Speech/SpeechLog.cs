using System.Threading.Channels;
using Late.Hosting;

namespace GatewayBot.Tests.Speech;

/// <summary>The transcripts of each session that has ended.</summary>
public sealed class SpeechLog
{
    public Channel<(LateDisconnectReason Reason, string Texts)> Ended { get; } = Channel.CreateUnbounded<(LateDisconnectReason, string)>();
}
