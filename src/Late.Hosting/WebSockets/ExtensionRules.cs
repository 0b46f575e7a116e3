using System.Globalization;

namespace Late.Hosting.WebSockets;

/// <summary>What a server may answer to the offer of permessage-deflate (RFC 6455 §9.1, RFC 7692 §5 and §7.1).</summary>
internal static class ExtensionRules
{
    private const string ServerNoContextTakeover = "server_no_context_takeover";
    private const string ClientNoContextTakeover = "client_no_context_takeover";
    private const string ServerMaxWindowBits = "server_max_window_bits";
    private const string ClientMaxWindowBits = "client_max_window_bits";

    /// <summary>Checks the response's <c>Sec-WebSocket-Extensions</c>.</summary>
    /// <returns>What is wrong with it; null when it is fine.</returns>
    public static string? Check(DeflateParameters? offer, IReadOnlyList<string> values, out DeflateParameters? agreed)
    {
        agreed = null;
        DeflateParameters? found = null;
        foreach (string value in values)
        {
            if (ExtensionHeader.Parse(value) is not { } extensions)
            {
                return "The response's Sec-WebSocket-Extensions is malformed (RFC 6455 §9.1).";
            }

            foreach (var extension in extensions)
            {
                // RFC 6455 §4.1: nothing that was not offered; RFC 7692 §5: and that once.
                if (offer is null || !extension.Name.Equals(DeflateParameters.ExtensionName, StringComparison.Ordinal))
                {
                    return "The server chose an extension that was not offered (RFC 6455 §4.1).";
                }

                if (found is not null)
                {
                    return "The server chose permessage-deflate more than once (RFC 7692 §5).";
                }

                if (CheckParameters(offer, extension.Parameters, out found) is { } error)
                {
                    return error;
                }
            }
        }

        agreed = found;
        return null;
    }

    private static string? CheckParameters(DeflateParameters offer, IReadOnlyList<KeyValuePair<string, string?>> parameters, out DeflateParameters? agreed)
    {
        agreed = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var clientMaxWindowBits = DeflateParameters.MostWindowBits;
        foreach (var (name, value) in parameters)
        {
            // §7.1: a parameter not defined for a response, or with an invalid value, or twice, declines the response.
            bool isValid = name switch
            {
                // §7.1.1: no value.
                ServerNoContextTakeover or ClientNoContextTakeover => value is null,

                // §7.1.2: 8 to 15 without leading zeros. What we read with serves all of them.
                ServerMaxWindowBits or ClientMaxWindowBits => value is "8" or "9" or "10" or "11" or "12" or "13" or "14" or "15",
                _ => false,
            };
            if (!isValid || !seen.Add(name))
            {
                return "The server chose permessage-deflate with a parameter that is unknown, not offered, invalid or repeated (RFC 7692 §7.1).";
            }

            clientMaxWindowBits = name == ClientMaxWindowBits ? int.Parse(value!, CultureInfo.InvariantCulture) : clientMaxWindowBits;
        }

        // §7.1.1.1: a server that was asked for it has to agree to it. What we announced for ourselves we keep to anyway.
        if (offer.ServerNoContextTakeover && !seen.Contains(ServerNoContextTakeover))
        {
            return "The server accepted permessage-deflate without the server_no_context_takeover that was asked for (RFC 7692 §7.1.1.1).";
        }

        agreed = new DeflateParameters(
            ServerNoContextTakeover: seen.Contains(ServerNoContextTakeover),
            ClientNoContextTakeover: offer.ClientNoContextTakeover || seen.Contains(ClientNoContextTakeover),
            clientMaxWindowBits);
        return null;
    }
}
