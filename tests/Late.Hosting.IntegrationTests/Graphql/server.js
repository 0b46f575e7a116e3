'use strict';

// The GraphQL server of the tests: graphql-ws on a free port of the loopback. It writes a line for each subscription that begins and each that a client
// completes, and what is to happen next is a line on its input. It ends with its input.
const { createServer } = require('node:http');
const { createInterface } = require('node:readline');
const { buildSchema } = require('graphql');
const { useServer } = require('graphql-ws/use/ws');
const { WebSocketServer } = require('ws');

const write = (line) => process.stdout.write(`${line}\n`);

const active = new Set(); // The subscriptions to ticks of the session.
let last; // The countdown that has begun last.
let session = 0;
let held; // Upgrades that wait for the command "open"; undefined where none has to.

const source = (name, sources) => {
  const queue = [];
  let wake = () => {};
  let ended = false;
  const mine = session;
  const self = {
    name,
    push: (value) => { queue.push(value); wake(); },
    end: () => { ended = true; wake(); },
    [Symbol.asyncIterator]: () => self,
    next: async () => {
      while (queue.length === 0 && !ended) {
        await new Promise((resolve) => { wake = resolve; });
      }
      return queue.length > 0 ? { value: queue.shift(), done: false } : { value: undefined, done: true };
    },
    return: async () => {
      sources.delete(self);
      self.end();
      if (mine === session) {
        write(`complete ${name}`);
      }
      return { value: undefined, done: true };
    },
  };
  sources.add(self);
  write(`subscribe ${name}`);
  return self;
};

const schema = buildSchema('type Query { none: Int } type Subscription { ticks(topic: String!): Int! countdown(from: Int!): Int! refused: Int! }');
const roots = {
  subscription: {
    ticks: ({ topic }) => source(topic, active),
    countdown: ({ from }) => { last = source(`countdown ${from}`, new Set()); return last; },
    refused: () => { throw new Error('no such feed'); },
  },
};

const http = createServer();
const sockets = new WebSocketServer({ noServer: true, handleProtocols: (protocols) => protocols.has('graphql-transport-ws') && 'graphql-transport-ws' });
useServer({ schema, roots, onConnect: () => { write('connected'); return true; } }, sockets);
const open = (upgrade) => sockets.handleUpgrade(...upgrade, (socket) => sockets.emit('connection', socket, upgrade[0]));
http.on('upgrade', (...upgrade) => {
  if (held === undefined) {
    open(upgrade);
  } else {
    held.push(upgrade);
    write('waits');
  }
});

const commands = {
  publish: (value) => active.forEach((ticks) => ticks.push({ ticks: Number(value) })),
  active: () => write(`active ${[...active].map((ticks) => ticks.name).sort().join(' ')}`),
  count: (value) => last.push({ countdown: Number(value) }),
  end: () => last.end(),
  kill: () => {
    session++;
    active.clear();
    held = [];
    sockets.clients.forEach((socket) => socket.terminate());
  },
  open: () => {
    const waiting = held;
    held = undefined;
    waiting.forEach(open);
  },
};

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  const [command, argument] = line.split(' ');
  commands[command](argument);
});
input.on('close', () => process.exit());

http.listen(0, '127.0.0.1', () => write(`listening ${http.address().port}`));
