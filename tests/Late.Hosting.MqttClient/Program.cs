using Late.Hosting.MqttClient;

// An MQTT client in a process of its own, for a test that kills it. The arguments are the address of the broker and the id of
// the client, which is the topic of its will too. Its standard output has a line when it is ready. It stops when its standard
// input closes, so also when its parent is gone.
var login = new MqttLogin(args[1]) { Will = new MqttMessage(args[1], "will") };
await using var app = new MqttApp(login, options =>
{
    options.Uri = new Uri(args[0]);
    options.SubProtocols.Add("mqtt");
});
await app.StartAsync(CancellationToken.None);
Console.WriteLine("ready");

while (await Console.In.ReadLineAsync() is not null)
{
}
