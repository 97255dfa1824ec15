import { type Command, encodeMessage, newMessageId, type Position, type Tenant } from '@logbook/contracts';
import { type Log, MessageTooLargeError } from '@logbook/core';
import { GATEWAY_SOURCE } from '../ingest/source.js';
import type { TooLarge, Unavailable } from '../http/use-cases.js';
import type { Visibility } from './visibility.js';

/** Appends an explicit command and waits until reads show it: what PUT and PATCH promise. */
export class EntityWriter {
  constructor(
    private readonly log: Log,
    private readonly visibility: Visibility,
  ) {}

  /** The attributes of a command made now. */
  attributes(tenant: Tenant) {
    return { id: newMessageId(), timeMs: Date.now(), source: GATEWAY_SOURCE, tenant };
  }

  async write(command: Command): Promise<'VISIBLE' | TooLarge | Unavailable> {
    let positions: Position[];
    try {
      positions = await this.log.append('commands', [encodeMessage(command)]);
    } catch (error) {
      if (error instanceof MessageTooLargeError) return { outcome: 'TOO_LARGE' };
      throw error;
    }
    const [position] = positions;
    if (position === undefined) throw new Error('the log acknowledged a command without a position');
    return this.visibility.of({ topic: 'commands', partition: position.partition, offset: position.offset });
  }
}
