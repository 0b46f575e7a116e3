namespace Late.Hosting.HostilePeer.Peer;

/// <summary>Hands over a frame that answers one of the client's, and does not wait until it is written.</summary>
internal delegate void AnswerWrite(ReadOnlySpan<byte> bytes, bool isMessage);
