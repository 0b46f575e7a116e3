using Late.Hosting.WebSockets;

namespace Late.Hosting.Tests.WebSockets;

/// <summary>The client's checks of the opening handshake (RFC 6455 §4.1).</summary>
public sealed class HandshakeRulesTests
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    private static readonly HandshakeOffer s_offer = new(Key, ["chat", "superchat"], null);

    private static readonly HandshakeAnswer s_answer = new(101)
    {
        Upgrade = ["websocket"],
        Connection = ["Upgrade"],
        Accept = ["s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
    };

    [Fact] // §1.3: the example of the RFC.
    public void The_accept_value_of_the_example() => Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", HandshakeRules.AcceptFor(Key));

    [Fact] // §4.1: a key is 16 random bytes in base64, a fresh one each time.
    public void Keys()
    {
        Assert.Equal(16, Convert.FromBase64String(HandshakeRules.NewKey()).Length);
        Assert.NotEqual(HandshakeRules.NewKey(), HandshakeRules.NewKey());
    }

    [Fact] // §4.1: the values that are right, in the forms that fields may have.
    public void A_good_answer()
    {
        Assert.Equal(new HandshakeOutcome(null), HandshakeRules.Check(s_offer, s_answer));
        Assert.Equal(new HandshakeOutcome(null, "superchat"), HandshakeRules.Check(s_offer, s_answer with
        {
            Upgrade = [" WebSocket "],
            Connection = ["keep-alive, UPGRADE"],
            SubProtocol = ["superchat"],
        }));
        Assert.Null(HandshakeRules.Check(s_offer, s_answer with { Connection = ["keep-alive", "upgrade"] }).Error);
    }

    [Fact] // §4.1, each rule: status, Upgrade, Connection, Sec-WebSocket-Accept.
    public void Bad_answers()
    {
        Refused("answered 200", s_answer with { Status = 200 });
        Refused("Upgrade field", s_answer with { Upgrade = [] });
        Refused("Upgrade field", s_answer with { Upgrade = ["h2c"] });
        Refused("Connection field", s_answer with { Connection = [] });
        Refused("Connection field", s_answer with { Connection = ["close, upgraded"] });
        Refused("Sec-WebSocket-Accept", s_answer with { Accept = [] });
        Refused("Sec-WebSocket-Accept", s_answer with { Accept = ["S3pPLMBiTxaQ9kYGzzhZRbK+xOo="] });
        Refused("Sec-WebSocket-Accept", s_answer with { Accept = [s_answer.Accept[0], s_answer.Accept[0]] });
    }

    [Fact] // §4.1, §11.3.4: at most one sub-protocol, of those requested; none is the server's right.
    public void Sub_protocols()
    {
        Refused("not requested", s_answer with { SubProtocol = ["other"] });
        Refused("not requested", s_answer with { SubProtocol = ["CHAT"] });
        Refused("not requested", s_answer with { SubProtocol = ["chat, superchat"] });
        Refused("more than once", s_answer with { SubProtocol = ["chat", "superchat"] });
    }

    [Fact] // RFC 8441 §5: over HTTP/2 the status is the whole answer, but what was negotiated still counts.
    public void Extended_connect()
    {
        var offer = s_offer with { Key = null };
        Assert.Equal(new HandshakeOutcome(null, "chat"), HandshakeRules.Check(offer, new HandshakeAnswer(200) { SubProtocol = ["chat"] }));
        Assert.Contains("RFC 8441", HandshakeRules.Check(offer, new HandshakeAnswer(101)).Error, StringComparison.Ordinal);
        Assert.NotNull(HandshakeRules.Check(offer, new HandshakeAnswer(200) { SubProtocol = ["other"] }).Error);
    }

    private static void Refused(string expected, HandshakeAnswer answer) =>
        Assert.Contains(expected, HandshakeRules.Check(s_offer, answer).Error, StringComparison.Ordinal);
}
