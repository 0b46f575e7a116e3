'use strict';

// The central system of the tests: ocpp-rpc on a free port of the loopback. It writes a line for each call that a station makes, and what is to
// happen next is a line on its input. It ends with its input.
const { createInterface } = require('node:readline');
const { RPCServer } = require('ocpp-rpc');

const answers = {
  BootNotification: () => ({ status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 }),
  Heartbeat: () => ({ currentTime: new Date().toISOString() }),
  StatusNotification: () => ({}),
};

const write = (line) => process.stdout.write(`${line}\n`);

let station; // The one that has connected last, and the calls of its session that have no answer.
let most = 0;

const server = new RPCServer({ protocols: ['ocpp1.6'], strictMode: true, pingIntervalMs: 0 });
server.auth((accept) => accept());
server.on('client', (client) => {
  const outstanding = [];
  station = { client, outstanding };
  client.on('badMessage', ({ error }) => write(`bad message: ${error.message}`));
  client.on('strictValidationFailure', ({ error }) => write(`not valid: ${error.message}`));
  for (const action of Object.keys(answers)) {
    client.handle(action, ({ params }) => new Promise((resolve) => {
      outstanding.push(() => resolve(answers[action]()));
      most = Math.max(most, outstanding.length);
      write(`${action} ${params.connectorId ?? ''}`.trimEnd());
    }));
  }
});

const commands = {
  answer: () => station.outstanding.shift()(),
  leave: () => {
    station.outstanding.shift();
    write('left');
  },
  drop: () => station.client.close({ force: true }),
  most: () => write(`most ${most}`),
  start: async (connector) => {
    const { status } = await station.client.call('RemoteStartTransaction', { connectorId: Number(connector), idTag: 'tag' });
    write(`started ${connector}: ${status}`);
  },
};

const input = createInterface({ input: process.stdin });
input.on('line', async (line) => {
  const [command, argument] = line.split(' ');
  try {
    await commands[command](argument);
  } catch (error) {
    write(`${line} failed: ${error.message}`);
  }
});
input.on('close', () => process.exit());

server.listen(0, '127.0.0.1').then((http) => write(`listening ${http.address().port}`));
