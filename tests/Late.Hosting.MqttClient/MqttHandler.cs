using System.Threading.Channels;

namespace Late.Hosting.MqttClient;

/// <summary>A client of an MQTT broker. The state is the beginning of a packet whose end has not been received.</summary>
/// <param name="login">How it connects.</param>
/// <param name="inbox">Receives what is published to it.</param>
public sealed class MqttHandler(MqttLogin login, Channel<MqttMessage> inbox)
    : LateHandler<ReadOnlyMemory<byte>>, ILateSyncInfoHandler<ReadOnlyMemory<byte>, MqttMessage>
{
    public override ReadOnlyMemory<byte> Init(LateContext context) => default;

    public override LateResult<ReadOnlyMemory<byte>> HandleConnect(LateHandshake handshake, ReadOnlyMemory<byte> rest) =>
        LateResult.Send(ReadOnlyMemory<byte>.Empty, MqttPacket.Connect(login)).HoldCalls();

    public override LateResult<ReadOnlyMemory<byte>> HandleIn(LateFrame frame, ReadOnlyMemory<byte> rest)
    {
        // A frame may have several packets, or a part of one.
        rest = (byte[])[.. rest.Span, .. frame.ToArray()];
        var (isConnected, isSubscribed) = (false, false);
        while (MqttPacket.TryRead(ref rest, out var type, out var body))
        {
            switch (type)
            {
                case MqttPacket.ConnectAnswer when body.Span[1] != 0:
                    return LateResult.Fault(rest, $"The broker has refused the client with code {body.Span[1]}.");
                case MqttPacket.ConnectAnswer:
                    isConnected = true;
                    break;
                case MqttPacket.SubscribeAnswer:
                    isSubscribed = true;
                    break;
                case MqttPacket.Publication:
                    inbox.Writer.TryWrite(MqttPacket.ReadPublication(body.Span));
                    break;
            }
        }

        if (isConnected && login.Topic is { } topic)
        {
            return LateResult.Send(rest, MqttPacket.Subscribe(topic));
        }

        var result = LateResult.Ok(rest);
        return isConnected || isSubscribed ? result.ReleaseCalls() : result;
    }

    public LateResult<ReadOnlyMemory<byte>> HandleInfo(MqttMessage message, ReadOnlyMemory<byte> rest) =>
        LateResult.Send(rest, MqttPacket.Publish(message));

    // Without this packet the broker publishes the will.
    public override LateResult<ReadOnlyMemory<byte>> HandleClosing(LateClosing closing, ReadOnlyMemory<byte> rest) =>
        login.SendsGoodbye ? LateResult.Send(rest, MqttPacket.Disconnect()) : LateResult.Ok(rest);
}
