namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>Draws the client's options.</summary>
internal static class DrawnOptions
{
    public static ClientPlan Of(Dice dice, WireKind wire, Needs needs, IReadOnlyList<AttemptPlan> attempts)
    {
        var baseDelay = needs.ShortDelays ? 5 : dice.Between(10, 60);
        return new ClientPlan
        {
            ConnectTimeout = needs.LongConnectTimeout ? 3000 : dice.Between(300, 600),
            ReadyTimeout = dice.Between(300, 600),
            CallTimeout = dice.Between(200, 500),
            CloseTimeout = dice.Between(150, 400),
            SendTimeout = dice.Between(300, 600),
            KeepAlive = needs.KeepAlive ? dice.Between(150, 300) : needs.NoKeepAlive || dice.Chance(70) ? 20_000 : dice.Between(1000, 2000),
            MaxMessageBytes = dice.Pick(16 * 1024, 64 * 1024, 256 * 1024, 1024 * 1024),
            ReceiveBufferBytes = dice.Pick(4 * 1024, 64 * 1024, 256 * 1024, 1024 * 1024),
            MailboxCapacity = dice.Pick(4, 64, 1024),
            Compression = needs.Compression
                ? dice.Pick(LateCompression.Deflate, LateCompression.DeflateNoContextTakeover)
                : dice.Weighted((60, LateCompression.Off), (25, LateCompression.Deflate), (15, LateCompression.DeflateNoContextTakeover)),
            HandlerErrors = dice.Weighted((90, LateHandlerErrorBehavior.Continue), (10, LateHandlerErrorBehavior.Restart)),
            BaseDelay = baseDelay,
            MaxDelay = needs.ShortDelays ? 15 : baseDelay * dice.Between(1, 4),
            BudgetPerSecond = needs.Budget ? dice.Between(5, 15) : dice.Chance(10) ? dice.Between(10, 40) : 0,
            SendLimitFrames = dice.Chance(6) ? dice.Between(3, 10) : 0,
            FailFast = attempts.Count > 0 && attempts[0].Answer != Answer.Upgrade && dice.Chance(15),
            HasUserInfo = dice.Chance(20),
            LogThrowsAt = needs.LogBlocks ? 0 : needs.LogThrowsAt,
            LogBlocks = needs.LogBlocks,
        };
    }
}
