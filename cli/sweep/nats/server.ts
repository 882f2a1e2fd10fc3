import { readFileSync } from "node:fs";
import type { Consumer, JetStreamClient } from "@nats-io/jetstream";
import type { KV } from "@nats-io/kv";
import type { ObjectStore } from "@nats-io/obj";
import type { NatsConnection } from "@nats-io/transport-node";
import { UsageError } from "../../exitCodes.js";
import { explained } from "../../files.js";

/** Where a NATS server is, and how it lets us in. */
export interface NatsFlags {
  /** nats://host:4222, tls://host:4222; with user:password@ or token@ before the host where the server wants that. */
  readonly nats: string;
  /** A credentials file, as `nsc` writes it. */
  readonly natsCreds?: string;
  /** Of a server whose certificate no public authority signed; and our own certificate and key, for servers that want one. */
  readonly natsCa?: string;
  readonly natsCert?: string;
  readonly natsKey?: string;
}

/** What a sweep uses on a server. */
export interface NatsRooms {
  readonly connection: NatsConnection;
  readonly jetstream: JetStreamClient;
  /** Jobs as they are handed to one worker at a time. */
  readonly jobs: Consumer;
  /** Run folders: the states of unfinished runs, and results. */
  readonly store: ObjectStore;
  /** By the run's identity: what came of it. Nothing in it is ever written over. */
  readonly outcomes: KV;
}

export const JOB_SUBJECT = "hebbian.jobs";
const STREAM = "HEBBIAN_JOBS";
const CONSUMER = "hebbian-workers";
const STORE = "hebbian-runs";
const OUTCOMES = "hebbian-outcomes";

/** Seconds that a worker may be silent before its job is given to another. */
export const LEASE = 30;
const NANOSECONDS = 1e9;

/**
 * Connects, and makes what is not there yet. A connection that is lost is made again, as often as it takes.
 * @throws UsageError where the packages are not installed, or nothing answers there
 */
export async function natsRooms(flags: NatsFlags, lease = LEASE): Promise<NatsRooms> {
  const { core, stream, objects, keys } = await packages();
  let connection: NatsConnection;
  try {
    connection = await core.connect({
      ...accessOf(flags, core),
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
    });
  } catch (error) {
    throw new UsageError(`--nats ${hostOf(flags.nats)}: ${(error as Error).message}; is a server there?`, {
      cause: error,
    });
  }
  try {
    const manager = await stream.jetstreamManager(connection);
    await manager.streams.add({
      name: STREAM,
      subjects: [`${JOB_SUBJECT}.>`],
      retention: stream.RetentionPolicy.Workqueue,
      // A run that waits already is refused, so that it can be asked for again at any time.
      max_msgs_per_subject: 1,
      discard: stream.DiscardPolicy.New,
      discard_new_per_subject: true,
    });
    await manager.consumers.add(STREAM, {
      durable_name: CONSUMER,
      ack_policy: stream.AckPolicy.Explicit,
      ack_wait: lease * NANOSECONDS,
      max_deliver: -1,
    });
    const jetstream = stream.jetstream(connection);
    return {
      connection,
      jetstream,
      jobs: await jetstream.consumers.get(STREAM, CONSUMER),
      store: await new objects.Objm(connection).create(STORE),
      outcomes: await new keys.Kvm(connection).create(OUTCOMES),
    };
  } catch (error) {
    await connection.close();
    throw new UsageError(
      `--nats ${hostOf(flags.nats)}: ${(error as Error).message}; it needs JetStream (nats-server -js), and the right to use it`,
      { cause: error },
    );
  }
}

async function packages() {
  try {
    const [core, stream, objects, keys] = await Promise.all([
      import("@nats-io/transport-node"),
      import("@nats-io/jetstream"),
      import("@nats-io/obj"),
      import("@nats-io/kv"),
    ]);
    return { core, stream, objects, keys };
  } catch (error) {
    throw new UsageError(
      "--nats: NATS's client is not installed; npm install @nats-io/transport-node @nats-io/jetstream @nats-io/obj @nats-io/kv",
      { cause: error },
    );
  }
}

/** Without what only the server should see. */
const hostOf = (url: string): string => url.replace(/\/\/[^@/]*@/, "//");

function accessOf(flags: NatsFlags, core: typeof import("@nats-io/transport-node")) {
  let url: URL;
  try {
    url = new URL(flags.nats.includes("://") ? flags.nats : `nats://${flags.nats}`);
  } catch {
    throw new UsageError(`--nats: expected an address such as nats://host:4222, got "${hostOf(flags.nats)}"`);
  }
  const { username, password, host, protocol } = url;
  const [user, secret] = [username, password].map(decodeURIComponent) as [string, string];
  const { natsCreds, natsCa, natsCert, natsKey } = flags;
  const tls = protocol === "tls:" || natsCa !== undefined || natsCert !== undefined;
  return {
    servers: host,
    ...(password !== "" && { user, pass: secret }),
    ...(username !== "" && password === "" && { token: user }),
    ...(natsCreds !== undefined && {
      authenticator: core.credsAuthenticator(explained("read", natsCreds, () => readFileSync(natsCreds))),
    }),
    ...(tls && { tls: { caFile: natsCa, certFile: natsCert, keyFile: natsKey } }),
  };
}
