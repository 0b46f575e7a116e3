namespace Late.Hosting.WebSockets;

/// <summary>A Close, Ping or Pong frame as it came (RFC 6455 §5.5).</summary>
/// <param name="Opcode">Which of the three.</param>
/// <param name="Payload">At most 125 bytes, valid until the batch is released.</param>
/// <param name="MessagesBefore">How many messages of the batch came before it: its place among them.</param>
internal readonly record struct ControlFrame(Opcode Opcode, ReadOnlyMemory<byte> Payload, int MessagesBefore);
