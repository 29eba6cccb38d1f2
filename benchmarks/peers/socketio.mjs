// A room by Socket.io 4 with its Redis adapter, two processes. With STORE=1 every message is checked
// for its sender's membership and kept in PostgreSQL under the room's next number, as Cairn does.
import cluster from "node:cluster";
import http from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import pg from "pg";
import { createClient } from "redis";
import { Server } from "socket.io";

const PORT = Number(process.env.PORT);
const STORE = process.env.STORE === "1";

if (cluster.isPrimary) {
  for (let each = 0; each < 2; each += 1) cluster.fork();
} else {
  const pub = createClient({ url: process.env.PEER_REDIS });
  const sub = pub.duplicate();
  await Promise.all([pub.connect(), sub.connect()]);
  const pool = STORE ? new pg.Pool({ connectionString: process.env.PEER_DATABASE, max: 8 }) : null;
  const server = http.createServer((_request, response) => response.end("ok"));
  const io = new Server(server, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });
  io.adapter(createAdapter(pub, sub, { key: process.env.PEER_PREFIX }));
  io.on("connection", (socket) => {
    const { room, person } = socket.handshake.query;
    socket.join(room);
    socket.on("send", async (frame) => {
      const message = pool ? await stored(pool, room, person, frame) : shaped(frame, 0, person);
      io.to(room).emit("message", message);
    });
  });
  server.listen(PORT, "127.0.0.1");
}

async function stored(pool, room, person, frame) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const member = await client.query("SELECT 1 FROM peer_member WHERE room = $1 AND person = $2", [room, person]);
    if (!member.rowCount) throw new Error("not a member");
    const row = await client.query("UPDATE peer_room SET seq = seq + 1 WHERE id = $1 RETURNING seq", [room]);
    await client.query(
      "INSERT INTO peer_message (room, seq, person, client_id, body, created_at) VALUES ($1, $2, $3, $4, $5, now())",
      [room, row.rows[0].seq, person, frame.client_id, frame.body],
    );
    await client.query("COMMIT");
    return shaped(frame, Number(row.rows[0].seq), person);
  } catch (problem) {
    await client.query("ROLLBACK");
    throw problem;
  } finally {
    client.release();
  }
}

// As many bytes as a frame of Cairn's, so that both carry the same load.
function shaped(frame, seq, person) {
  return {
    type: "message", id: "5CFmfGhBGSXY3wqZ8vYZvN", seq, change: seq, client_id: frame.client_id,
    sender: { id: "3mJr7AoUXx2Wqd1Vw9Jk4b", name: `Person ${person}` }, ai: null, reply_to: null, thread: null,
    replies: 0, body: frame.body, html: `<p>${frame.body}</p>\n`, created_at: new Date().toISOString(),
    edited_at: null, deleted: false, pinned: false, mentions: [], reactions: {}, asked: "", faq: false,
  };
}
