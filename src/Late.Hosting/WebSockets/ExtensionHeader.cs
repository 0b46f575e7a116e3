using System.Buffers;
using System.Text;

namespace Late.Hosting.WebSockets;

/// <summary>Reads a <c>Sec-WebSocket-Extensions</c> field (RFC 6455 §9.1).</summary>
/// <remarks><c>extension-list = 1#( token *( ";" token [ "=" ( token / quoted-string ) ] ) )</c></remarks>
internal ref struct ExtensionHeader(ReadOnlySpan<char> value)
{
    private static readonly SearchValues<char> s_tokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private ReadOnlySpan<char> _rest = value;

    /// <summary>Reads all extensions.</summary>
    /// <returns>Null when the field is malformed.</returns>
    public static List<Extension>? Parse(string value)
    {
        var reader = new ExtensionHeader(value);
        var extensions = new List<Extension>();
        while (true)
        {
            // RFC 9110 §5.6.1: a recipient accepts empty elements of a list.
            while (reader.TrySkip(','))
            {
            }

            if (reader._rest.IsEmpty)
            {
                return extensions.Count > 0 ? extensions : null;
            }

            if (!reader.TryReadExtension(out var extension))
            {
                return null;
            }

            extensions.Add(extension);
            if (!reader._rest.IsEmpty && reader._rest[0] != ',')
            {
                return null;
            }
        }
    }

    private bool TryReadExtension(out Extension extension)
    {
        var parameters = new List<KeyValuePair<string, string?>>();
        string name = ReadToken();
        extension = new Extension(name, parameters);
        if (name.Length == 0)
        {
            return false;
        }

        while (TrySkip(';'))
        {
            string parameter = ReadToken();
            string? value = null;
            if (TrySkip('='))
            {
                value = !_rest.IsEmpty && _rest[0] == '"' ? ReadQuoted() : ReadToken();
            }

            if (parameter.Length == 0 || value?.Length == 0)
            {
                return false;
            }

            parameters.Add(new(parameter, value));
        }

        return true;
    }

    /// <summary>Skips white space, the character if it comes next, and white space behind it.</summary>
    private bool TrySkip(char expected)
    {
        _rest = _rest.TrimStart(" \t");
        if (_rest.IsEmpty || _rest[0] != expected)
        {
            return false;
        }

        _rest = _rest[1..].TrimStart(" \t");
        return true;
    }

    private string ReadToken()
    {
        int length = _rest.IndexOfAnyExcept(s_tokenCharacters);
        var token = length < 0 ? _rest : _rest[..length];
        _rest = _rest[token.Length..].TrimStart(" \t");
        return token.ToString();
    }

    /// <summary>The content of a quoted string; it must be a token when unquoted (§9.1), else the result is empty.</summary>
    private string ReadQuoted()
    {
        var unquoted = new StringBuilder();
        for (int i = 1; i < _rest.Length; i++)
        {
            if (_rest[i] == '"')
            {
                _rest = _rest[(i + 1)..].TrimStart(" \t");
                string value = unquoted.ToString();
                return value.AsSpan().ContainsAnyExcept(s_tokenCharacters) ? string.Empty : value;
            }

            if (_rest[i] == '\\' && i + 1 < _rest.Length)
            {
                i++;
            }

            unquoted.Append(_rest[i]);
        }

        return string.Empty;
    }

    /// <summary>An extension, and its parameters in their order; a parameter without a value has null.</summary>
    public readonly record struct Extension(string Name, IReadOnlyList<KeyValuePair<string, string?>> Parameters);
}
