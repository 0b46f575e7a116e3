namespace Late.Hosting.Benchmarks.Contestants.Late;

/// <summary>Frames made once, to be sent again and again.</summary>
internal sealed class Burst(List<LateFrame> frames)
{
    private volatile bool _isStopped;

    public List<LateFrame> Frames => frames;

    public bool IsStopped => _isStopped;

    public void Stop() => _isStopped = true;
}
