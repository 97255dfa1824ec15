import type { Log } from '@logbook/core';
import { EmbeddedLog } from '../embedded/embedded.log.js';
import type { MemoryEnvironment } from './memory-environment.js';

export interface MemoryLogOptions {
  readonly environment: MemoryEnvironment;
  /** The most bytes of a message's value. */
  readonly messageBytesMax: number;
  /** How long an append through another log of the environment may go unnoticed by a consumer. */
  readonly pollMs?: number;
}

let opened = 0;

/** The embedded log with nothing under it: for a process that acts out what happens to many. */
export function openMemoryLog({ environment, ...options }: MemoryLogOptions): Log {
  opened += 1;
  return new EmbeddedLog(environment, { ...options, name: `memory ${opened}` });
}
