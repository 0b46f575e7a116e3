using Late.Hosting;
using Microsoft.AspNetCore.Mvc;
using WorkerSample.Ticker;

namespace WorkerSample.Controllers;

/// <summary>How the connection is.</summary>
[ApiController]
[Route("connection")]
public sealed class ConnectionController(ILateClient<TickerHandler> ticker) : ControllerBase
{
    [HttpGet]
    public ConnectionView Get() => ConnectionView.Of(ticker);
}
