using System.Buffers;

namespace Late.Hosting.Analyzers.Tests.Examples;

/// <summary>Devices under a supervisor: binary frames, a buffer of the handler's own, a base class of the application's own.</summary>
public static class DeviceTelemetry
{
    public sealed record Reading(long At, double Value);

    public sealed record Forward(byte[] Bytes);

    public abstract class Device<TState> : ILateHandler<TState>
    {
        public abstract ValueTask<TState> InitAsync(LateContext context, CancellationToken cancellationToken);

        public virtual ValueTask<LateResult<TState>> HandleInAsync(LateFrame frame, TState state, CancellationToken cancellationToken) =>
            LateResult.Ok(HandleReading(Parse(frame), state));

        protected abstract TState HandleReading(Reading reading, TState state);

        protected static Reading Parse(LateFrame frame)
        {
            var bytes = frame.Payload.Span;
            return new Reading(BitConverter.ToInt64(bytes), BitConverter.ToDouble(bytes[8..]));
        }
    }

    public sealed class Handler(ILateClient<Handler> self, ILateSupervisor<Handler> siblings) : Device<List<Reading>>, ILateInfoHandler<List<Reading>, Forward>
    {
        private readonly ArrayBufferWriter<byte> _buffer = new();
        private readonly SemaphoreSlim _gate = new(1);
        private Action? _report;

        public override ValueTask<List<Reading>> InitAsync(LateContext context, CancellationToken cancellationToken) => new([]);

        public override async ValueTask<LateResult<List<Reading>>> HandleInAsync(LateFrame frame, List<Reading> state, CancellationToken cancellationToken)
        {
            _buffer.Write(frame.Payload.Span);
            state.Add(Parse(frame));
            var length = frame.Payload.Length;
            _report = () => Console.WriteLine(length);
            self.PostAfter(TimeSpan.FromSeconds(1), new Forward(frame.ToArray()));
            if (_gate.Wait(0, cancellationToken))
            {
                await Task.Run(() => Checksum(frame.Payload.Span), cancellationToken);
                _gate.Release();
            }

            return LateResult.Ok(state);
        }

        public async ValueTask<LateResult<List<Reading>>> HandleInfoAsync(Forward message, List<Reading> state, CancellationToken cancellationToken)
        {
            _report?.Invoke();
            if (siblings.TryGet("backup", out var backup))
            {
                await backup.SendAsync(LateFrame.Binary(message.Bytes), cancellationToken);
            }

            return LateResult.Ok(state);
        }

        protected override List<Reading> HandleReading(Reading reading, List<Reading> state) => [.. state, reading];

        private static int Checksum(ReadOnlySpan<byte> bytes)
        {
            var sum = 0;
            foreach (var value in bytes)
            {
                sum += value;
            }

            return sum;
        }
    }
}
