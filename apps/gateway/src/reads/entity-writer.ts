import { type Command, encodeMessage, newMessageId, type Position, type Tenant } from '@logbook/contracts';
import { type Log, MessageTooLargeError } from '@logbook/core';
import { isNameRegistration, type NameQuota } from '../ingest/name-quota.js';
import { GATEWAY_SOURCE } from '../ingest/source.js';
import type { NotAppended, Unavailable } from '../http/use-cases.js';
import { unavailable } from '../unavailable.js';
import type { Visibility } from './visibility.js';

export interface EntityWriterOptions {
  readonly log: Pick<Log, 'append'>;
  readonly visibility: Visibility;
  /** Whether the log is known to be away. */
  readonly away: () => boolean;
  /** `undefined`: every tenant may bring up as many names as it likes. */
  readonly quota: NameQuota | undefined;
}

/**
 * Appends an explicit command and waits until reads show it: what PUT and PATCH promise. So it never goes to the spool,
 * and while that fills it is refused at once instead of after the log's time-out.
 */
export class EntityWriter {
  constructor(private readonly options: EntityWriterOptions) {}

  /** The attributes of a command made now. */
  attributes(tenant: Tenant) {
    return { id: newMessageId(), timeMs: Date.now(), source: GATEWAY_SOURCE, tenant };
  }

  async write(command: Command): Promise<'VISIBLE' | NotAppended | Unavailable> {
    const { log, visibility, away, quota } = this.options;
    if (away()) return unavailable('the log cannot be reached');
    if (quota !== undefined && isNameRegistration(command)) {
      const admitted = await quota.admit([command]);
      if (admitted !== 'ADMITTED') return admitted;
    }
    let positions: Position[];
    try {
      positions = await log.append('commands', [encodeMessage(command)]);
    } catch (error) {
      if (error instanceof MessageTooLargeError) return { outcome: 'TOO_LARGE' };
      throw error;
    }
    const [position] = positions;
    if (position === undefined) throw new Error('the log acknowledged a command without a position');
    return visibility.of({ topic: 'commands', partition: position.partition, offset: position.offset });
  }
}
