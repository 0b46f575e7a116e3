using System.Text;

namespace Late.Hosting.Transport;

/// <summary>The credentials in an address, as <c>Authorization</c> carries them (RFC 7617).</summary>
internal static class BasicCredentials
{
    /// <summary>The field's value; null where the address has no user info.</summary>
    public static string? Of(Uri? uri)
    {
        if (uri is null or { UserInfo.Length: 0 })
        {
            return null;
        }

        // The first colon divides; those of the password are percent-encoded or not.
        var colon = uri.UserInfo.IndexOf(':', StringComparison.Ordinal);
        var (user, password) = colon < 0 ? (uri.UserInfo, "") : (uri.UserInfo[..colon], uri.UserInfo[(colon + 1)..]);
        return $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.UnescapeDataString(user)}:{Uri.UnescapeDataString(password)}"))}";
    }
}
