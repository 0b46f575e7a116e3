using JsonRpcClient.Rpc;
using Late.Hosting;

namespace JsonRpcClient;

/// <summary>Logs the blocks of a chain.</summary>
public sealed partial class BlockWatcher(ILateClient<RpcHandler> node, ILogger<BlockWatcher> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await node.WaitForReadyAsync(stoppingToken);
        LogChain((await node.CallAsync(new Invoke("eth_chainId"), stoppingToken)).GetString());
        await using var blocks = await node.SubscribeAsync(new Feed("newHeads"), stoppingToken);
        await foreach (var next in blocks.ReadEventsAsync(stoppingToken))
        {
            if (next.Kind == LateSubscriptionEventKind.Item)
            {
                LogBlock(next.Item.GetProperty("number").GetString());
            }
            else
            {
                LogGap(next.Kind);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Chain {Id}.")]
    private partial void LogChain(string? id);

    [LoggerMessage(2, LogLevel.Information, "Block {Number}.")]
    private partial void LogBlock(string? number);

    [LoggerMessage(3, LogLevel.Information, "The subscription: {Kind}.")]
    private partial void LogGap(LateSubscriptionEventKind kind);
}
