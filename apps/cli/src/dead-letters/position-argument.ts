import { FOLDED_TOPICS, offset, positionText, type Position, type StoredMessage } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { InvalidArgumentError } from 'commander';
import { CommandError } from '../command-error.js';

export const POSITION_SYNTAX = 'TOPIC/PARTITION/OFFSET, e.g. events/3/1234';

/** Reads a position as `dead-letters list` writes it. */
export function parsePosition(text: string): Position {
  const [, name, partition, at] = /^([a-z-]+)\/(\d{1,6})\/(\d{1,15})$/.exec(text) ?? [];
  const topic = FOLDED_TOPICS.find((folded) => folded === name);
  if (topic === undefined) {
    throw new InvalidArgumentError(`must be ${POSITION_SYNTAX}; the topics are ${FOLDED_TOPICS.join(' and ')}.`);
  }
  return { topic, partition: Number(partition), offset: offset(Number(at)) };
}

/** As `parsePosition`, for an argument that may be repeated. */
export const parsePositions = (text: string, before: readonly Position[] | undefined): readonly Position[] => [
  ...(before ?? []),
  parsePosition(text),
];

/** The message at a position. */
export async function readMessage(log: Log, position: Position): Promise<StoredMessage> {
  const ends = await log.ends(position.topic);
  const end = ends[position.partition];
  if (end === undefined) {
    throw new CommandError(`${position.topic} has ${ends.length} partitions, so none is ${position.partition}`);
  }
  const message = position.offset < end ? await log.read(position) : undefined;
  if (message === undefined) throw new CommandError(`the log holds no message at ${positionText(position)}`);
  return message;
}
