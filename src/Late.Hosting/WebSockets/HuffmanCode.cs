namespace Late.Hosting.WebSockets;

/// <summary>A Huffman code of DEFLATE, given by the lengths of its codes (RFC 1951 §3.2.2).</summary>
internal sealed class HuffmanCode(int mostSymbols)
{
    public const int MostBits = 15;

    private readonly int[] _counts = new int[MostBits + 1];
    private readonly ushort[] _symbols = new ushort[mostSymbols];

    /// <summary>The code of literals and lengths of a block with fixed codes (§3.2.6).</summary>
    public static HuffmanCode FixedLiterals { get; } = Of([
        .. Enumerable.Repeat((byte)8, 144), .. Enumerable.Repeat((byte)9, 112), .. Enumerable.Repeat((byte)7, 24), .. Enumerable.Repeat((byte)8, 8)]);

    /// <summary>The code of distances of a block with fixed codes.</summary>
    public static HuffmanCode FixedDistances { get; } = Of([.. Enumerable.Repeat((byte)5, 32)]);

    /// <summary>Takes the lengths of the codes of symbols 0, 1, 2 …; 0 for a symbol without a code.</summary>
    /// <returns>False where there cannot be so many codes of these lengths.</returns>
    public bool TrySet(ReadOnlySpan<byte> lengths)
    {
        Array.Clear(_counts);
        foreach (byte length in lengths)
        {
            _counts[length]++;
        }

        _counts[0] = 0;
        Span<int> next = stackalloc int[MostBits + 1];
        int left = 1;
        for (int length = 1; length <= MostBits; length++)
        {
            left = (left << 1) - _counts[length];
            if (left < 0)
            {
                return false;
            }

            next[length] = next[length - 1] + _counts[length - 1];
        }

        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] != 0)
            {
                _symbols[next[lengths[symbol]]++] = (ushort)symbol;
            }
        }

        return true;
    }

    /// <summary>Finds the symbol whose code the bits begin with.</summary>
    /// <param name="bits">The bits, the first lowest.</param>
    /// <param name="length">How many bits the code has.</param>
    /// <returns>-1 where no code is like that.</returns>
    public int Find(ulong bits, out int length)
    {
        int code = 0, first = 0, index = 0;
        for (length = 1; length <= MostBits; length++)
        {
            code |= (int)bits & 1;
            bits >>= 1;
            int count = _counts[length];
            if (code - first < count)
            {
                return _symbols[index + code - first];
            }

            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }

        return -1;
    }

    private static HuffmanCode Of(byte[] lengths)
    {
        var code = new HuffmanCode(lengths.Length);
        code.TrySet(lengths);
        return code;
    }
}
