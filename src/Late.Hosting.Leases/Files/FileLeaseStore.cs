using System.Globalization;
using System.Text;
using Late.Hosting.Locking;

namespace Late.Hosting.Leases.Files;

/// <summary>
/// Leases as files that a process keeps locked: the operating system unlocks those of a process that has ended. A lease does not end by itself while
/// its process lives.
/// </summary>
internal sealed class FileLeaseStore : ILateLeaseStore, IDisposable
{
    // EAGAIN of Linux, EWOULDBLOCK of macOS, ERROR_SHARING_VIOLATION of Windows.
    private static readonly int[] s_locked = [11, 35, unchecked((int)0x80070020)];

    private readonly Gate _gate = new();
    private readonly Dictionary<string, Held> _held = new(StringComparer.Ordinal);

    public FileLeaseStore(string directory)
    {
        if (AppContext.TryGetSwitch("System.IO.DisableFileLocking", out var isDisabled) && isDisabled)
        {
            throw new InvalidOperationException(
                "Leases in files need file locks, which the switch System.IO.DisableFileLocking disables. Remove the switch, or register another ILateLeaseStore.");
        }

        Folder = Path.GetFullPath(directory);
    }

    /// <summary>The folder of the files.</summary>
    public string Folder { get; }

    public ValueTask<LateLeaseAnswer> TryAcquireAsync(string name, string owner, TimeSpan ttl, CancellationToken cancellationToken)
    {
        using (_gate.Enter())
        {
            if (_held.TryGetValue(name, out var held))
            {
                return new(held.Owner == owner ? LateLeaseAnswer.Granted(held.Token) : LateLeaseAnswer.Refused());
            }

            if (TryLock(PathOf(name)) is not { } file)
            {
                return new(LateLeaseAnswer.Refused());
            }

            try
            {
                var token = ReadToken(file) + 1;
                WriteToken(file, token);
                _held[name] = new Held(file, owner, token);
                return new(LateLeaseAnswer.Granted(token));
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
    }

    public ValueTask<bool> TryRenewAsync(string name, long token, TimeSpan ttl, CancellationToken cancellationToken)
    {
        using (_gate.Enter())
        {
            // Where its file was deleted, another process may lock a new one, or has.
            var isHeld = _held.TryGetValue(name, out var held) && held.Token == token
                && File.GetLastWriteTimeUtc(PathOf(name)) == File.GetLastWriteTimeUtc(held.File.SafeFileHandle);
            if (!isHeld && held?.Token == token)
            {
                Unlock(name, held);
            }

            return new(isHeld);
        }
    }

    public ValueTask ReleaseAsync(string name, long token, CancellationToken cancellationToken)
    {
        using (_gate.Enter())
        {
            if (_held.TryGetValue(name, out var held) && held.Token == token)
            {
                Unlock(name, held);
            }

            return default;
        }
    }

    public void Dispose()
    {
        using (_gate.Enter())
        {
            foreach (var (name, held) in _held.ToArray())
            {
                Unlock(name, held);
            }
        }
    }

    /// <summary>Opens and locks a file; null where another process has it.</summary>
    private FileStream? TryLock(string path)
    {
        Directory.CreateDirectory(Folder);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException exception) when (s_locked.Contains(exception.HResult))
        {
            return null;
        }
    }

    private void Unlock(string name, Held held)
    {
        _held.Remove(name);
        held.File.Dispose();
    }

    /// <summary>The last token that was granted; 0 where none was.</summary>
    private static long ReadToken(FileStream file)
    {
        Span<byte> text = stackalloc byte[20];
        file.Position = 0;
        var length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        return length == 0 ? 0
            : long.TryParse(text[..length], NumberStyles.None, CultureInfo.InvariantCulture, out var token) ? token
            : throw new InvalidDataException($"The file {file.Name} is no lease: it holds no token. Delete it, or set another folder for leases.");
    }

    private static void WriteToken(FileStream file, long token)
    {
        file.Position = 0;
        file.Write(Encoding.ASCII.GetBytes(token.ToString("D20", CultureInfo.InvariantCulture)));
        file.Flush(flushToDisk: true);
    }

    private string PathOf(string name) => Path.Combine(Folder, $"{Uri.EscapeDataString(name)}.lease");

    /// <summary>A file that this process has locked.</summary>
    private sealed record Held(FileStream File, string Owner, long Token);
}
