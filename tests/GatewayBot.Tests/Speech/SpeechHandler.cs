using System.Collections.Immutable;
using Late.Hosting;

namespace GatewayBot.Tests.Speech;

/// <summary>Speech to text: the server still sends its last words after the client has announced its close.</summary>
public sealed class SpeechHandler(SpeechLog log) : LateHandler<ImmutableList<string>>
{
    public override ImmutableList<string> Init(LateContext context) => [];

    public override LateResult<ImmutableList<string>> HandleIn(LateFrame frame, ImmutableList<string> texts)
    {
        var transcript = frame.ReadJson(SpeechJson.Default.Transcript)!;
        var result = LateResult.Ok(texts.Add(transcript.Text));
        return transcript.IsFinal ? result.ReleaseClose() : result;
    }

    public override LateResult<ImmutableList<string>> HandleClosing(LateClosing closing, ImmutableList<string> texts) =>
        LateResult.Send(texts, LateFrame.Text("CloseStream")).HoldClose();

    public override LateDisconnectResult<ImmutableList<string>> HandleDisconnect(LateDisconnect disconnect, ImmutableList<string> texts)
    {
        log.Ended.Writer.TryWrite((disconnect.Reason, string.Join(' ', texts)));
        return LateDisconnectResult.Ok(texts.Clear());
    }
}
