using System.Globalization;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Network;
using Microsoft.Extensions.Configuration;

namespace Late.Hosting.Simulation.Worlds;

/// <summary>The host's configuration: that of the plan, and what reloads make of it.</summary>
internal sealed class SimulatedSettings : ConfigurationProvider, IConfigurationSource
{
    private const string Section = "Late:Simulation";

    private readonly World _world;
    private int _version;
    private bool _hasOtherChange;
    private bool _isHttp2;

    public SimulatedSettings(World world)
    {
        (_world, Uri) = (world, world.Plan.Options.Uri!);
        Write(world.Plan.Options);
        if (world.Plan.IsInvalid)
        {
            Set($"{Section}:MailboxCapacity", "0");
            Set($"{Section}:ConnectTimeot", Secrets.Header);
        }
    }

    /// <summary>The address that the next attempt goes to.</summary>
    public Uri Uri { get; private set; }

    /// <summary>Changes something, and notifies the host: an address, a header, nothing, or an invalid value.</summary>
    public void Reload()
    {
        var kind = _world.Dice.Weighted(35, 25, 20, 20);
        _world.Trace.Write($"the configuration is reloaded: {kind switch { 0 => "an address", 1 => "a header", 2 => "nothing new", _ => "a wrong setting" }}");
        var refusals = _world.Subjects.All.Select(subject => subject.Logs.Count(19)).ToArray();
        if (kind == 0)
        {
            Uri = new Uri($"wss://{Secrets.UserInfo}:x@feed.example/v{++_version}?token={Secrets.Query}");
            Set($"{Section}:Uri", Uri.OriginalString);
        }
        else if (kind == 1)
        {
            Set($"{Section}:Headers:X-Key", $"{Secrets.Header}{++_version}");
        }
        else if (kind == 3)
        {
            // The address with it must not count either.
            Set($"{Section}:Uri", $"wss://feed.example/wrong?token={Secrets.Query}");
            Set($"{Section}:ReadyTimeout", "-00:00:01");
        }

        var changesOther = _world.Chances.Lives.Chance(30);
        if (changesOther)
        {
            // An option on which no promise depends.
            _isHttp2 = !_isHttp2;
            Set($"{Section}:HttpVersion", _isHttp2 ? "2.0" : "1.1");
        }

        // What is changed and changed back since the last accepted reload is no change.
        var isOther = _hasOtherChange != changesOther;
        if (kind != 3 && (kind < 2 || isOther))
        {
            foreach (var subject in _world.Subjects.All)
            {
                subject.Lives.OnChanged(reconnects: kind < 2);
            }
        }

        _hasOtherChange = isOther && kind == 3;
        var hadStarted = _world.Subjects.All.Select(subject => subject.Statuses.HasStarted && !(subject.Plan.IsSupervised && (subject.Ending.IsOver || subject.IsStopping))).ToArray();
        OnReload();
        foreach (var (subject, before) in _world.Subjects.All.Zip(refusals).Where((_, index) => hadStarted[index]))
        {
            subject.Verdict.Require(subject.Logs.Count(19) == before + (kind == 3 ? 1 : 0), "P13", $"a reload was {(kind == 3 ? "not " : "")}refused");
        }

        Set($"{Section}:Uri", Uri.OriginalString);
        Set($"{Section}:ReadyTimeout", Text(_world.Plan.Options.ReadyTimeout));
    }

    /// <summary>Changes the limits of calls, and notifies the host.</summary>
    public void Reload(CallLimits limits, bool isChanged)
    {
        Write(limits);
        var refusals = _world.Subjects.All.Sum(static subject => subject.Logs.Count(19));
        if (isChanged || _hasOtherChange)
        {
            foreach (var subject in _world.Subjects.All)
            {
                subject.Lives.OnChanged(reconnects: false);
            }
        }

        _hasOtherChange = false;
        OnReload();
        _world.Verdict.Require(_world.Subjects.All.Sum(static subject => subject.Logs.Count(19)) == refusals, "P13", $"a reload of the limits of calls was refused");
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    private void Write(LateConnectionOptions options)
    {
        Set($"{Section}:Uri", options.Uri!.OriginalString);
        for (var i = 0; i < options.Uris.Count; i++)
        {
            Set($"{Section}:Uris:{i}", options.Uris[i].OriginalString);
        }

        if (options.AllowedOrigins is [var origin])
        {
            Set($"{Section}:AllowedOrigins:0", origin.OriginalString);
        }

        Set($"{Section}:Headers:X-Key", options.Headers["X-Key"]);
        Set($"{Section}:ConnectTimeout", Text(options.ConnectTimeout));
        Set($"{Section}:ReadyTimeout", Text(options.ReadyTimeout));
        Set($"{Section}:CallTimeout", Text(options.CallTimeout));
        Set($"{Section}:CloseTimeout", Text(options.CloseTimeout));
        Set($"{Section}:SlowCallbackThreshold", Text(options.SlowCallbackThreshold));
        Set($"{Section}:CallbackGracePeriod", Text(options.CallbackGracePeriod));
        Set($"{Section}:SendTimeout", Text(options.SendTimeout));
        Set($"{Section}:KeepAliveInterval", Text(options.KeepAliveInterval));
        Set($"{Section}:KeepAliveTimeout", Text(options.KeepAliveTimeout));
        Set($"{Section}:MaxMessageBytes", Text(options.MaxMessageBytes));
        Set($"{Section}:MailboxCapacity", Text(options.MailboxCapacity));
        Set($"{Section}:ReceiveBufferBytes", Text(options.ReceiveBufferBytes));
        Set($"{Section}:Startup", options.Startup.ToString());
        Set($"{Section}:StartupTimeout", Text(options.StartupTimeout));
        Set($"{Section}:WhenNotReady", options.WhenNotReady.ToString());
        Set($"{Section}:HandlerErrors", options.HandlerErrors.ToString());
        Set($"{Section}:OnFault", options.OnFault.ToString());
        Set($"{Section}:RestartPermanent", options.RestartPermanent ? "true" : "false");
        Set($"{Section}:Restart:BaseDelay", Text(options.Restart.BaseDelay));
        Set($"{Section}:Restart:MaxDelay", Text(options.Restart.MaxDelay));
        Set($"{Section}:Reconnect:BaseDelay", Text(options.Reconnect.BaseDelay));
        Set($"{Section}:Reconnect:MaxDelay", Text(options.Reconnect.MaxDelay));
        Set($"{Section}:Reconnect:StableAfter", Text(options.Reconnect.StableAfter));
        Set($"{Section}:Reconnect:RefusedMaxDelay", Text(options.Reconnect.RefusedMaxDelay));
        foreach (var status in options.PermanentStatusCodes)
        {
            Set($"{Section}:PermanentStatusCodes:0", Text((int)status));
        }

        foreach (var code in options.PermanentCloseCodes)
        {
            Set($"{Section}:PermanentCloseCodes:0", Text(code));
        }

        Write(CallLimits.Of(options));
        Set($"{Section}:Rotation:Jitter", Text(options.Rotation.Jitter));
        Set($"{Section}:Rotation:Order", options.Rotation.Order.ToString());
        Set($"{Section}:Rotation:SwitchWhen", options.Rotation.SwitchWhen.ToString());
        Set($"{Section}:SendLimit:Window", Text(options.SendLimit.Window));
        if (options.DataTimeout is { } data)
        {
            Set($"{Section}:DataTimeout", Text(data));
        }

        if (options.SendLimit.Frames is { } frames)
        {
            Set($"{Section}:SendLimit:Frames", Text(frames));
        }

        if (options.SendLimit.Bytes is { } bytes)
        {
            Set($"{Section}:SendLimit:Bytes", Text((int)bytes));
        }

        if (options.Rotation.MaxSessionLifetime is { } lifetime)
        {
            Set($"{Section}:Rotation:MaxSessionLifetime", Text(lifetime));
        }

        if (options.Rotation.TimeOfDay is { } timeOfDay)
        {
            Set($"{Section}:Rotation:TimeOfDay", timeOfDay.ToString("O", CultureInfo.InvariantCulture));
        }

        if (options.Reconnect.MaxAttempts is { } attempts)
        {
            Set($"{Section}:Reconnect:MaxAttempts", Text(attempts));
        }
    }

    private void Write(CallLimits limits)
    {
        Set($"{Section}:QueueTimeout", Text(limits.QueueTimeout));
        Write("MaxConcurrentCalls", limits.All);
        Write($"MaxConcurrentCallsByRequest:{nameof(Ask)}", limits.Asks);
        Write($"MaxConcurrentCallsByRequest:{nameof(Probe)}", limits.Probes);
    }

    private void Write(string option, int? limit)
    {
        Data.Remove($"{Section}:{option}");
        if (limit is { } number)
        {
            Set($"{Section}:{option}", Text(number));
        }
    }

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
