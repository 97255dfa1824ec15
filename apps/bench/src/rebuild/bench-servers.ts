import kafkajs from 'kafkajs';
import pg from 'pg';
import { startServices, uniqueName } from '@logbook/testing';
import type { CountedProcess } from '../servers/system-under-test.js';

const { Kafka, logLevel } = kafkajs;

/** A Kafka and a PostgreSQL to measure on, with databases and topics that nobody else uses. */
export interface BenchServers {
  readonly brokers: string;
  /** Of its own servers; of servers that others use too it would count their work. */
  readonly processes: readonly CountedProcess[];
  readonly fsync: string;
  newPrefix(): string;
  /** Makes a database, as a copy of another where `of` names one, and resolves with its URL. */
  createDatabase(of?: string): Promise<string>;
  dropDatabase(url: string): Promise<void>;
  /** Writes out what earlier work left dirty, so that nobody pays for it while measured. */
  settle(): Promise<void>;
  /** Removes what was made, and stops what was started. */
  close(): Promise<void>;
}

export interface GivenServers {
  readonly brokers: string;
  readonly databaseUrl: string;
}

/** The servers that the environment names, those for tests first; `undefined` where it names none. */
export function givenServers(environment: Readonly<Record<string, string | undefined>>): GivenServers | undefined {
  const brokers = environment.LOGBOOK_TEST_KAFKA_BROKERS ?? environment.KAFKA_BROKERS;
  const databaseUrl = environment.LOGBOOK_TEST_DATABASE_URL ?? environment.DATABASE_URL;
  return brokers === undefined || databaseUrl === undefined ? undefined : { brokers, databaseUrl };
}

export async function openServers(given: GivenServers | undefined): Promise<BenchServers> {
  if (given !== undefined) return prepare(given, { processes: [], stop: () => Promise.resolve() });
  const services = await startServices({ redis: false });
  const { kafka, postgres } = services;
  if (kafka === undefined || postgres === undefined) throw new Error('a server is missing');
  const processes = [kafka, postgres].map(({ name, pid }) => ({ name, pid }));
  return prepare({ brokers: kafka.brokers, databaseUrl: postgres.url }, { processes, stop: () => services.stop() });
}

interface Started {
  readonly processes: readonly CountedProcess[];
  readonly stop: () => Promise<void>;
}

async function prepare({ brokers, databaseUrl }: GivenServers, { processes, stop }: Started): Promise<BenchServers> {
  const databases = new Set<string>();
  const prefixes: string[] = [];
  const drop = async (name: string): Promise<void> => {
    await onDatabase(databaseUrl, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    databases.delete(name);
  };
  return {
    brokers,
    processes,
    fsync: await readFsync(databaseUrl),
    newPrefix: () => {
      const prefix = uniqueName('bench');
      prefixes.push(prefix);
      return prefix;
    },
    createDatabase: async (of) => {
      const name = uniqueName('bench');
      databases.add(name);
      await onDatabase(databaseUrl, `CREATE DATABASE "${name}"${of === undefined ? '' : ` TEMPLATE "${nameIn(of)}"`}`);
      const url = new URL(databaseUrl);
      url.pathname = `/${name}`;
      return url.href;
    },
    dropDatabase: (url) => drop(nameIn(url)),
    settle: async () => {
      await onDatabase(databaseUrl, 'CHECKPOINT');
    },
    close: async () => {
      try {
        for (const name of databases) await drop(name);
        await deleteTopics(brokers, prefixes);
      } finally {
        await stop();
      }
    },
  };
}

const nameIn = (url: string): string => new URL(url).pathname.slice(1);

/** Runs one statement on a connection of its own. */
export async function onDatabase<Row extends pg.QueryResultRow>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function readFsync(url: string): Promise<string> {
  const [row] = await onDatabase<{ fsync: string }>(url, 'SHOW fsync');
  return row?.fsync ?? 'unknown';
}

async function deleteTopics(brokers: string, prefixes: readonly string[]): Promise<void> {
  if (prefixes.length === 0) return;
  const admin = new Kafka({ brokers: brokers.split(','), clientId: 'bench', logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) =>
      prefixes.some((prefix) => topic.startsWith(`${prefix}.`)),
    );
    if (topics.length > 0) await admin.deleteTopics({ topics });
  } finally {
    await admin.disconnect();
  }
}
