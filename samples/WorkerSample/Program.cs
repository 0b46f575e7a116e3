using Late.Hosting;
using Microsoft.Extensions.Options;
using Serilog;
using WorkerSample.Controllers;
using WorkerSample.Feed;
using WorkerSample.Operations;
using WorkerSample.Ticker;

if (args is ["--health", var address])
{
    return await Health.AskAsync(new Uri(address));
}

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.Services.AddSerilog(logger => logger.ReadFrom.Configuration(builder.Configuration), writeToProviders: true);
builder.AddTelemetry();
if (FeedService.IsWanted(builder.Configuration))
{
    return await FeedService.RunAsync(builder);
}

// The connection: its settings are in the section Late:Ticker, its callbacks in TickerHandler.
builder.Services.AddLateConnection<TickerHandler>().UseOwnFeedByDefault().UseLeaseWhereShared(builder.Configuration);
builder.Services.AddOptions<TickerSettings>().BindConfiguration("Ticker").ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddSingleton<PriceBoard>();
builder.Services.AddSingleton<SessionStore>();
builder.Services.AddScoped<SessionJournal>();
builder.Services.AddHealth(builder.Configuration);

// The web application around it. What a call throws becomes an answer in CallExceptionHandler.
builder.Services.AddControllers();
builder.Services.AddProblemDetails();
builder.Services.AddExceptionHandler<CallExceptionHandler>();
builder.Services.AddSingleton<FeedAway>();

// An exchange of its own, to play with. An application that has a real one leaves out these lines and the folder Feed.
builder.Services.AddFeed();

var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseWebSockets();
app.UseStaticFiles();
app.MapControllers();
app.MapHealth();
app.MapFeed();
app.MapDashboard();
try
{
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (exception is OptionsValidationException or LateException or IOException)
{
    // Wrong settings, no feed under Startup = FailFast, or a port in use: the host has logged it, and a crash adds nothing.
    return 1;
}
