namespace Late.Hosting.Simulation.Network;

/// <summary>A frame as the client wrote it, unmasked.</summary>
internal readonly record struct ClientFrame(int Opcode, byte[] Payload)
{
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    /// <summary>The code of a Close frame; null for one without.</summary>
    public int? CloseCode => Payload.Length >= 2 ? (Payload[0] << 8) | Payload[1] : null;
}
