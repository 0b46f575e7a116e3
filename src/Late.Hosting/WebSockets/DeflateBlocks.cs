namespace Late.Hosting.WebSockets;

/// <summary>
/// Follows the blocks of DEFLATE data (RFC 1951) without inflating them, and makes final ones ordinary: a decompressor that
/// has seen a final block does not continue, and a message may have some and continue after them (RFC 7692 §7.2.3.4).
/// </summary>
internal sealed class DeflateBlocks
{
    private const int EndOfBlock = 256;
    private const int MostLiterals = 286;
    private const int MostDistances = 30;

    // An empty block without compression, from behind its three bits of header: it ends where a byte does.
    private static readonly byte[] s_rest = DeflateParameters.OmittedTail.ToArray();
    private static readonly byte[] s_whole = [0, .. DeflateParameters.OmittedTail];

    private readonly HuffmanCode _ownLiterals = new(MostLiterals);
    private readonly HuffmanCode _ownDistances = new(MostDistances);
    private readonly HuffmanCode _lengthCode = new(19);
    private readonly byte[] _lengths = new byte[MostLiterals + MostDistances];
    private HuffmanCode _literals = HuffmanCode.FixedLiterals;
    private HuffmanCode _distances = HuffmanCode.FixedDistances;
    private Stage _stage;
    private ulong _bits;
    private int _bitCount;
    private bool _isFinal;
    private int _stored;
    private int _literalCount;
    private int _distanceCount;
    private int _lengthCodeCount;
    private int _index;

    private enum Stage
    {
        Begin,
        Kind,
        StoredLength,
        Stored,
        Counts,
        LengthCodes,
        Lengths,
        Symbols,
    }

    // §3.2.7: the order in which the lengths of the code of lengths come.
    private static ReadOnlySpan<byte> LengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    // §3.2.5: the extra bits of the symbols from 257 on.
    private static ReadOnlySpan<byte> ExtraBits => [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    /// <summary>A message begins, where a byte and a block do.</summary>
    public void Begin() => (_stage, _bits, _bitCount) = (Stage.Begin, 0, 0);

    /// <summary>Follows the next part of a message up to the end of a final block, and clears the bits that mark it as final.</summary>
    /// <param name="data">The part; its bits are changed.</param>
    /// <param name="following">What a decompressor gets after that which was followed, so that its next block begins with the next byte.</param>
    /// <returns>How many bytes were followed.</returns>
    /// <exception cref="WebSocketProtocolException">It is no DEFLATE data.</exception>
    public int Follow(Span<byte> data, out ReadOnlyMemory<byte> following)
    {
        int at = 0;
        following = default;
        while (true)
        {
            while (_bitCount <= 56 && at < data.Length)
            {
                _bits |= (ulong)data[at++] << _bitCount;
                _bitCount += 8;
            }

            bool endsBlock = false;
            switch (_stage)
            {
                case Stage.Begin when _bitCount >= 1:
                    int begin = (at * 8) - _bitCount;
                    data[begin >> 3] &= (byte)~(1 << (begin & 7));
                    _isFinal = Take(1) == 1;
                    _stage = Stage.Kind;
                    continue;
                case Stage.Kind when _bitCount >= 2:
                    BeginBlock(Take(2));
                    continue;
                case Stage.StoredLength when _bitCount >= 32:
                    _stored = Take(16);
                    Check((_stored ^ 0xFFFF) == Take(16));
                    _stage = Stage.Stored;
                    at -= _bitCount / 8;
                    (_bits, _bitCount) = (0, 0);
                    endsBlock = _stored == 0;
                    break;
                case Stage.Stored when at < data.Length || _bitCount > 0:
                    // The first bytes of it may have been looked at already.
                    at -= _bitCount / 8;
                    (_bits, _bitCount) = (0, 0);
                    int count = Math.Min(_stored, data.Length - at);
                    at += count;
                    _stored -= count;
                    endsBlock = _stored == 0;
                    break;
                case Stage.Counts when _bitCount >= 14:
                    TakeCounts();
                    continue;
                case Stage.LengthCodes when _bitCount >= 3:
                    TakeLengthCode();
                    continue;
                case Stage.Lengths when TryTakeLength():
                    continue;
                case Stage.Symbols when TryTakeSymbol(out endsBlock):
                    break;
                default:
                    return at;
            }

            if (!endsBlock)
            {
                continue;
            }

            _stage = Stage.Begin;
            if (_isFinal)
            {
                int end = (at * 8) - _bitCount;
                int bytes = (end + 7) / 8;
                int padding = (bytes * 8) - end;
                data[bytes - 1] &= (byte)(0xFF >> padding);
                (_bits, _bitCount) = (0, 0);
                following = padding >= 3 ? s_rest : s_whole;
                return bytes;
            }
        }
    }

    /// <summary>The message ends.</summary>
    /// <returns>True where the bytes have to follow that its sender has left out (RFC 7692 §7.2.2).</returns>
    /// <exception cref="WebSocketProtocolException">It ends inside a block.</exception>
    public bool End()
    {
        bool isInTail = _stage == Stage.StoredLength && _bitCount == 0;
        Check(isInTail || (_stage == Stage.Begin && _bitCount == 0));
        return isInTail;
    }

    private static void Check(bool isRight)
    {
        if (!isRight)
        {
            throw WebSocketProtocolException.InvalidPayload("A compressed message from the server is not DEFLATE data (RFC 7692 §7.2.2).");
        }
    }

    private static int ExtraBitsOfDistance(int symbol) => symbol < 4 ? 0 : (symbol / 2) - 1;

    private int Take(int count)
    {
        int taken = (int)(_bits & ((1UL << count) - 1));
        _bits >>= count;
        _bitCount -= count;
        return taken;
    }

    private void BeginBlock(int kind)
    {
        Check(kind != 3);
        if (kind == 0)
        {
            // §3.2.4: its length begins with a byte.
            Take(_bitCount % 8);
            _stage = Stage.StoredLength;
        }
        else if (kind == 1)
        {
            (_literals, _distances, _stage) = (HuffmanCode.FixedLiterals, HuffmanCode.FixedDistances, Stage.Symbols);
        }
        else
        {
            _stage = Stage.Counts;
        }
    }

    private void TakeCounts()
    {
        (_literalCount, _distanceCount, _lengthCodeCount) = (Take(5) + 257, Take(5) + 1, Take(4) + 4);
        Check(_literalCount <= MostLiterals && _distanceCount <= MostDistances);
        Array.Clear(_lengths);
        (_index, _stage) = (0, Stage.LengthCodes);
    }

    private void TakeLengthCode()
    {
        _lengths[LengthOrder[_index++]] = (byte)Take(3);
        if (_index == _lengthCodeCount)
        {
            Check(_lengthCode.TrySet(_lengths.AsSpan(0, LengthOrder.Length)));
            Array.Clear(_lengths);
            (_index, _stage) = (0, Stage.Lengths);
        }
    }

    /// <returns>False where bits are missing.</returns>
    private bool TryTakeLength()
    {
        int symbol = _lengthCode.Find(_bits, out int used);
        if (!Has(symbol, used, _bitCount))
        {
            return false;
        }

        // §3.2.7: a length, or how often one is repeated.
        int extra = symbol switch { 16 => 2, 17 => 3, 18 => 7, _ => 0 };
        if (used + extra > _bitCount)
        {
            return false;
        }

        Take(used);
        int times = Take(extra) + symbol switch { 16 or 17 => 3, 18 => 11, _ => 1 };
        Check((symbol != 16 || _index > 0) && _index + times <= _literalCount + _distanceCount);
        byte length = symbol < 16 ? (byte)symbol : symbol == 16 ? _lengths[_index - 1] : (byte)0;
        _lengths.AsSpan(_index, times).Fill(length);
        _index += times;
        if (_index == _literalCount + _distanceCount)
        {
            (_literals, _distances, _stage) = (_ownLiterals, _ownDistances, Stage.Symbols);
            Check(_literals.TrySet(_lengths.AsSpan(0, _literalCount)) && _distances.TrySet(_lengths.AsSpan(_literalCount, _distanceCount)));
        }

        return true;
    }

    /// <returns>False where bits are missing.</returns>
    private bool TryTakeSymbol(out bool endsBlock)
    {
        endsBlock = false;
        int symbol = _literals.Find(_bits, out int used);
        if (!Has(symbol, used, _bitCount))
        {
            return false;
        }

        if (symbol > EndOfBlock)
        {
            Check(symbol < MostLiterals);
            used += ExtraBits[symbol - EndOfBlock - 1];
            int distance = _distances.Find(_bits >> used, out int distanceUsed);
            if (!Has(distance, distanceUsed, _bitCount - used))
            {
                return false;
            }

            Check(distance < MostDistances);
            used += distanceUsed + ExtraBitsOfDistance(distance);
            if (used > _bitCount)
            {
                return false;
            }
        }

        Take(used);
        endsBlock = symbol == EndOfBlock;
        return true;
    }

    /// <summary>Whether a code that was found lies wholly in the bits that there are: those behind them count as zeros.</summary>
    private static bool Has(int symbol, int used, int bits)
    {
        Check(symbol >= 0 || bits < HuffmanCode.MostBits);
        return symbol >= 0 && used <= bits;
    }
}
