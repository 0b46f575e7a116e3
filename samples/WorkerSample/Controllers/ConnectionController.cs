using Late.Hosting;
using Microsoft.AspNetCore.Mvc;
using WorkerSample.Ticker;

namespace WorkerSample.Controllers;

/// <summary>How the connection is, and how its sessions ended.</summary>
[ApiController]
[Route("connection")]
public sealed class ConnectionController(ILateClient<TickerHandler> ticker) : ControllerBase
{
    [HttpGet]
    public ConnectionView Get() => ConnectionView.Of(ticker);

    [HttpGet("sessions")]
    public IReadOnlyList<EndedSession> GetSessions([FromServices] SessionJournal journal) => journal.Last;
}
