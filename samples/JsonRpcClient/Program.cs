using JsonRpcClient;
using JsonRpcClient.Rpc;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddLateConnection<RpcHandler>();
builder.Services.AddHostedService<BlockWatcher>();
await builder.Build().RunAsync();
