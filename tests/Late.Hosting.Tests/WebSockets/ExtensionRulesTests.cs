using Late.Hosting.WebSockets;

namespace Late.Hosting.Tests.WebSockets;

/// <summary>The answers to an offer of permessage-deflate (RFC 6455 §9.1, RFC 7692 §7.1).</summary>
public sealed class ExtensionRulesTests
{
    [Fact] // RFC 7692 §7.1: the offer, with the parameters that we stand for.
    public void Offers()
    {
        Assert.Equal("permessage-deflate; client_max_window_bits", new DeflateParameters().ToOffer());
        Assert.Equal(
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits",
            new DeflateParameters(true, true).ToOffer());
    }

    [Fact] // RFC 7692 §5: a server need not take up an offer.
    public void No_answer_means_no_compression()
    {
        Assert.Null(ExtensionRules.Check(new DeflateParameters(), [], out var agreed));
        Assert.Null(agreed);
    }

    [Theory] // RFC 7692 §7.1, RFC 6455 §9.1: parameters with tokens and quoted strings, in any order.
    [InlineData("permessage-deflate", false, false)]
    [InlineData("permessage-deflate; server_no_context_takeover", true, false)]
    [InlineData("permessage-deflate;client_no_context_takeover ; server_no_context_takeover", true, true)]
    [InlineData("permessage-deflate; server_max_window_bits=8", false, false)]
    [InlineData("permessage-deflate; server_max_window_bits = \"15\"", false, false)]
    [InlineData("permessage-deflate; server_max_window_bits=\"1\\0\"; client_no_context_takeover", false, true)]
    [InlineData("permessage-deflate; client_max_window_bits=9", false, false, 9)]
    [InlineData("permessage-deflate; client_max_window_bits=\"15\"; client_no_context_takeover", false, true)]
    [InlineData(" , permessage-deflate ,, ", false, false)]
    public void Good_answers(string value, bool server, bool client, int clientWindowBits = 15)
    {
        Assert.Null(ExtensionRules.Check(new DeflateParameters(), [value], out var agreed));
        Assert.Equal(new DeflateParameters(server, client, clientWindowBits), agreed);
    }

    [Theory]
    [InlineData("", "§9.1")] // RFC 6455 §9.1: a list of at least one
    [InlineData("permessage-deflate;", "§9.1")]
    [InlineData("permessage-deflate; =1", "§9.1")]
    [InlineData("permessage-deflate; server_max_window_bits=", "§9.1")]
    [InlineData("permessage-deflate; server_max_window_bits=\"10", "§9.1")]
    [InlineData("permessage-deflate; server_max_window_bits=\"\"", "§9.1")]
    [InlineData("permessage-deflate; server_max_window_bits=\"1 0\"", "§9.1")]
    [InlineData("permessage-deflate server_no_context_takeover", "§9.1")]
    [InlineData("permessage/deflate", "§9.1")]
    [InlineData("x-webkit-deflate-frame", "§4.1")] // RFC 6455 §4.1: not offered
    [InlineData("permessage-deflate, permessage-bzip2", "§4.1")]
    [InlineData("permessage-deflate, permessage-deflate", "§5")] // RFC 7692 §5: once
    [InlineData("permessage-deflate; unknown", "§7.1")] // RFC 7692 §7.1: unknown, repeated, invalid
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover", "§7.1")]
    [InlineData("permessage-deflate; server_no_context_takeover=1", "§7.1")]
    [InlineData("permessage-deflate; client_no_context_takeover=\"true\"", "§7.1")]
    [InlineData("permessage-deflate; server_max_window_bits", "§7.1")]
    [InlineData("permessage-deflate; server_max_window_bits=7", "§7.1")]
    [InlineData("permessage-deflate; server_max_window_bits=16", "§7.1")]
    [InlineData("permessage-deflate; server_max_window_bits=08", "§7.1")]
    [InlineData("permessage-deflate; client_max_window_bits", "§7.1")] // RFC 7692 §7.1.2.2: an answer has a value
    public void Bad_answers(string value, string section)
    {
        Assert.Contains(section, ExtensionRules.Check(new DeflateParameters(), [value], out var agreed), StringComparison.Ordinal);
        Assert.Null(agreed);
    }

    [Fact] // RFC 7692 §5: twice is twice, also in two fields.
    public void Two_fields() =>
        Assert.NotNull(ExtensionRules.Check(new DeflateParameters(), ["permessage-deflate", "permessage-deflate"], out _));

    [Fact] // RFC 6455 §4.1: without an offer there is nothing to answer.
    public void Without_an_offer() => Assert.NotNull(ExtensionRules.Check(null, ["permessage-deflate"], out _));

    [Fact] // RFC 7692 §7.1.1: what was asked of the server it must grant; what we announced for ourselves holds anyway.
    public void What_was_asked_for()
    {
        Assert.NotNull(ExtensionRules.Check(new DeflateParameters(ServerNoContextTakeover: true), ["permessage-deflate"], out _));
        Assert.Null(ExtensionRules.Check(new DeflateParameters(ClientNoContextTakeover: true), ["permessage-deflate"], out var agreed));
        Assert.Equal(new DeflateParameters(false, true), agreed);
    }
}
