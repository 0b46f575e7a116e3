using GatewayBot;
using GatewayBot.Events;

var builder = Host.CreateApplicationBuilder(args);
builder.AddGateway();
builder.AddFeed();
builder.Services.AddSingleton<IEventSink, LoggedEvents>();
await builder.Build().RunAsync();
