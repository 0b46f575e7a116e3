using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Late.Hosting.WebSockets;

/// <summary>Masks payload (RFC 6455 §5.3): byte i is combined with byte i modulo 4 of the key.</summary>
internal static class Masking
{
    /// <summary>Copies and masks in one pass.</summary>
    /// <param name="source">The payload.</param>
    /// <param name="destination">At least as long. The same memory masks in place; otherwise they do not overlap.</param>
    /// <param name="key">The key in memory order.</param>
    public static void Mask(ReadOnlySpan<byte> source, Span<byte> destination, uint key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, source.Length, nameof(destination));
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(destination);
        nuint length = (nuint)source.Length;
        nuint i = 0;

        // Every width is a multiple of four, so that the key starts over with each step.
        if (Vector512.IsHardwareAccelerated)
        {
            var keys = Vector512.Create(key).AsByte();
            for (; length - i >= 64; i += 64)
            {
                (Vector512.LoadUnsafe(ref from, i) ^ keys).StoreUnsafe(ref to, i);
            }
        }

        if (Vector256.IsHardwareAccelerated)
        {
            var keys = Vector256.Create(key).AsByte();
            for (; length - i >= 32; i += 32)
            {
                (Vector256.LoadUnsafe(ref from, i) ^ keys).StoreUnsafe(ref to, i);
            }
        }

        if (Vector128.IsHardwareAccelerated)
        {
            var keys = Vector128.Create(key).AsByte();
            for (; length - i >= 16; i += 16)
            {
                (Vector128.LoadUnsafe(ref from, i) ^ keys).StoreUnsafe(ref to, i);
            }
        }

        for (; length - i >= 4; i += 4)
        {
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, i), Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref from, i)) ^ key);
        }

        for (; i < length; i++)
        {
            Unsafe.Add(ref to, i) = (byte)(Unsafe.Add(ref from, i) ^ (byte)(BitConverter.IsLittleEndian ? key : key >> 24));
            key = BitConverter.IsLittleEndian ? BitOperations.RotateRight(key, 8) : BitOperations.RotateLeft(key, 8);
        }
    }
}
