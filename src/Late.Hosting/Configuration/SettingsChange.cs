namespace Late.Hosting.Configuration;

/// <summary>Tells which of the settings that only an upgrade can use have changed.</summary>
internal static class SettingsChange
{
    /// <summary>The names of what changed and needs a new session; null where nothing did.</summary>
    public static string? NeedsReconnect(LateConnectionOptions before, LateConnectionOptions after)
    {
        var changed = new List<string>();
        // As it is written: Uri's own comparison leaves out the user info.
        if (before.Uri?.OriginalString != after.Uri?.OriginalString)
        {
            changed.Add(nameof(after.Uri));
        }

        if (before.Headers.Count != after.Headers.Count
            || after.Headers.Any(header => !before.Headers.TryGetValue(header.Key, out var value) || value != header.Value))
        {
            changed.Add(nameof(after.Headers));
        }

        if (!before.SubProtocols.SequenceEqual(after.SubProtocols))
        {
            changed.Add(nameof(after.SubProtocols));
        }

        return changed.Count == 0 ? null : string.Join(" and ", changed);
    }
}
