namespace Late.Hosting.Mutations.Table;

/// <summary>What a failed attempt reports, and what nothing reports: secrets.</summary>
internal static class Refusals
{
    public static IEnumerable<Mutation> Mutations =>
    [
        new("407-has-no-status", "P10: a proxy's 407 is named and permanent", Finder.HostilePeer,
            new Edit("ConnectErrors.cs", "StatusCode = error == HttpRequestError.ProxyTunnelError ? ProxyErrors.StatusOf(exception) : null,", "")),
        new("redirect-has-no-target", "P10: a redirect's target is named", Finder.HostilePeer,
            new Edit("ConnectErrors.cs", "Refusal(response.StatusCode, Target(uri, headers))", "Refusal(response.StatusCode, null)")),
        new("redirect-is-retried", "P10: a redirect is permanent", Finder.HostilePeer,
            new Edit("LateSessionOutcome.cs", "(int)status is >= 300 and <= 499", "(int)status is >= 400 and <= 499")),
        new("credentials-of-the-address-are-lost", "RFC 7617: user info of the address becomes Authorization", Finder.HostilePeer,
            new Edit("HttpTransport.cs", "(BasicCredentials.Of(request.Uri!) ?? BasicCredentials.Of(request.UserInfoOf)) is { } credentials", "BasicCredentials.Of(new Uri(\"ws://localhost\")) is { } credentials")),
        new("open-tunnel-is-read-as-a-body", "RFC 9110 §9.3.6: what follows a CONNECT's 200 is no body", Finder.HostilePeer,
            new Edit("ConnectErrors.cs", "|| (response.RequestMessage?.Method == HttpMethod.Connect && response.IsSuccessStatusCode)", "")),
        new("cut-body-is-lost", "§5: a refusal's body is kept as far as it came", Finder.HostilePeer,
            new Edit("RefusalBody.cs", "// It is cut, stalls, or does not match its headers.", "length = 0;")),
        new("content-headers-are-lost", "§5: a refusal's headers are kept, those of its content too", Finder.HostilePeer,
            new Edit("ConnectErrors.cs", ".Concat(response.Content.Headers.NonValidated)", "")),
        new("missing-http2-is-blamed-on-the-certificate", "§5: no_application_protocol is named", Finder.HostilePeer,
            new Edit("ConnectErrors.cs", "HttpRequestError.SecureConnectionError when TlsErrors.IsOfVersion(exception) => NoVersion(httpVersion),", "")),
        new("proxy-credentials-are-shown", "P12: no proxy credentials in an exception", Finder.Tests("*ConnectErrorsTests"),
            new Edit("ConnectErrors.cs", "TransportCause.Of(exception))", "exception)")),
        new("query-of-the-target-is-shown", "P12: no query in an exception", Finder.Tests("*ConnectErrorsTests"),
            new Edit("ConnectErrors.cs", "? Redaction.Redact(target) is { Length: <= MostTargetChars } text ? text", "? target.ToString() is { Length: <= MostTargetChars } text ? text")),
        new("query-is-logged", "P12: no query in the log", Finder.Simulation,
            new Edit("Redaction.cs", "uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)", "uri.ToString()")),
        new("throwing-log-ends-the-connection", "§2: a log provider's exception changes nothing", Finder.HostilePeer,
            new Edit("GuardedLogger.cs", "// There is nowhere left to report it.", "throw;")),
    ];
}
