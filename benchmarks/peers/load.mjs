// The people of the socket benchmarks: one process that opens every socket, speaks, and counts.
// Reads one JSON object from standard input:
//   kind      "cairn" | "socketio" | "fastapi": which words the server speaks
//   sockets   [{url, room}]; opened `open` at once
//   rounds    [{name, mode: "rate" | "flood" | "hold", rate, seconds, writers}]
// and writes one JSON object a line: {opened}, then for each round its figures. Between the rounds
// it waits for a line on standard input, so that the caller can read the servers' CPU.
import readline from "node:readline";
import WebSocket from "ws";

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => (await lines.next()).value;
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const task = JSON.parse(await next());
const people = task.sockets.map((one, index) => ({ ...one, index, seen: new Set(), ready: false, lost: null }));
const members = new Map();
for (const person of people) members.set(person.room, [...(members.get(person.room) ?? []), person]);
let heard = () => {};

const SPEAK = {
  cairn: (id, body) => `{"type":"send","client_id":"${id}","body":"${body}"}`,
  fastapi: (id, body) => `{"type":"send","client_id":"${id}","body":"${body}"}`,
  socketio: (id, body) => `42["send",{"client_id":"${id}","body":"${body}"}]`,
}[task.kind];

function opened(person) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(person.url, { perMessageDeflate: false, skipUTF8Validation: true });
    const ready = () => { person.ready = true; resolve(); };
    person.socket = socket;
    socket.on("open", () => {
      if (task.kind === "socketio") socket.send("40");
      else if (task.kind === "cairn") socket.send('{"type":"join","last_seq":0}');
      else ready();
    });
    socket.on("message", (data) => {
      const text = data.toString("latin1");
      if (!person.ready && (text.startsWith("40") || text.startsWith('{"type":"joined"'))) ready();
      else if (text === "2") socket.send("3");
      else if (text.startsWith('{"type":"message"') || text.startsWith('42["message"')) heard(person, text);
      else if (text.startsWith('{"type":"error"')) say({ refused: text });
    });
    socket.on("close", (code) => { person.lost = code; });
    socket.on("error", (problem) => { person.lost = String(problem); reject(problem); });
  });
}

async function openAll() {
  const waiting = [...people];
  const failed = [];
  const worker = async () => {
    for (let person = waiting.shift(); person; person = waiting.shift()) {
      try { await opened(person); } catch (problem) { failed.push(String(problem)); }
    }
  };
  await Promise.all(Array.from({ length: task.open ?? 40 }, worker));
  return failed;
}

const uuid = () => crypto.randomUUID();
const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const lost = () => people.filter((person) => person.lost !== null).length;

function speak(person) {
  person.socket.send(SPEAK(uuid(), performance.now().toFixed(3)));
}

function share(sorted, part) {
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] : null;
}

async function rate(round) {
  const taken = [];
  let doubled = 0;
  people.forEach((person) => person.seen.clear());
  heard = (person, text) => {
    const id = text.substr(text.indexOf('"client_id":"') + 13, 36);
    if (person.seen.has(id)) { doubled += 1; return; }
    person.seen.add(id);
    taken.push(performance.now() - parseFloat(text.slice(text.indexOf('"body":"') + 8)));
  };
  const began = performance.now();
  const total = round.rate * round.seconds;
  let expected = 0;
  for (let sent = 0; sent < total; sent += 1) {
    const wait = began + (sent * 1000) / round.rate - performance.now();
    if (wait > 0) await sleep(wait);
    // Steps through rooms and people alike, so that nobody speaks twice in a row.
    const person = people[(sent * round.step) % people.length];
    expected += members.get(person.room).length;
    speak(person);
  }
  for (let waited = 0; waited < 150 && taken.length < expected; waited += 1) await sleep(100);
  const seconds = (performance.now() - began) / 1000;
  taken.sort((one, other) => one - other);
  return { sent: total, expected, delivered: taken.length, doubled, seconds, lost: lost(),
    p50: share(taken, 0.5), p95: share(taken, 0.95), p99: share(taken, 0.99) };
}

async function flood(round) {
  let delivered = 0;
  let turn = 0;
  let going = true;
  const waiting = new Map();
  const speakNext = () => {
    const person = people[turn % people.length];
    turn += 1;
    const id = uuid();
    waiting.set(id, members.get(person.room).length);
    person.socket.send(SPEAK(id, performance.now().toFixed(3)));
  };
  heard = (person, text) => {
    delivered += 1;
    const id = text.substr(text.indexOf('"client_id":"') + 13, 36);
    const left = waiting.get(id) - 1;
    if (left > 0) { waiting.set(id, left); return; }
    waiting.delete(id);
    if (going) speakNext();
  };
  const began = performance.now();
  for (let each = 0; each < round.writers; each += 1) speakNext();
  await sleep(round.seconds * 1000);
  going = false;
  const counted = delivered;
  const seconds = (performance.now() - began) / 1000;
  for (let waited = 0; waited < 100 && waiting.size; waited += 1) await sleep(100);
  return { delivered: counted, seconds, unheard: [...waiting.values()].reduce((sum, one) => sum + one, 0), lost: lost() };
}

async function hold(round) {
  const before = lost();
  await sleep(round.seconds * 1000);
  return { held: people.length - lost(), lost: lost() - before };
}

const began = performance.now();
const failed = await openAll();
say({ opened: people.length - failed.length, failed: failed.slice(0, 3), seconds: (performance.now() - began) / 1000 });
for (const round of task.rounds) {
  await next();
  await sleep(round.settle ?? 1000);
  const before = process.cpuUsage();
  const figures = await { rate, flood, hold }[round.mode](round);
  const spent = process.cpuUsage(before);
  say({ name: round.name, client_cpu: (spent.user + spent.system) / 1e6, ...figures });
}
await next();
process.exit(0);
