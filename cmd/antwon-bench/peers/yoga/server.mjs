// graphql-yoga with graphql-ws, under the same load as the program: the same schema, and likes that come from the same
// jukebox, which is in the process that starts this one. That process writes each change of a channel (one field of one
// room) to the standard input, as a line, once the channel's state has been requested from it.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { useServer } from "graphql-ws/use/ws";
import { createPubSub, createSchema, createYoga, Repeater } from "graphql-yoga";
import { WebSocketServer } from "ws";

const [schemaFile, source] = process.argv.slice(2);
const pubSub = createPubSub();
const wholes = new Map(); // the present state of each channel, or its promise; until the channel changes

const subscription = (field) => ({
  subscribe: (_, { roomId }) => {
    const channel = `${roomId}/${field}`;
    return Repeater.merge([[whole(roomId, field)], pubSub.subscribe(channel)]);
  },
  resolve: (event) => event,
});

async function whole(roomId, field) {
  const channel = `${roomId}/${field}`;
  if (!wholes.has(channel)) {
    wholes.set(channel, fetchWhole(roomId, field));
  }
  return wholes.get(channel);
}

async function fetchWhole(roomId, field) {
  const response = await fetch(`${source}/whole?${new URLSearchParams({ roomId, field })}`);
  if (!response.ok) {
    throw new Error(await response.text());
  }
  return (await response.json()).data[field];
}

const yoga = createYoga({
  schema: createSchema({
    typeDefs: await readFile(schemaFile, "utf8"),
    resolvers: {
      Subscription: { roomQueue: subscription("roomQueue"), roomQueueChanges: subscription("roomQueueChanges") },
    },
  }),
  logging: "warn",
});

const server = createServer((request, response) =>
  request.url.startsWith("/usage") ? answerUsage(request, response) : yoga(request, response),
);

// Of this process: processor time in microseconds, resident memory in bytes.
function answerUsage(request, response) {
  if (request.url.endsWith("collect=1")) {
    global.gc();
    global.gc();
  }
  const { user, system } = process.cpuUsage();
  response.end(JSON.stringify({ cpu: user + system, rss: process.memoryUsage.rss() }));
}

useServer(
  {
    execute: (args) => args.rootValue.execute(args),
    subscribe: (args) => args.rootValue.subscribe(args),
    onSubscribe: async (context, _id, params) => {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...context,
        req: context.extra.request,
        socket: context.extra.socket,
        params,
      });
      const document = parse(params.query);
      const errors = validate(schema, document);
      return errors.length > 0
        ? errors
        : {
            schema,
            document,
            operationName: params.operationName,
            variableValues: params.variables,
            contextValue: await contextFactory(),
            rootValue: { execute, subscribe },
          };
    },
  },
  new WebSocketServer({ server, path: yoga.graphqlEndpoint }),
);

server.listen(0, "127.0.0.1", 4096, () => {
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
});

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const { roomId, field, payload } = JSON.parse(line);
  const channel = `${roomId}/${field}`;
  wholes.delete(channel);
  pubSub.publish(channel, payload.data[field]);
});
lines.on("close", () => process.exit()); // with the process that started this one
